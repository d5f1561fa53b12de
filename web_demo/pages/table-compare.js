/**
 * Answers against the true ones: a confusion matrix, and precision and recall of each class.
 */

import { element, find, visible } from "./dom.js";
import { percent } from "./text.js";

/** @typedef {import("../lib/confusion.js").Confusion} Confusion */
/** @typedef {import("../lib/confusion.js").ClassFigures} ClassFigures */

/** Classes that a matrix shows; those that occur most. */
const MOST = 24;

/**
 * Shows what the answers are worth, or nothing where there are no true ones.
 *
 * @param {{confusion: Confusion, without: number} | undefined} compared
 * @param {readonly string[]} labels
 */
export function showCompared(compared, labels) {
  const box = find("compared", HTMLElement);
  box.hidden = !compared || compared.confusion.total === 0;
  if (!compared || box.hidden) return;
  const { confusion } = compared;
  const occurring = confusion.classes.filter(({ support, answered }) => support + answered > 0);
  const shown = occurring.sort((a, b) => b.support - a.support || a.index - b.index).slice(0, MOST);
  const classes = shown.sort((a, b) => a.index - b.index);
  find("matrix", HTMLElement).replaceChildren(matrixOf(confusion, classes, labels));
  find("figures", HTMLElement).replaceChildren(figuresOf(classes, labels));
}

/**
 * @param {Confusion} confusion
 * @param {readonly ClassFigures[]} classes
 * @param {readonly string[]} labels
 */
function matrixOf({ matrix, unanswered }, classes, labels) {
  const none = classes.some(({ index }) => unanswered[index] > 0);
  const heads = classes.map(({ index }) => element("th", { scope: "col" }, visible(labels[index])));
  if (none) heads.push(element("th", { scope: "col" }, "No class"));
  const corner = element("td", { class: "corner" }, element("span", {}, "True ↓"), element("span", {}, "Answered →"));
  const rows = classes.map((each) => {
    const cells = classes.map(({ index }) => cellOf(matrix[each.index][index], each.support, each.index === index));
    if (none) cells.push(cellOf(unanswered[each.index], each.support, false));
    return element("tr", {}, element("th", { scope: "row" }, visible(labels[each.index])), ...cells);
  });
  const head = element("thead", {}, element("tr", {}, corner, ...heads));
  return element("table", { class: "matrix" }, head, element("tbody", {}, ...rows));
}

/**
 * @param {number} count
 * @param {number} support of the true class
 * @param {boolean} right
 */
function cellOf(count, support, right) {
  const cell = element("td", { class: right ? "cell-right" : "cell-wrong" }, count.toLocaleString("en"));
  cell.style.setProperty("--share", String(support > 0 ? count / support : 0));
  return cell;
}

/**
 * @param {readonly ClassFigures[]} classes
 * @param {readonly string[]} labels
 */
function figuresOf(classes, labels) {
  const heads = ["Class", "Precision", "Recall", "Rows"].map((each) => element("th", { scope: "col" }, each));
  const rows = classes.map(({ index, precision, recall, support }) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, visible(labels[index])),
      element("td", {}, shareOf(precision)),
      element("td", {}, shareOf(recall)),
      element("td", {}, support.toLocaleString("en")),
    ),
  );
  const table = element("table", { class: "figures" }, element("thead", {}, element("tr", {}, ...heads)));
  table.append(element("tbody", {}, ...rows));
  return table;
}

/** @param {number | undefined} share */
function shareOf(share) {
  return share === undefined ? "–" : percent(share);
}
