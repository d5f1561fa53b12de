/**
 * Outputs as rows of numbers, a row a box, and the scores that stand in such rows.
 */

import { chosen } from "./box_rows.js";
import { activate, wrongOutput } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("./box_rows.js").Activation} Activation */
/** @typedef {import("./box_rows.js").Floats} Floats */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/** @typedef {import("./box_rows.js").Outputs} Outputs */
/**
 * Rows of numbers in a longer array: number j of row i stands at i * row + j * step.
 *
 * @typedef {{data: Floats, count: number, width: number, row: number, step: number}} Rows
 */

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
 * @param {string} name
 * @param {Numbers} values
 * @param {boolean} columns whether each box is a column
 * @returns {Rows}
 */
export function matrix(name, { data, shape }, columns) {
  if (shape.length !== 3 || shape[0] !== 1 || data.length === 0) {
    throw wrongOutput(name, `expected [1, boxes, numbers], found ${inBrackets(shape)}`);
  }
  const [, high, wide] = shape;
  if (columns) return { data, count: wide, width: high, row: 1, step: wide };
  return { data, count: high, width: wide, row: wide, step: 1 };
}

/**
 * Gives the numbers from `first` to before `end` of every row.
 *
 * @param {Rows} rows
 * @param {number} first
 * @param {number} end
 */
export function part({ data, count, row, step }, first, end) {
  const width = end - first;
  const out = new Float32Array(count * width);
  for (let i = 0, o = 0; i < count; i++) {
    for (let j = first; j < end; j++, o++) out[o] = data[i * row + j * step];
  }
  return out;
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
