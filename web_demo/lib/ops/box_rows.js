/**
 * Outputs as rows of numbers, scores of them, and which class each box is a candidate for.
 */

import { activate, highest, nanOutput, wrongOutput } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("../values.js").Detections} Detections */
/** @typedef {Float32Array<ArrayBuffer>} Floats */
/** @typedef {{data: Floats, shape: readonly number[]}} Numbers */
/** @typedef {Readonly<Record<string, Numbers>>} Outputs by the names of the spec's outputs */
/** @typedef {import("./reading.js").Activation} Activation */
/**
 * Rows of numbers in a longer array: number j of row i stands at i * row + j * step.
 *
 * @typedef {{data: Floats, count: number, width: number, row: number, step: number}} Rows
 */

/**
 * Gives, of scores in rows of `width`, the best class of each box (the lower among equals), or every class of every box.
 *
 * @param {DecodeBoxes} step
 * @param {Floats} boxes
 * @param {Floats} scores
 * @param {number} width
 * @returns {Detections}
 */
export function chosen(step, boxes, scores, width) {
  const first = step.background === "first" ? 1 : 0;
  const last = width - (step.background === "last" ? 1 : 0);
  if (last <= first) {
    throw wrongOutput(step.scores ?? "", `expected a class beside the background, found ${width} scores a box`);
  }
  if (scores.some((x, i) => Number.isNaN(x) && i % width >= first && i % width < last)) {
    throw nanOutput(step.scores ?? step.boxes ?? "");
  }
  const each = step.candidates === "best" ? 1 : last - first;
  const count = (boxes.length / 4) * each;
  const found = { boxes: new Float32Array(4 * count), scores: new Float32Array(count), classes: new Int32Array(count) };
  for (let i = 0; i < count; i++) {
    const box = Math.floor(i / each);
    const index = first + (each === 1 ? highest(scores, box * width + first, 1, last - first) : i % each);
    found.boxes.set(boxes.subarray(4 * box, 4 * box + 4), 4 * i);
    found.scores[i] = scores[box * width + index];
    found.classes[i] = index;
  }
  return found;
}

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
