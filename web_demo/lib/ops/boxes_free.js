/**
 * The boxes of YOLO heads without anchors. Sources: Ultralytics YOLOv8; YOLOX; FCOS.
 */

import { PART as BOXES } from "../readers_boxes.js";
import { convert, corners } from "./box_forms.js";
import { matrix, part } from "./box_matrix.js";
import { chosen } from "./box_rows.js";
import { activate, wrongOutput } from "./reading.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("./box_rows.js").Activation} Activation */
/** @typedef {import("./box_rows.js").Floats} Floats */
/** @typedef {import("./box_rows.js").Outputs} Outputs */

const f32 = Math.fround;

/**
 * Gives the candidates of boxes that are told from cells, or as they are.
 *
 * @param {DecodeBoxes & {boxes: string}} step
 * @param {Outputs} outputs
 * @returns {import("../values.js").Detections}
 */
function yoloFree(step, outputs) {
  const rows = matrix(step.boxes, outputs[step.boxes], step.layout === "columns");
  const first = step.objectness ? 5 : 4;
  if (rows.width <= first)
    throw wrongOutput(step.boxes, `expected more than ${first} numbers a box, found ${rows.width}`);
  const activation = /** @type {Activation} */ (step.activation);
  const width = rows.width - first;
  let scores = activate(part(rows, first, rows.width), width, activation);
  if (step.objectness) {
    const objects = activate(part(rows, 4, 5), 1, activation === "none" ? "none" : "sigmoid");
    scores = scores.map((x, i) => objects[Math.floor(i / width)] * x);
  }
  return chosen(step, placed(step, part(rows, 0, 4)), scores, width);
}

/**
 * Gives boxes as corners.
 *
 * @param {any} step
 * @param {Floats} coded
 */
function placed(step, coded) {
  if (step.coding === "decoded") return corners(step, coded);
  const cells = cellsOf(step.strides, step.width, step.height);
  const count = cells.length / 3;
  if (count !== coded.length / 4) {
    throw wrongOutput(step.boxes, `expected a box for each of ${count} cells, found ${coded.length / 4}`);
  }
  const out = new Float32Array(coded.length);
  for (let i = 0; i < count; i++) {
    const stride = cells[3 * i + 2];
    for (let axis = 0; axis < 2; axis++) {
      const at = 4 * i + axis;
      const corner = cells[3 * i + axis];
      if (step.coding === "yolox") {
        out[at] = f32(f32(coded[at] + corner) * stride);
        out[at + 2] = f32(f32(Math.exp(coded[at + 2])) * stride);
      } else {
        out[at] = f32(f32(f32(corner + 0.5) - coded[at]) * stride);
        out[at + 2] = f32(f32(f32(corner + 0.5) + coded[at + 2]) * stride);
      }
    }
  }
  return step.coding === "yolox" ? convert(out, "center", "corners") : out;
}

/**
 * Gives column, row and stride of every cell: grid after grid, row after row.
 *
 * @param {readonly number[]} strides
 * @param {number} width
 * @param {number} height
 */
function cellsOf(strides, width, height) {
  /** @type {number[]} */
  const cells = [];
  for (const stride of strides) {
    for (let row = 0; row * stride < height; row++) {
      for (let column = 0; column * stride < width; column++) cells.push(column, row, stride);
    }
  }
  return cells;
}

/** @type {import("../kit.js").Part} */
export const PART = { ...BOXES, heads: { yolo_free: yoloFree } };
