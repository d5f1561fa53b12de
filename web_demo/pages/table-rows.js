/**
 * The answered rows of a table: filtered, searched, sorted, and a page of them at a time in the document.
 */

import { element, find, visible } from "./dom.js";
import { showPager } from "./pager.js";
import { scoreFormat } from "./text.js";

/** @typedef {import("../lib/table_answers.js").TableAnswers} TableAnswers */
/** @typedef {import("../lib/table_answers.js").AnsweredRow} AnsweredRow */
/** @typedef {import("../lib/table_answers.js").View} View */

const SIZE = 100;

const FILTERS = /** @type {const} */ ([
  ["all", "All"],
  ["wrong", "Wrong"],
  ["refused", "Without an answer"],
]);

/** @type {{table?: TableAnswers, view: View, page: number, places: number[]}} */
const now = { view: plainView(), page: 0, places: [] };

/** @returns {View} */
function plainView() {
  return { shown: "all", search: "", by: "line", down: false };
}

/**
 * Shows another table, all its rows in the order of the file.
 *
 * @param {TableAnswers} table
 */
export function beginRows(table) {
  Object.assign(now, { table, view: plainView(), page: 0 });
  const search = find("search", HTMLInputElement);
  search.value = "";
  search.oninput = () => look({ search: search.value });
  refreshRows();
}

/** Shows the rows as they now are: more were answered, or the true ones are in another column. */
export function refreshRows() {
  const { table, view } = now;
  if (!table) return;
  if (table.truth === undefined && (view.shown === "wrong" || view.by === "truth")) now.view = plainView();
  now.places = table.places(now.view);
  showFilters(table);
  showPage();
}

/** @param {Partial<View>} change */
function look(change) {
  now.view = { ...now.view, ...change };
  now.page = 0;
  refreshRows();
}

/** @param {TableAnswers} table */
function showFilters(table) {
  const counts = { all: table.length, wrong: wrongOf(table), refused: table.refused };
  const within = find("filters", HTMLFieldSetElement);
  const focused = document.activeElement?.id;
  const choices = FILTERS.filter(([name]) => name === "all" || counts[name] > 0).map(([name, title]) => {
    const input = element("input", { type: "radio", name: "shown", id: `shown-${name}`, value: name });
    input.checked = now.view.shown === name;
    input.addEventListener("change", () => look({ shown: name }));
    return element("span", { class: "filter" }, input, labelOf(`shown-${name}`, title, counts[name]));
  });
  within.replaceChildren(within.querySelector("legend") ?? "", ...choices);
  if (focused?.startsWith("shown-")) document.getElementById(focused)?.focus();
}

/**
 * @param {string} id
 * @param {string} title
 * @param {number} count
 */
function labelOf(id, title, count) {
  return element("label", { for: id }, title, " ", element("span", { class: "count" }, count.toLocaleString("en")));
}

/** @param {TableAnswers} table */
function wrongOf(table) {
  const compared = table.compared();
  return compared ? compared.confusion.total - compared.confusion.right : 0;
}

function showPage() {
  const { table, places, page } = now;
  if (!table) return;
  const rows = places.slice(page * SIZE, (page + 1) * SIZE).map((place) => table.row(place));
  const format = scoreFormat(rows.flatMap(({ score }) => (score === undefined ? [] : [score])));
  const heads = headsOf(table);
  const body = rows.map((row) => lineOf(table, row, heads, format));
  if (body.length === 0) {
    body.push(element("tr", {}, element("td", { colspan: heads.length, class: "none" }, "No row is like that.")));
  }
  const head = element("thead", {}, element("tr", {}, ...heads.map(headOf)));
  const within = find("rows", HTMLElement);
  const focused = within.contains(document.activeElement) ? document.activeElement?.id : undefined;
  const [left, top] = [within.scrollLeft, within.scrollTop];
  within.replaceChildren(element("table", { class: "answered" }, head, element("tbody", {}, ...body)));
  within.scrollTo(left, top);
  if (focused) document.getElementById(focused)?.focus();
  showPager(find("pager", HTMLElement), { page, size: SIZE, count: places.length }, (target) => {
    now.page = target;
    showPage();
    within.scrollTo(0, 0);
  });
}

/**
 * @param {TableAnswers} table
 * @returns {{title: string, by: View["by"]}[]}
 */
function headsOf(table) {
  const own = table.header.map((title, by) => ({ title, by }));
  const scored = table.labels.length > 0 ? [{ title: "Score", by: /** @type {const} */ ("score") }] : [];
  return [{ title: "Line", by: "line" }, { title: "Answer", by: "answer" }, ...scored, ...own];
}

/** @param {{title: string, by: View["by"]}} head */
function headOf({ title, by }) {
  const { view } = now;
  const sorted = view.by === by ? (view.down ? "descending" : "ascending") : undefined;
  const button = element("button", { type: "button", class: "sorter", id: `sort-${by}` }, visible(title));
  button.append(element("span", { class: "arrow", "aria-hidden": "true" }, sorted ? (view.down ? "↓" : "↑") : ""));
  button.addEventListener("click", () => look({ by, down: view.by === by && !view.down }));
  return element("th", { scope: "col", "aria-sort": sorted }, button);
}

/**
 * @param {TableAnswers} table
 * @param {AnsweredRow} row
 * @param {readonly {by: View["by"]}[]} heads
 * @param {(score: number) => string} format
 */
function lineOf(table, row, heads, format) {
  const truth = table.truthOf(row);
  const wrong = row.reason === undefined && truth !== undefined && truth !== row.index;
  const line = element("th", { scope: "row" }, row.line.toLocaleString("en"));
  const own = row.fields.slice(0, table.header.length);
  const cells = table.header.map((_, place) => element("td", { class: "own" }, visible(own[place] ?? "")));
  if (row.reason !== undefined) {
    const span = heads.length - 1 - cells.length;
    return element("tr", { class: "refused" }, line, element("td", { colspan: span }, visible(row.reason)), ...cells);
  }
  const answer = element("td", { class: "said" }, visible(row.answer || "Nothing recognised"));
  if (wrong) answer.append(element("span", { class: "instead" }, `not ${visible(table.labels[truth])}`));
  const scored = heads.some(({ by }) => by === "score");
  const score = element("td", { class: "score" }, row.score === undefined ? "" : format(row.score));
  return element("tr", { class: wrong ? "wrong" : undefined }, line, answer, ...(scored ? [score] : []), ...cells);
}
