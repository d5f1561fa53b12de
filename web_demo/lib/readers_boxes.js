/**
 * The steps that make objects: decode_boxes, by the head that it names, and nms.
 *
 * Binary32 in the order written. Boxes become left, top, right, bottom, in the unit that the head has.
 */

import { nms } from "./ops/nms.js";
import { nanOutput } from "./ops/reading.js";
import { sizeOf } from "./ops/shapes.js";
import { tried } from "./readers_base.js";
import { namedShapes, zerosOf } from "./readers_named.js";

/** @typedef {import("./kit.js").Heads} Heads */
/** @typedef {import("./ops/box_rows.js").Outputs} Outputs */
/** @typedef {import("./values.js").Detections} Detections */
/** @typedef {import("./readers_base.js").ReadOp} ReadOp */
/** @typedef {import("./steps_boxes.js").DecodeBoxes} DecodeBoxes */

const ORDER = "The order is decode_boxes, nms, uncrop, label.";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
const READ_OPS = {
  decode_boxes: {
    takes: ["numbers"],
    after(step, _before, all, { heads }) {
      const shapes = namedShapes(reads(step), all);
      if (shapes === undefined) return { kind: "objects" };
      const hint = "Name the outputs that hold boxes and scores, and describe the head that the model has.";
      tried(() => decodeBoxes(step, zerosOf(shapes), heads), hint);
      return { kind: "objects", count: classCount(step, shapes) };
    },
    run: (step, _value, { outputs, heads }) => decodeBoxes(step, outputs, heads),
    hint: ORDER,
    reads,
  },
  nms: {
    takes: ["objects"],
    after: (_step, before) => before,
    run: ({ iou, score, per_class: perClass, max }, value) => nms(value, iou, score, perClass, max),
    hint: ORDER,
  },
};

/** @type {import("./kit.js").Part} */
export const PART = { readOps: READ_OPS };

/**
 * Gives how many labels fit: one a column of scores, a background column too.
 *
 * @param {DecodeBoxes} step
 * @param {Record<string, readonly number[]>} shapes
 */
function classCount({ head, boxes, scores, classes, levels, layout, objectness }, shapes) {
  if (levels) {
    const length = sizeOf(shapes[levels[0].output].slice(3));
    return length / levels[0].anchors.length - 5;
  }
  if (head === "yolo_free" && boxes) return shapes[boxes][layout === "columns" ? 1 : 2] - (objectness ? 5 : 4);
  return scores && !classes ? shapes[scores].at(-1) : undefined;
}

/**
 * Gives the candidates of a detector's outputs, each box in the order of the outputs.
 *
 * @param {DecodeBoxes} step
 * @param {Outputs} outputs real values by the names of the spec's outputs, with batch 1
 * @param {Heads} heads
 * @returns {Detections}
 */
function decodeBoxes(step, outputs, heads) {
  for (const name of reads(step)) {
    for (const each of outputs[name].data) if (each !== each) throw nanOutput(name);
  }
  return heads[step.head](step, outputs);
}

/**
 * Gives the names of the outputs that the step reads.
 *
 * @param {DecodeBoxes} step
 * @returns {string[]}
 */
function reads({ boxes, scores, classes, levels = [] }) {
  const named = [boxes, scores, classes, ...levels.map(({ output }) => output)];
  return [...new Set(named.filter((name) => name !== undefined))];
}
