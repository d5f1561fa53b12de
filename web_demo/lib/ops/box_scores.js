/**
 * Scores of boxes in an output of their own.
 */

import { matrix } from "./box_matrix.js";
import { chosen } from "./box_rows.js";
import { activate, wrongOutput } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("./box_rows.js").Activation} Activation */
/** @typedef {import("./box_rows.js").Floats} Floats */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/** @typedef {import("./box_rows.js").Outputs} Outputs */

/**
 * Gives an output [1, count, width].
 *
 * @param {string} name
 * @param {Numbers} values
 * @param {number} count
 * @param {number} [width] any, when not given
 */
export function rowsOf(name, values, count, width) {
  const rows = matrix(name, values, false);
  if (rows.count === count && (width === undefined || rows.width === width)) return rows;
  const expected = `[1, ${count}, ${width ?? "classes"}], one row ${width === undefined ? "a box" : "an anchor"}`;
  throw wrongOutput(name, `expected ${expected}, found ${inBrackets(values.shape)}`);
}

/**
 * Gives boxes with the scores of their own output.
 *
 * @param {DecodeBoxes} step
 * @param {Outputs} outputs
 * @param {Floats} boxes
 */
export function scored(step, outputs, boxes) {
  const name = /** @type {string} */ (step.scores);
  const { data, width } = rowsOf(name, outputs[name], boxes.length / 4);
  return chosen(step, boxes, activate(data, width, /** @type {Activation} */ (step.activation)), width);
}
