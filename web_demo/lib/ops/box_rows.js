/**
 * Which class each box is a candidate for.
 */

import { highest, nanOutput, wrongOutput } from "./reading.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("../values.js").Detections} Detections */
/** @typedef {Float32Array<ArrayBuffer>} Floats */
/** @typedef {{data: Floats, shape: readonly number[]}} Numbers */
/** @typedef {Readonly<Record<string, Numbers>>} Outputs by the names of the spec's outputs */
/** @typedef {import("./reading.js").Activation} Activation */

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
  for (const score of scores) if (score !== score) throw nanOutput(step.scores ?? step.boxes ?? "");
  const each = step.candidates === "best" ? 1 : last - first;
  const count = (boxes.length / 4) * each;
  const found = { boxes: new Float32Array(4 * count), scores: new Float32Array(count), classes: new Int32Array(count) };
  for (let i = 0; i < count; i++) {
    const box = Math.floor(i / each);
    const index = first + (each === 1 ? highest(scores, box * width + first, 1, last - first) : i % each);
    for (let side = 0; side < 4; side++) found.boxes[4 * i + side] = boxes[4 * box + side];
    found.scores[i] = scores[box * width + index];
    found.classes[i] = index;
  }
  return found;
}
