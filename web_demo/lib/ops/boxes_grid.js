/**
 * The boxes of YOLO heads with anchors, grid by grid. Sources: YOLOv3; Ultralytics YOLOv5.
 */

import { PART as BOXES } from "../readers_boxes.js";
import { convert } from "./box_forms.js";
import { chosen } from "./box_rows.js";
import { joined } from "./joined.js";
import { activate, logistic, wrongOutput } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("./box_rows.js").Activation} Activation */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/** @typedef {import("./box_rows.js").Outputs} Outputs */

const f32 = Math.fround;

/**
 * Gives the candidates of all grids, one behind the other.
 *
 * @param {DecodeBoxes & {levels: import("../steps_boxes.js").Level[]}} step
 * @param {Outputs} outputs
 * @returns {import("../values.js").Detections}
 */
function yoloGrid(step, outputs) {
  const parts = step.levels.map((level) => grid(step, level, outputs[level.output]));
  const width = parts[0].width;
  if (parts.some((part) => part.width !== width)) {
    const widths = [...new Set(parts.map((part) => part.width))].sort((a, b) => a - b).join(", ");
    throw wrongOutput(step.levels[0].output, `expected as many classes in every grid, found [${widths}]`);
  }
  const boxes = joined(parts.map((part) => part.boxes));
  return chosen(step, boxes, joined(parts.map((part) => part.scores)), width);
}

/**
 * Gives the boxes of one grid in pixels, and their scores: objectness times class.
 *
 * @param {DecodeBoxes} step
 * @param {import("../steps_boxes.js").Level} level
 * @param {Numbers} values
 */
function grid(step, { output, stride, anchors }, { data, shape }) {
  const [batch, high, wide] = shape;
  if ((shape.length !== 4 && shape.length !== 5) || data.length === 0 || batch !== 1) {
    throw wrongOutput(output, `expected [1, rows, columns, anchors * (5 + classes)], found ${inBrackets(shape)}`);
  }
  const length = Math.floor(data.length / (high * wide * anchors.length));
  const apart = shape.length === 5 && shape[3] !== anchors.length;
  if (apart || length < 6 || length * anchors.length * high * wide !== data.length) {
    throw wrongOutput(output, `expected ${anchors.length} anchors of 5 + classes each, found ${inBrackets(shape)}`);
  }
  const width = length - 5;
  const count = data.length / length;
  const centred = new Float32Array(4 * count);
  const classes = new Float32Array(width * count);
  const by = f32(stride);
  const old = step.coding === "yolov3";
  for (let i = 0, at = 0; i < count; i++, at += length) {
    const anchor = anchors[i % anchors.length];
    const cell = Math.floor(i / anchors.length);
    const corner = [cell % wide, Math.floor(cell / wide)];
    for (let axis = 0; axis < 2; axis++) {
      const middle = logistic(data[at + axis]);
      const within = old ? middle : f32(f32(middle * 2) - 0.5);
      centred[4 * i + axis] = f32(f32(within + corner[axis]) * by);
      const twice = f32(logistic(data[at + 2 + axis]) * 2);
      const times = f32(old ? Math.exp(data[at + 2 + axis]) : twice * twice);
      centred[4 * i + 2 + axis] = f32(times * f32(anchor[axis]));
    }
    classes.set(data.subarray(at + 5, at + length), i * width);
  }
  const scores = activate(classes, width, /** @type {Activation} */ (step.activation));
  const objects = Float32Array.from({ length: count }, (_, i) => logistic(data[i * length + 4]));
  return {
    boxes: convert(centred, "center", "corners"),
    scores: scores.map((x, i) => objects[Math.floor(i / width)] * x),
    width,
  };
}

/** @type {import("../kit.js").Part} */
export const PART = { ...BOXES, heads: { yolo_grid: yoloGrid } };
