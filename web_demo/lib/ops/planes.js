/**
 * Scores at each place of a mask: the form they come in, and their probabilities.
 */

import { SatchelError } from "../errors.js";
import { softmax } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {"NHWC" | "NCHW"} Layout */

/**
 * Gives the number of classes and the sides of a plane of scores.
 *
 * @param {readonly number[]} shape
 * @param {Layout} layout
 */
export function checkPlane(shape, layout) {
  if (shape.length !== 4 || shape[0] !== 1 || shape.includes(0)) {
    const expected = layout === "NHWC" ? "[1, h, w, classes]" : "[1, classes, h, w]";
    throw new SatchelError("model/wrong-output", `expected ${expected}, found ${inBrackets(shape)}`);
  }
  const [, a, b, c] = shape;
  return layout === "NHWC" ? { count: c, height: a, width: b } : { count: a, height: b, width: c };
}

/**
 * Gives probabilities of the classes at each place, as softmax does of a row.
 *
 * @param {import("./box_rows.js").Numbers} scores [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW)
 * @param {Layout} layout
 * @returns {Float32Array<ArrayBuffer>}
 */
export function softmaxPlaces({ data, shape }, layout) {
  const { count, height, width } = checkPlane(shape, layout);
  const places = width * height;
  const rows = layout === "NHWC" ? data.slice() : transposed(data, count, places);
  for (let place = 0; place < places; place++) {
    const row = rows.subarray(place * count, (place + 1) * count);
    row.set(softmax(row));
  }
  return layout === "NHWC" ? rows : transposed(rows, places, count);
}

/**
 * Gives rows [n, m] as columns [m, n].
 *
 * @param {Float32Array<ArrayBuffer>} data
 * @param {number} rows
 * @param {number} columns
 */
export function transposed(data, rows, columns) {
  const out = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j];
  return out;
}
