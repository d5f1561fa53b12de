/**
 * The answers of a recording as a table: a line for each window, for those who do not see the plot too.
 */

import { element, find, setText, visible } from "./dom.js";
import { showPager } from "./pager.js";
import { percent, scoreFormat } from "./text.js";

/** @typedef {import("../lib/signal_windows.js").AnsweredWindow} AnsweredWindow */

const SIZE = 50;

/**
 * @typedef {{windows: readonly AnsweredWindow[], truths: readonly (string | undefined)[], truthIndices: readonly (number | undefined)[],
 *   said: (sample: number) => string}} Answered
 */

let page = 0;

/** Shows no windows. */
export function clearWindows() {
  page = 0;
  setText(find("windows-note", HTMLElement), "Nothing is answered yet.");
  find("windows", HTMLElement).replaceChildren();
  find("pager", HTMLElement).replaceChildren();
}

/**
 * Shows the windows that are answered, and how many rightly where the truth is known.
 *
 * @param {Answered} answered
 * @param {string} note
 */
export function showWindows(answered, note) {
  const { windows, truths, truthIndices } = answered;
  const judged = windows.filter((_, place) => truthIndices[place] !== undefined).length;
  const right = windows.filter(({ answer }, place) => {
    const truth = truthIndices[place];
    return truth !== undefined && truth === answer.classes?.[0]?.index;
  }).length;
  const count = `${windows.length.toLocaleString("en")} ${windows.length === 1 ? "window" : "windows"}`;
  const judgement = judged
    ? `, ${right.toLocaleString("en")} of ${judged.toLocaleString("en")} right (${percent(right / judged)})`
    : "";
  setText(find("windows-note", HTMLElement), `${count}${judgement}. ${note}`);
  showPage(
    answered,
    truths.some((each) => each !== undefined),
  );
}

/**
 * @param {Answered} answered
 * @param {boolean} judged
 */
function showPage(answered, judged) {
  const { windows, truths, truthIndices, said } = answered;
  const format = scoreFormat(windows.flatMap(({ answer }) => answer.classes?.map(({ score }) => score) ?? []));
  const heads = ["Time", "Answer", "Score", ...(judged ? ["True"] : [])];
  const rows = windows.slice(page * SIZE, (page + 1) * SIZE).map(({ start, end, answer }, at) => {
    const place = page * SIZE + at;
    const best = answer.classes?.[0];
    const truth = truthIndices[place];
    const wrong = truth !== undefined && truth !== best?.index;
    const time = element("th", { scope: "row" }, `${said(start)} – ${said(end)}`);
    const cells = [wordsOf(answer), best ? format(best.score) : "", ...(judged ? [visible(truths[place] ?? "")] : [])];
    return element("tr", { class: wrong ? "wrong" : undefined }, time, ...cells.map((each) => element("td", {}, each)));
  });
  const head = element("tr", {}, ...heads.map((each) => element("th", { scope: "col" }, each)));
  const table = element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows));
  find("windows", HTMLElement).replaceChildren(table);
  showPager(find("pager", HTMLElement), { page, size: SIZE, count: windows.length }, (target) => {
    page = target;
    showPage(answered, judged);
  });
}

/** @param {import("../lib/answers.js").Answer} answer */
function wordsOf({ classes, values }) {
  if (values) return Array.from(values.data.slice(0, 8), (each) => String(Number(each.toPrecision(6)))).join(", ");
  const best = classes?.[0];
  return best ? visible(best.label ?? `Class ${best.index}`) : "Nothing recognised";
}
