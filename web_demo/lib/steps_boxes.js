/**
 * Steps that make objects of a detector's outputs.
 */

import { boolean, exactly, integer, list, need, number, oneOf, optional, record } from "./schema.js";
import { count, NAME, needFields, step, share, side } from "./steps_base.js";

const positive = number({ above: 0 });
const cells = integer(1, 1024);

const anchors = record({
  grids: list(exactly(cells, 2), { min: 1, max: 16 }),
  min_scale: positive,
  max_scale: positive,
  aspect_ratios: list(positive, { min: 1, max: 16 }),
  interpolated_ratio: optional(positive),
  reduce_lowest: boolean,
});

const level = record({ output: NAME, stride: positive, anchors: list(exactly(positive, 2), { min: 1, max: 16 }) });

/** The fields that a head may use, in the order in which they are looked at. */
const FIELDS = /** @type {const} */ ([
  "boxes",
  "scores",
  "classes",
  "levels",
  "coding",
  "layout",
  "objectness",
  "strides",
  "form",
  "order",
  "width",
  "height",
  "anchors",
  "scales",
  "activation",
  "background",
  "candidates",
]);

/** @type {Record<string, readonly string[]>} */
const CODINGS = { yolo_grid: ["yolov3", "yolov5"], yolo_free: ["decoded", "yolox", "distances"] };

const decodeBoxes = step(
  "decode_boxes",
  {
    head: oneOf(/** @type {const} */ (["ssd", "yolo_grid", "yolo_free", "set"])),
    boxes: optional(NAME),
    scores: optional(NAME),
    classes: optional(NAME),
    levels: optional(list(level, { min: 1, max: 16 })),
    coding: optional(oneOf(/** @type {const} */ (["yolov3", "yolov5", "decoded", "yolox", "distances"]))),
    layout: optional(oneOf(/** @type {const} */ (["rows", "columns"]))),
    objectness: optional(boolean),
    strides: optional(list(count, { min: 1, max: 16 })),
    form: optional(oneOf(/** @type {const} */ (["corners", "center", "corner_size"]))),
    order: optional(oneOf(/** @type {const} */ (["xy", "yx"]))),
    width: optional(side),
    height: optional(side),
    anchors: optional(anchors),
    scales: optional(exactly(positive, 4)),
    activation: optional(oneOf(/** @type {const} */ (["none", "sigmoid", "softmax"]))),
    background: optional(oneOf(/** @type {const} */ (["none", "first", "last"]))),
    candidates: optional(oneOf(/** @type {const} */ (["best", "all"]))),
  },
  (found, path) => {
    needFields(found, "head", FIELDS, usedFields(found), path, " here");
    const allowed = CODINGS[found.head];
    if (allowed === undefined) return;
    const known = allowed.includes(found.coding ?? "");
    need(known, path, `head '${found.head}' has the codings ${allowed.join(", ")}`, "Change 'coding'.");
  },
);

/**
 * Gives the fields that the step must have; all others must be absent.
 *
 * @param {{head: string, coding?: string, scores?: string, classes?: string}} step
 * @returns {string[]}
 */
function usedFields({ head, coding, scores, classes }) {
  if (head === "ssd") return ["boxes", "scores", "anchors", "scales", "activation", "background", "candidates"];
  if (head === "yolo_grid") return ["levels", "coding", "activation", "candidates"];
  if (head === "yolo_free") {
    const all = ["boxes", "coding", "layout", "objectness", "activation", "candidates"];
    const onGrid = coding === "yolox" || coding === "distances";
    return [...all, ...(onGrid ? ["strides", "width", "height"] : ["form", "order"])];
  }
  const all = ["boxes", "form", "order"];
  if (scores === undefined) return all;
  return [...all, "scores", ...(classes === undefined ? ["activation", "background", "candidates"] : ["classes"])];
}

const nms = step("nms", { iou: share, score: number(), per_class: boolean, max: count });

/**
 * @typedef {ReturnType<typeof anchors>} Anchors
 * @typedef {ReturnType<typeof level>} Level
 * @typedef {ReturnType<typeof decodeBoxes>} DecodeBoxes
 * @typedef {ReturnType<typeof nms>} Nms
 * @typedef {DecodeBoxes | Nms} BoxStep
 */

export const BOX_STEPS = { decode_boxes: decodeBoxes, nms };
