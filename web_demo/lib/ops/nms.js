/**
 * Non-maximum suppression: of boxes that show the same object, the best one stays. The overlap is that of
 * tf.image.non_max_suppression, in binary32 in the same order of operations.
 */

import { nanOutput } from "./reading.js";

/** @typedef {import("../values.js").Detections} Detections */

const f32 = Math.fround;

/**
 * Gives the detections that stay, best first, the lower index first among equals.
 *
 * @param {Detections} found candidates in any order
 * @param {number} iou a box is dropped when its overlap with a better one that stays is more than this
 * @param {number} score candidates below it are dropped first
 * @param {boolean} perClass whether only boxes of one class drop each other
 * @param {number} max how many may stay
 * @returns {Detections}
 */
export function nms(found, iou, score, perClass, max) {
  refuseNan(found);
  const { boxes, scores, classes } = found;
  const least = f32(score);
  const order = [...scores.keys()].filter((i) => scores[i] >= least).sort((a, b) => scores[b] - scores[a] || a - b);
  const sides = upright(boxes);
  const most = f32(iou);
  /** @type {Map<number, number[]>} */
  const groups = new Map();
  /** @type {number[]} */
  const kept = [];
  for (const i of order) {
    if (kept.length === max) break;
    const kind = perClass ? classes[i] : 0;
    const rivals = groups.get(kind) ?? [];
    groups.set(kind, rivals);
    if (rivals.some((rival) => overlap(sides, i, rival) > most)) continue;
    rivals.push(i);
    kept.push(i);
  }
  return {
    boxes: Float32Array.from({ length: 4 * kept.length }, (_, i) => boxes[4 * kept[i >> 2] + (i & 3)]),
    scores: Float32Array.from(kept, (i) => scores[i]),
    classes: Int32Array.from(kept, (i) => classes[i]),
  };
}

/**
 * Refuses scores and boxes that are no numbers.
 *
 * @param {Detections} found
 */
export function refuseNan({ boxes, scores }) {
  const score = scores.findIndex(Number.isNaN);
  const box = boxes.findIndex(Number.isNaN);
  if (score >= 0) throw nanOutput("", `the score of candidate ${score} is NaN`);
  if (box >= 0) throw nanOutput("", `the box of candidate ${box >> 2} is NaN`);
}

/**
 * Gives left, top, right, bottom, area of each box, with left <= right and top <= bottom.
 *
 * @param {Float32Array<ArrayBuffer>} boxes
 */
function upright(boxes) {
  const sides = new Float32Array((boxes.length / 4) * 5);
  for (let at = 0, o = 0; at < boxes.length; at += 4, o += 5) {
    for (let axis = 0; axis < 2; axis++) {
      sides[o + axis] = Math.min(boxes[at + axis], boxes[at + axis + 2]);
      sides[o + axis + 2] = Math.max(boxes[at + axis], boxes[at + axis + 2]);
    }
    sides[o + 4] = f32(sides[o + 3] - sides[o + 1]) * f32(sides[o + 2] - sides[o]);
  }
  return sides;
}

/**
 * Gives the intersection over the union of two boxes; 0 where one has no area.
 *
 * @param {Float32Array<ArrayBuffer>} sides
 * @param {number} one
 * @param {number} other
 */
function overlap(sides, one, other) {
  const a = 5 * one;
  const b = 5 * other;
  if (sides[a + 4] <= 0 || sides[b + 4] <= 0) return 0;
  const high = f32(Math.min(sides[a + 3], sides[b + 3]) - Math.max(sides[a + 1], sides[b + 1]));
  const wide = f32(Math.min(sides[a + 2], sides[b + 2]) - Math.max(sides[a], sides[b]));
  const inter = f32(Math.max(high, 0) * Math.max(wide, 0));
  return f32(inter / f32(f32(sides[a + 4] + sides[b + 4]) - inter));
}
