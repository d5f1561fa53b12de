/**
 * The sliders of a detector: from which score a thing counts, and how much two boxes may overlap. They act at once, on the outputs
 * that are there: the model is not run again.
 */

import { latestOnly } from "../lib/latest.js";
import { element, find } from "./dom.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {import("../lib/spec.js").Spec} Spec */
/** @typedef {"score" | "iou"} Name */

const TITLES = /** @type {Readonly<Record<Name, string>>} */ ({
  score: "Score of at least",
  iou: "Overlap of at most",
});

/**
 * Gives the parameters that a spec's reading steps have and a slider can change, with the values they have there.
 *
 * @param {Spec} spec
 * @returns {Map<Name, number>}
 */
export function slidable({ outputs }) {
  /** @type {Map<Name, number>} */
  const found = new Map();
  for (const step of outputs.flatMap((output) => output.steps)) {
    for (const name of /** @type {const} */ (["score", "iou"])) {
      const value = /** @type {Record<string, unknown>} */ (step)[name];
      if (typeof value === "number" && value >= 0 && value <= 1 && !found.has(name)) found.set(name, value);
    }
  }
  return found;
}

/**
 * Shows a slider for each such parameter, at the spec's own value.
 *
 * @param {Spec} spec
 * @param {(reading: Partial<Record<Name, number>>) => Promise<void>} onChange
 * @param {(error: unknown) => void} onError
 */
export function showSliders(spec, onChange, onError) {
  const values = slidable(spec);
  const box = find("sliders", HTMLElement);
  box.hidden = values.size === 0;
  const ask = latestOnly(onChange, onError);
  const rows = [...values].map(([name, value]) =>
    slider(name, value, (chosen) => {
      values.set(name, chosen);
      void ask(Object.fromEntries(values));
    }),
  );
  box.replaceChildren(/** @type {Node} */ (box.firstElementChild), ...rows);
}

/**
 * @param {Name} name
 * @param {number} value
 * @param {(value: number) => void} onInput
 */
function slider(name, value, onInput) {
  const input = element("input", { type: "range", id: `slider-${name}`, min: 0, max: 1, step: 0.01, value });
  const shown = element("output", { for: `slider-${name}` }, value.toFixed(2));
  input.addEventListener("input", () => {
    shown.value = input.valueAsNumber.toFixed(2);
    onInput(input.valueAsNumber);
  });
  return element("label", { class: "slider" }, element("span", {}, TITLES[name]), input, shown);
}
