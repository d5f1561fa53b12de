/**
 * From a detector's outputs to candidate boxes: SSD anchors, YOLO heads, sets; and box formats into each other.
 *
 * Binary32 in the order written. Boxes become left, top, right, bottom, in the unit that the head has. Sources: the Faster R-CNN
 * box coder of the TensorFlow Object Detection API; YOLOv3; Ultralytics YOLOv5 and YOLOv8; YOLOX; FCOS; DETR.
 */

import { ssdAnchors } from "./anchors.js";
import { chosen, indices, matrix, part, rowsOf } from "./box_rows.js";
import { activate, logistic, nanOutput, wrongOutput } from "./reading.js";
import { joined } from "./shapes.js";

/** @typedef {import("../steps_boxes.js").DecodeBoxes} DecodeBoxes */
/** @typedef {import("../values.js").Detections} Detections */
/** @typedef {import("./box_rows.js").Floats} Floats */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/** @typedef {import("./box_rows.js").Activation} Activation */
/** @typedef {Readonly<Record<string, Numbers>>} Outputs */
/** @typedef {"corners" | "center" | "corner_size"} Form */

const f32 = Math.fround;

/** @type {Record<string, (step: any, outputs: Outputs) => Detections>} */
const HEADS = { ssd, yolo_grid: yoloGrid, yolo_free: yoloFree, set };

/**
 * Gives the candidates of a detector's outputs, each box in the order of the outputs.
 *
 * @param {DecodeBoxes} step
 * @param {Outputs} outputs real values by the names of the spec's outputs, with batch 1
 * @returns {Detections}
 */
export function decodeBoxes(step, outputs) {
  for (const name of reads(step)) {
    if (outputs[name].data.some(Number.isNaN)) throw nanOutput(name);
  }
  return HEADS[step.head](step, outputs);
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

/**
 * Gives boxes [n, 4] in another form, in the same unit; between two others it goes by way of `corners`.
 *
 * `corners` is left, top, right, bottom (Pascal VOC); `corner_size` is left, top, width, height (COCO); `center` is centre x, centre
 * y, width, height (YOLO). Source: torchvision.ops.box_convert.
 *
 * @param {Floats} boxes
 * @param {Form} source
 * @param {Form} target
 * @returns {Floats}
 */
export function convert(boxes, source, target) {
  if (source === target) return boxes;
  const out = new Float32Array(boxes.length);
  for (let at = 0; at < boxes.length; at++) {
    if (at & 2) continue;
    let first = boxes[at];
    let second = boxes[at + 2];
    if (source === "center") {
      const half = f32(second * 0.5);
      [first, second] = [f32(first - half), f32(first + half)];
    } else if (source === "corner_size") second = f32(first + second);
    out[at] = target === "center" ? f32(first + second) * 0.5 : first;
    out[at + 2] = target === "corners" ? second : second - first;
  }
  return out;
}

/**
 * @param {DecodeBoxes & {anchors: import("../steps_boxes.js").Anchors, scales: number[], boxes: string}} step
 * @param {Outputs} outputs
 */
function ssd(step, outputs) {
  const anchors = ssdAnchors(step.anchors);
  const count = anchors.length / 4;
  const { data } = rowsOf(step.boxes, outputs[step.boxes], count, 4);
  const [byY, byX, byHeight, byWidth] = step.scales.map(f32);
  const boxes = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const [centreY, centreX, height, width] = [anchors[at], anchors[at + 1], anchors[at + 2], anchors[at + 3]];
    const x = f32(f32(f32(data[at + 1] / byX) * width) + centreX);
    const y = f32(f32(f32(data[at] / byY) * height) + centreY);
    const wide = f32(f32(f32(Math.exp(f32(data[at + 3] / byWidth))) * width) * 0.5);
    const high = f32(f32(f32(Math.exp(f32(data[at + 2] / byHeight))) * height) * 0.5);
    boxes.set([x - wide, y - high, x + wide, y + high], at);
  }
  return scored(step, outputs, boxes);
}

/**
 * @param {DecodeBoxes & {levels: import("../steps_boxes.js").Level[]}} step
 * @param {Outputs} outputs
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
    throw wrongOutput(output, `expected [1, rows, columns, anchors * (5 + classes)], found ${JSON.stringify(shape)}`);
  }
  const length = Math.floor(data.length / (high * wide * anchors.length));
  const apart = shape.length === 5 && shape[3] !== anchors.length;
  if (apart || length < 6 || length * anchors.length * high * wide !== data.length) {
    throw wrongOutput(output, `expected ${anchors.length} anchors of 5 + classes each, found ${JSON.stringify(shape)}`);
  }
  const width = length - 5;
  const count = data.length / length;
  const centred = new Float32Array(4 * count);
  const classes = new Float32Array(width * count);
  const by = f32(stride);
  const size = step.coding === "yolov3" ? scaledSize : squaredSize;
  for (let i = 0, at = 0; i < count; i++, at += length) {
    const anchor = anchors[i % anchors.length];
    const cell = Math.floor(i / anchors.length);
    const corner = [cell % wide, Math.floor(cell / wide)];
    for (let axis = 0; axis < 2; axis++) {
      const middle = logistic(data[at + axis]);
      const within = step.coding === "yolov3" ? middle : f32(f32(middle * 2) - 0.5);
      centred[4 * i + axis] = f32(f32(within + corner[axis]) * by);
      centred[4 * i + 2 + axis] = size(data[at + 2 + axis], f32(anchor[axis]));
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

/**
 * @param {number} coded
 * @param {number} anchor
 */
function scaledSize(coded, anchor) {
  return f32(f32(Math.exp(coded)) * anchor);
}

/**
 * @param {number} coded
 * @param {number} anchor
 */
function squaredSize(coded, anchor) {
  const twice = f32(logistic(coded) * 2);
  return f32(f32(twice * twice) * anchor);
}

/**
 * @param {DecodeBoxes & {boxes: string}} step
 * @param {Outputs} outputs
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

/**
 * @param {DecodeBoxes & {boxes: string}} step
 * @param {Outputs} outputs
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
 * @param {DecodeBoxes} step
 * @param {Floats} boxes
 */
function corners({ order, form = "corners" }, boxes) {
  const ordered = order === "yx" ? boxes.map((_, i) => boxes[i ^ 1]) : boxes;
  return convert(ordered, form, "corners");
}

/**
 * @param {DecodeBoxes} step
 * @param {Outputs} outputs
 * @param {Floats} boxes
 */
function scored(step, outputs, boxes) {
  const name = /** @type {string} */ (step.scores);
  const { data, width } = rowsOf(name, outputs[name], boxes.length / 4);
  return chosen(step, boxes, activate(data, width, /** @type {Activation} */ (step.activation)), width);
}
