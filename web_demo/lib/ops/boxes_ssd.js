/**
 * The boxes of an SSD head, told from anchors. Source: the Faster R-CNN box coder of the TensorFlow Object Detection API.
 */

import { PART as BOXES } from "../readers_boxes.js";
import { ssdAnchors } from "./anchors.js";
import { rowsOf, scored } from "./box_scores.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("./box_rows.js").Outputs} Outputs */

const f32 = Math.fround;

/**
 * Gives the candidates of the distances of boxes from anchors.
 *
 * @param {DecodeBoxes & {anchors: import("../steps_boxes.js").Anchors, scales: number[], boxes: string}} step
 * @param {Outputs} outputs
 * @returns {import("../values.js").Detections}
 */
function ssd(step, outputs) {
  const anchors = ssdAnchors(step.anchors);
  const count = anchors.length / 4;
  const { data } = rowsOf(step.boxes, outputs[step.boxes], count, 4);
  const [byY, byX, byHeight, byWidth] = step.scales.map(f32);
  const boxes = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const height = anchors[at + 2];
    const width = anchors[at + 3];
    const x = f32(f32(f32(data[at + 1] / byX) * width) + anchors[at + 1]);
    const y = f32(f32(f32(data[at] / byY) * height) + anchors[at]);
    const wide = f32(f32(f32(Math.exp(f32(data[at + 3] / byWidth))) * width) * 0.5);
    const high = f32(f32(f32(Math.exp(f32(data[at + 2] / byHeight))) * height) * 0.5);
    boxes[at] = x - wide;
    boxes[at + 1] = y - high;
    boxes[at + 2] = x + wide;
    boxes[at + 3] = y + high;
  }
  return scored(step, outputs, boxes);
}

/** @type {import("../kit.js").Part} */
export const PART = { ...BOXES, heads: { ssd } };
