/**
 * The table of the check page: a row for each candidate, filled as its trial ends.
 */

import { element, find, visible } from "./dom.js";
import { milliseconds } from "./text.js";

/** @typedef {import("../lib/candidates.js").Candidate} Candidate */
/** @typedef {import("../lib/trial.js").Trial} Trial */

/**
 * Puts a row for each candidate into the table, and gives the rows.
 *
 * @param {readonly Candidate[]} candidates
 */
export function addRows(candidates) {
  const rows = candidates.map((candidate) => {
    const variant = element("th", { scope: "row" }, visible(candidate.artefact.split("/")[0]));
    const runtime = element("td", {}, runtimeName(candidate));
    return element("tr", {}, variant, runtime, element("td", { class: "cell-verdict" }, "waiting"), ...numbers());
  });
  find("rows", HTMLElement).replaceChildren(...rows);
  return rows;
}

/** @param {Candidate} candidate */
function runtimeName({ runtime, backend, threads }) {
  const name = { wasm: "WebAssembly", webgpu: "WebGPU", webgl: "WebGL", cpu: "JavaScript" }[backend];
  const shared = threads > 1 ? `, ${threads} threads` : "";
  return `${runtime}, ${name}${shared}`;
}

/** What the numbers are, as the head of the table says; a phone has it in each cell. */
const HEADS = ["Difference", "Median", "95 %"];

/** @param {readonly string[]} [texts] */
function numbers(texts = ["–", "–", "–"]) {
  return texts.map((text, i) => element("td", { "data-head": HEADS[i] }, text));
}

const VERDICTS = {
  right: "right",
  "right once": "right only in some runs",
  wrong: "wrong",
  failed: "does not run",
  absent: "not here",
};

/**
 * Fills a row.
 *
 * @param {HTMLTableRowElement} row
 * @param {Trial} trial
 */
export function showTrial(row, { verdict, detail, milliseconds: median, p95, cases }) {
  const shown = element("td", { class: "cell-verdict", "data-verdict": verdict }, VERDICTS[verdict]);
  if (detail) shown.append(element("span", { class: "cell-detail" }, visible(detail)));
  const cells = [row.cells[0], row.cells[1], shown];
  if (median === null || p95 === null) return row.replaceChildren(...cells, ...numbers());
  const largest = Math.max(...cases.map(({ output }) => output.largest));
  const difference = largest === 0 ? "identical" : largest.toExponential(1);
  const texts = [difference, milliseconds(median), milliseconds(p95)];
  row.replaceChildren(...cells, ...numbers(texts));
}
