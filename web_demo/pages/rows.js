/**
 * A table of several rows: read, answered row by row, and shown with a line for each.
 */

import { SatchelError } from "../lib/errors.js";
import { showState } from "./answers.js";
import { element, find, setText, visible } from "./dom.js";
import { scoreFormat } from "./text.js";

/** @typedef {import("../lib/client.js").RunResult} RunResult */
/** @typedef {Map<string, string>} Row */
/** @typedef {{rows: readonly (Row | SatchelError)[], more: boolean}} Table rows, the last may be why no other could be read */
/** @typedef {{label: string, score?: number} | {reason: string}} Line */

const FIRST = 1000;
const NUMBERS = 8;

/**
 * Gives the first rows of a CSV file that is for a table model, and whether there are more.
 *
 * @param {Blob} file
 * @param {import("../lib/spec.js").Spec} spec
 * @returns {Promise<Table>}
 * @throws {SatchelError} input/wrong-row when it has none, or what readRows throws before the first
 */
export async function readTable(file, { inputs: [{ steps }] }) {
  const { readRows } = await import("../lib/csv.js");
  const [first] = steps;
  const columns = first.op === "columns" ? first.columns.map(({ name }) => name) : undefined;
  /** @type {(Row | SatchelError)[]} */
  const rows = [];
  try {
    for await (const row of readRows(file, { columns })) {
      if (rows.length === FIRST) return { rows, more: true };
      rows.push(row);
    }
  } catch (error) {
    if (rows.length === 0 || !(error instanceof SatchelError)) throw error;
    rows.push(error);
  }
  if (rows.length > 0) return { rows, more: false };
  throw new SatchelError("input/wrong-row", "the table has no rows", { hint: "Write a row below the header." });
}

/**
 * Gives a line for each row: its answer, or the reason why it has none.
 *
 * @param {Table} table
 * @param {(row: Row) => Promise<RunResult>} ask
 * @param {() => boolean} wanted whether anybody still waits
 * @returns {Promise<Line[]>}
 */
export async function answerRows({ rows }, ask, wanted) {
  /** @type {Line[]} */
  const lines = [];
  for (const row of rows) {
    if (!wanted()) break;
    try {
      if (row instanceof SatchelError) throw row;
      lines.push(lineOf(await ask(row)));
    } catch (error) {
      if (!(error instanceof SatchelError) || !error.code.startsWith("input/")) throw error;
      lines.push({ reason: error.message });
    }
  }
  return lines;
}

/**
 * @param {RunResult} answer
 * @returns {Line}
 */
function lineOf({ values, classes }) {
  if (!values) {
    const best = classes?.[0];
    return best ? { label: best.label ?? `Class ${best.index}`, score: best.score } : { label: "Nothing recognised" };
  }
  const numbers = Array.from("data" in values ? values.data : values);
  const shown = numbers.slice(0, NUMBERS).map((each) => String(Number(each.toPrecision(6))));
  return { label: shown.join(", ") + (numbers.length > NUMBERS ? ", …" : "") };
}

/**
 * Shows the lines in place of a single answer, and says aloud how many there are.
 *
 * @param {readonly Line[]} lines
 * @param {Table} table
 * @param {string} note how long they took, and where
 */
export function showRows(lines, { rows, more }, note) {
  const refused = lines.filter((line) => "reason" in line).length;
  const count = `${more ? "First " : ""}${lines.length.toLocaleString("en")} rows`;
  const left = refused ? `${refused.toLocaleString("en")} without an answer` : "";
  setText(find("best-label", HTMLElement), count);
  setText(find("best-share", HTMLElement), left);
  setText(find("announcement", HTMLElement), left ? `${count}, ${left}` : count);
  const scores = lines.flatMap((line) => ("score" in line && line.score !== undefined ? [line.score] : []));
  const format = scoreFormat(scores);
  const heads = ["Row", "Answer", ...(scores.length > 0 ? ["Score"] : [])];
  const head = element("tr", {}, ...heads.map((each) => element("th", { scope: "col" }, each)));
  const body = lines.map((line, place) => lineShown(line, place + 1, heads.length - 1, format));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  const box = element("div", { class: "rows-box", tabindex: 0, role: "region", "aria-label": "Answers by row" }, table);
  const noted = element("p", { class: "times-note" }, `${restOf(rows, more)}${note}`);
  find("rows", HTMLElement).replaceChildren(box, noted);
  showState("result");
}

/**
 * Gives what is to be said of the rows that have no line.
 *
 * @param {Table["rows"]} rows
 * @param {boolean} more
 */
function restOf(rows, more) {
  const count = rows.length.toLocaleString("en");
  if (more) return `The file has more rows; this page answers the first ${count}. `;
  return rows.at(-1) instanceof SatchelError ? `The file cannot be read beyond row ${count}. ` : "";
}

/** Makes room for a single answer. */
export function clearRows() {
  find("rows", HTMLElement).replaceChildren();
}

/**
 * @param {Line} line
 * @param {number} number
 * @param {number} width cells behind the number
 * @param {(score: number) => string} format
 */
function lineShown(line, number, width, format) {
  const head = element("th", { scope: "row" }, String(number));
  if ("reason" in line) {
    return element("tr", { class: "row-refused" }, head, element("td", { colspan: width }, visible(line.reason)));
  }
  const cells = [element("td", {}, visible(line.label))];
  if (width > 1) cells.push(element("td", {}, line.score === undefined ? "" : format(line.score)));
  return element("tr", {}, head, ...cells);
}
