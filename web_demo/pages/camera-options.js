/**
 * What a visitor may change of the live answer: from which score on things are shown, and what is done with the background.
 */

import { find, setText } from "./dom.js";
import { percent } from "./text.js";

/** @typedef {import("../lib/spec.js").Spec} Spec */

const slider = find("score", HTMLInputElement);

/**
 * Listens to the slider.
 *
 * @param {{onScore: (score: number) => void}} wishes
 */
export function listenToOptions({ onScore }) {
  slider.addEventListener("input", () => {
    showScore();
    onScore(Number(slider.value));
  });
}

/**
 * Shows the options that a spec has: a slider where scores of shares are compared with one.
 *
 * @param {Spec} spec
 */
export function showOptions(spec) {
  const score = scoreOf(spec);
  find("scores", HTMLElement).hidden = score === undefined;
  if (score === undefined) return;
  slider.value = String(score);
  showScore();
}

function showScore() {
  setText(find("score-text", HTMLElement), percent(Number(slider.value)));
}

/**
 * Gives the score from which on the reading steps keep something; undefined where they keep all, or scores are no shares.
 *
 * @param {Spec} spec
 */
function scoreOf({ outputs }) {
  const scores = outputs.flatMap(({ steps }) => steps.flatMap((step) => ("score" in step ? [Number(step.score)] : [])));
  const [first] = scores;
  return first !== undefined && first >= 0 && first <= 1 ? first : undefined;
}
