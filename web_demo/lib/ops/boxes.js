/**
 * From a detector's outputs to candidate boxes, by the head that the step names: SSD anchors, YOLO heads, sets.
 *
 * Binary32 in the order written. Boxes become left, top, right, bottom, in the unit that the head has.
 */

import { nanOutput } from "./reading.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("../values.js").Detections} Detections */
/** @typedef {import("./box_rows.js").Outputs} Outputs */

/** @typedef {Readonly<Record<string, (step: any, outputs: Outputs) => Detections>>} Heads by their names */

/**
 * Gives the candidates of a detector's outputs, each box in the order of the outputs.
 *
 * @param {DecodeBoxes} step
 * @param {Outputs} outputs real values by the names of the spec's outputs, with batch 1
 * @param {Heads} heads
 * @returns {Detections}
 */
export function decodeBoxes(step, outputs, heads) {
  for (const name of reads(step)) {
    if (outputs[name].data.some(Number.isNaN)) throw nanOutput(name);
  }
  return heads[step.head](step, outputs);
}

/**
 * Gives the names of the outputs that the step reads.
 *
 * @param {DecodeBoxes} step
 * @returns {string[]}
 */
export function reads({ boxes, scores, classes, levels = [] }) {
  const named = [boxes, scores, classes, ...levels.map(({ output }) => output)];
  return [...new Set(named.filter((name) => name !== undefined))];
}
