/**
 * Outputs as rows of numbers, a row a box.
 */

import { wrongOutput } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {import("./box_rows.js").Floats} Floats */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/**
 * Rows of numbers in a longer array: number j of row i stands at i * row + j * step.
 *
 * @typedef {{data: Floats, count: number, width: number, row: number, step: number}} Rows
 */

/**
 * Gives an output [1, boxes, numbers].
 *
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
