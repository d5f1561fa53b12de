/**
 * The boxes of heads that give a set of them, as DETR does, or that end in non-maximum suppression.
 */

import { PART as BOXES } from "../readers_boxes.js";
import { corners } from "./box_forms.js";
import { matrix, part } from "./box_matrix.js";
import { scored } from "./box_scores.js";
import { wrongOutput } from "./reading.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("./box_rows.js").Outputs} Outputs */

/**
 * Gives the candidates of boxes that are told as they are.
 *
 * @param {DecodeBoxes & {boxes: string}} step
 * @param {Outputs} outputs
 * @returns {import("../values.js").Detections}
 */
function set(step, outputs) {
  const rows = matrix(step.boxes, outputs[step.boxes], false);
  if (rows.width !== (step.scores === undefined ? 6 : 4)) {
    const expected = step.scores === undefined ? "6 numbers a box: its place, score and class" : "4 numbers a box";
    throw wrongOutput(step.boxes, `expected ${expected}, found ${rows.width}`);
  }
  const boxes = corners(step, part(rows, 0, 4));
  if (step.scores === undefined) {
    return { boxes, scores: part(rows, 4, 5), classes: indices(step.boxes, part(rows, 5, 6)) };
  }
  if (step.classes === undefined) return scored(step, outputs, boxes);
  const scores = outputs[step.scores].data;
  const classes = outputs[step.classes].data;
  if (scores.length !== rows.count || classes.length !== rows.count) {
    const found = `${scores.length} and ${classes.length}`;
    throw wrongOutput(step.scores, `expected ${rows.count} scores and classes, found ${found}`);
  }
  return { boxes, scores, classes: indices(step.classes, classes) };
}

/**
 * Gives class numbers that come as real values; a half or a negative one is no class.
 *
 * @param {string} name
 * @param {Float32Array<ArrayBuffer>} values
 */
function indices(name, values) {
  if (values.every((value) => Number.isInteger(value) && value >= 0)) return Int32Array.from(values);
  throw wrongOutput(name, "expected whole numbers from 0 as classes");
}

/** @type {import("../kit.js").Part} */
export const PART = { ...BOXES, heads: { set } };
