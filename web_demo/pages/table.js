/**
 * The table page: one row as it is typed, or all rows of a file.
 */

import { answerRows } from "../lib/answer_rows.js";
import { classNames } from "../lib/class_names.js";
import { readRows } from "../lib/csv.js";
import { SatchelError } from "../lib/errors.js";
import { latestOnly } from "../lib/latest.js";
import { TableAnswers } from "../lib/table_answers.js";
import { columnsOf } from "../lib/table_columns.js";
import { decimalCommas, fitOf, labelColumn, numberColumn, refuseLacking, rowOf, TableFile } from "../lib/table_file.js";
import { showAnswer, showState, showValues } from "./answers.js";
import { element, find, setText, visible } from "./dom.js";
import { listenForFiles } from "./files.js";
import { refuseOther } from "./input-kind.js";
import { notice } from "./notice.js";
import { startPage } from "./page.js";
import { save } from "./save.js";
import { fetchSample, showChips } from "./sample-chips.js";
import { showCompared } from "./table-compare.js";
import { beginRows, refreshRows } from "./table-rows.js";
import { markWrong, showFields, typedRow, typeRow } from "./table-typed.js";
import { milliseconds, percent } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("./page.js").Page} Page */

/** Rows by which the columns of true answers and of decimal commas are recognised. */
const FIRST = 200;

/** What stands where the answer will be, while nothing is typed. */
const INVITATION = "The answer appears here as you type.";

/** Milliseconds between two looks at a table that is being answered. */
const PACE = 400;

/**
 * `run` is what is being answered: another object as soon as it is stopped or something newer begins.
 *
 * @type {{page?: Page, columns: import("../lib/table_columns.js").Column[], table?: TableAnswers, file?: File, run?: object, name: string}}
 */
const now = { columns: [], name: "table" };

const typed = latestOnly(answerTyped, (error) => now.page?.trouble(error));

listenForFiles(find("file", HTMLInputElement), ([file]) => take(file));
document.addEventListener("paste", takeText);
find("stop", HTMLButtonElement).addEventListener("click", () => (now.run = undefined));
find("download", HTMLButtonElement).addEventListener("click", download);
find("truth", HTMLSelectElement).addEventListener("change", () => {
  now.table?.compareWith(find("truth", HTMLSelectElement).value || undefined);
  showAll();
});
void startPage({ onOpen, onReady });

/** @param {Page} page */
function onOpen(page) {
  const { info, entry } = page;
  Object.assign(now, { page, columns: columnsOf(info.spec), run: undefined, file: undefined, table: undefined });
  setText(find("typed-note", HTMLElement), info.spec.description);
  showFields(now.columns, () => void typed(undefined));
  showMany("empty");
  showChips(entry.samples, (name) =>
    page.attempt(async () => {
      for await (const row of readRows(await fetchSample(name))) {
        typeRow(row);
        break;
      }
      await typed(undefined);
    }),
  );
}

/** @param {Page} page */
async function onReady(page) {
  await typed(undefined);
  if (now.file && page === now.page) take(now.file);
}

async function answerTyped() {
  const { page } = now;
  if (!page?.loaded) return;
  const { turn, loaded, satchel } = page;
  const row = typedRow();
  try {
    const answer = await satchel.run({ row }, { view: true });
    if (turn !== page.turn) return;
    markWrong("");
    if (answer.values) showValues(answer.values);
    else showAnswer(answer.classes ?? []);
    find("answer", HTMLElement).dataset.sha256 = Object.values(answer.prepared ?? {})[0]?.sha256 ?? "";
    showTimings(answer.timings, `${loaded.artefact} on ${loaded.label}`);
  } catch (error) {
    if (turn !== page.turn) return;
    if (!(error instanceof SatchelError) || !error.code.startsWith("input/")) throw error;
    const untouched = [...row.values()].every((cell) => cell === "");
    markWrong(untouched ? "" : error.message);
    setText(find("waiting", HTMLElement), untouched ? INVITATION : error.message);
    showState("waiting");
  }
}

/** @param {ClipboardEvent} event */
function takeText(event) {
  const within = event.target instanceof HTMLInputElement;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (event.defaultPrevented || within || !/[\r\n]/.test(text.trim())) return;
  event.preventDefault();
  take(new File([text], "pasted.csv", { type: "text/csv" }));
}

/** @param {File} file */
function take(file) {
  now.file = file;
  const { page } = now;
  if (!page?.loaded) return;
  const run = (now.run = {});
  setText(find("many-name", HTMLElement), file.name);
  setText(find("choose-text", HTMLElement), "Another file");
  find("many-trouble", HTMLElement).replaceChildren();
  answerFile(page, file, run).catch((error) => {
    if (run !== now.run) return;
    showMany("trouble");
    find("many-trouble", HTMLElement).replaceChildren(notice(error, "row"));
  });
}

/**
 * @param {Page} page
 * @param {File} file
 * @param {object} run
 */
async function answerFile(page, file, run) {
  refuseOther("row", { blob: file, name: file.name });
  const { header, first, commas, labels } = await lookedAt(page, file);
  const table = new TableAnswers(header, labels);
  table.compareWith(
    labels.length > 0 ? labelColumn(header, first, names(), labels) : numberColumn(header, first, names()),
  );
  if (run !== now.run) return;
  Object.assign(now, { table, name: file.name.replace(/\.[a-z]+$/i, "") });
  showMany("running");
  offerTruths(table);
  beginRows(table);
  find("many", HTMLElement).scrollIntoView({ block: "start" });
  const began = performance.now();
  const read = { bytes: 0 };
  let looked = began;
  const step = () => {
    if (performance.now() - looked < PACE) return;
    looked = performance.now();
    showProgress(table, read.bytes / file.size);
    showAll();
  };
  const end = await answerRows((await TableFile.open(counted(file, read))).rows(), {
    ask: async (record) => page.satchel.run({ row: rowOf(header, record.fields, commas) }),
    add: (record, answer) => {
      table.add(record, answer);
      step();
    },
    refuse: (record, reason) => {
      table.refuse(record, reason);
      step();
    },
    wanted: () => run === now.run,
  });
  if (table !== now.table) return;
  showEnd(end, performance.now() - began, commas);
}

/**
 * Looks at the beginning of a file before it is answered as a whole.
 *
 * @param {Page} page
 * @param {File} file
 */
async function lookedAt({ info }, file) {
  const opened = await TableFile.open(file);
  const { header } = opened;
  refuseLacking(fitOf(header, names()));
  const first = [];
  try {
    for await (const { fields } of opened.rows()) {
      if (first.push(fields) === FIRST) break;
    }
  } catch (error) {
    if (first.length === 0) throw error; // what can be read is answered, and the place beyond it told
  }
  if (first.length === 0) {
    throw new SatchelError("input/wrong-row", "the table has no rows", { hint: "Write a row below the header." });
  }
  const numbers = now.columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  return { header, first, commas: decimalCommas(header, first, numbers), labels: classNames(info.spec, info.labels) };
}

/**
 * Gives the bytes of a file and counts them.
 *
 * @param {File} file
 * @param {{bytes: number}} read
 */
async function* counted(file, read) {
  const reader = file.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    read.bytes += next.value.length;
    yield next.value;
  }
}

function names() {
  return now.columns.map(({ name }) => name);
}

/** @param {"empty" | "running" | "done" | "trouble"} state */
function showMany(state) {
  find("many", HTMLElement).dataset.state = state;
  find("run", HTMLElement).hidden = state !== "running";
  find("found", HTMLElement).hidden = state === "empty" || state === "trouble";
  if (state === "running") find("found-note", HTMLElement).textContent = "";
  if (state !== "empty") return;
  setText(find("many-name", HTMLElement), "Drop a CSV file here, or paste rows");
  setText(find("choose-text", HTMLElement), "Choose a file");
  find("many-trouble", HTMLElement).replaceChildren();
}

/**
 * @param {TableAnswers} table
 * @param {number} share
 */
function showProgress(table, share) {
  find("run-bar", HTMLProgressElement).value = share;
  setText(find("run-text", HTMLElement), `${table.length.toLocaleString("en")} rows so far`);
}

/**
 * @param {{stopped: boolean, unreadable?: string}} end
 * @param {number} took milliseconds
 * @param {ReadonlySet<string>} commas
 */
function showEnd({ stopped, unreadable }, took, commas) {
  const { table, page } = now;
  if (!table) return;
  showMany("done");
  showAll();
  const said = [`${milliseconds(took)} with ${page?.loaded?.artefact} on ${page?.loaded?.label}.`];
  const last = table.length > 0 ? table.row(table.length - 1).line : 1;
  if (stopped) said.unshift(`Stopped behind line ${last.toLocaleString("en")}; the rest of the file has no answers.`);
  if (unreadable) said.unshift(`The file cannot be read behind line ${last.toLocaleString("en")}: ${unreadable}`);
  if (commas.size > 0) said.push(`Numbers with a decimal comma were read in ${[...commas].join(", ")}.`);
  setText(find("found-note", HTMLElement), said.join(" "));
  const left = table.refused ? `, ${table.refused.toLocaleString("en")} without an answer` : "";
  setText(find("many-announcement", HTMLElement), `${table.length.toLocaleString("en")} rows${left}`);
}

function showAll() {
  const { table } = now;
  if (!table) return;
  const compared = table.compared();
  const accuracy = compared?.confusion.accuracy;
  const tiles = [
    ["Rows", table.length.toLocaleString("en")],
    ["Without an answer", table.refused.toLocaleString("en")],
  ];
  if (compared && accuracy !== undefined) {
    const { right, total } = compared.confusion;
    tiles.push(["Accuracy", percent(accuracy)]);
    tiles.push(["Right", `${right.toLocaleString("en")} of ${total.toLocaleString("en")}`]);
  }
  const errors = table.errors();
  if (errors) {
    tiles.push(["Mean absolute error", significant(errors.meanAbsolute)]);
    tiles.push(["Root mean square error", significant(errors.rootMeanSquare)]);
    if (errors.r2 !== undefined) tiles.push(["R²", errors.r2.toFixed(3)]);
  }
  const shown = tiles.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  find("tiles", HTMLElement).replaceChildren(...shown);
  showCompared(compared, table.labels);
  refreshRows();
}

/** @param {number} value */
function significant(value) {
  return String(Number(value.toPrecision(4)));
}

/** @param {TableAnswers} table */
function offerTruths(table) {
  const others = fitOf(table.header, names()).left;
  const none = element("option", { value: "" }, "in no column");
  const options = others.map((each) => element("option", { value: each }, visible(each)));
  const select = find("truth", HTMLSelectElement);
  select.replaceChildren(none, ...options);
  select.value = table.truth ?? "";
  select.closest("label")?.toggleAttribute("hidden", others.length === 0);
}

function download() {
  if (!now.table) return;
  save(new Blob(["\ufeff", ...now.table.csv()], { type: "text/csv;charset=utf-8" }), `${now.name}-answers.csv`);
}
