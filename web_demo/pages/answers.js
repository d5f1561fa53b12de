/**
 * The answer: the best class in large type, all of them as labelled bars.
 */

import { element, find, setText, visible } from "./dom.js";
import { scoreFormat } from "./text.js";

/** @typedef {{index: number, label: string | null, score: number}} Class */

/**
 * Shows what the card is about: `loading`, `waiting` (for a photo), `busy`, `result` or `trouble`. A page without the card shows
 * nothing.
 *
 * @param {"loading" | "waiting" | "busy" | "result" | "trouble"} state
 */
export function showState(state) {
  const card = document.getElementById("answer");
  if (!card) return;
  card.dataset.state = state;
  card.setAttribute("aria-busy", String(state === "busy" || state === "loading"));
}

/**
 * Shows the classes of an answer and says the first of them aloud.
 *
 * @param {readonly Class[]} classes best first
 */
export function showAnswer(classes) {
  const format = scoreFormat(classes.map((each) => each.score));
  const best = classes[0];
  setText(find("best-label", HTMLElement), best ? nameOf(best) : "Nothing recognised");
  setText(find("best-share", HTMLElement), best ? format(best.score) : "");
  const whole = Math.max(1, ...classes.map((each) => Math.abs(each.score)));
  find("classes", HTMLOListElement).replaceChildren(
    ...classes.map((each) => classRow(each, each.score / whole, format)),
  );
  announce(best ? `${nameOf(best)}, ${format(best.score)}` : "Nothing recognised");
  showState("result");
}

/**
 * Shows the numbers that a model gives where it has no classes, and says the first of them aloud.
 *
 * @param {{data: ArrayLike<number>} | ArrayLike<number>} values
 */
export function showValues(values) {
  const numbers = Array.from("data" in values ? values.data : values).map((each) =>
    String(Number(each.toPrecision(6))),
  );
  setText(find("best-label", HTMLElement), numbers[0] ?? "");
  setText(find("best-share", HTMLElement), "");
  const rows = numbers.slice(1, 100).map((each) => element("li", { class: "class" }, element("span", {}, each)));
  find("classes", HTMLOListElement).replaceChildren(...rows);
  announce(numbers[0] ?? "");
  showState("result");
}

/**
 * Shows why there is no answer, where the answer would be.
 *
 * @param {HTMLElement} notice
 */
export function showTrouble(notice) {
  find("trouble", HTMLElement).replaceChildren(notice);
  announce("");
  showState("trouble");
}

/** @param {string} text to be read aloud */
function announce(text) {
  setText(find("announcement", HTMLElement), text);
}

/**
 * Gives a class with its score as a row with a bar.
 *
 * @param {Class} each
 * @param {number} share of the longest bar there could be
 * @param {(score: number) => string} format
 */
export function classRow(each, share, format) {
  const fill = element("span", { class: "class-fill" });
  fill.style.setProperty("--share", String(Math.max(0, share)));
  return element(
    "li",
    { class: "class", "data-index": each.index },
    element("span", { class: "class-label" }, visible(nameOf(each))),
    element("span", { class: "class-share" }, format(each.score)),
    element("span", { class: "class-bar", "aria-hidden": "true" }, fill),
  );
}

/**
 * Gives the label of a class, or its number where it has none.
 *
 * @param {Class} each
 */
export function nameOf(each) {
  return each.label ?? `Class ${each.index}`;
}
