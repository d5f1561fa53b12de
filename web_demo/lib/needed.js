/**
 * The kit of one spec: scores are there, which most specs need; the other modules are loaded where its steps need them.
 */

import { checkAgainstTensors } from "./artefact_tensors.js";
import { kindOf, kitOfParts } from "./kit.js";
import { PART as PICTURES } from "./pictures.js";
import { PipelineBase } from "./pipeline_base.js";
import { PART as SCORES } from "./readers_scores.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./kit.js").Part} Part */
/** @typedef {import("./spec.js").Spec} Spec */

/**
 * Which module is for which kinds of inputs, reading steps, heads of detectors and ways to resize. A head's brings the steps of boxes.
 *
 * @type {readonly (readonly [string, () => Promise<{PART: Part}>])[]}
 */
const PARTS = [
  ["row", () => import("./families_row.js")],
  ["signal", () => import("./families_signal.js")],
  ["ssd", () => import("./ops/boxes_ssd.js")],
  ["yolo_grid", () => import("./ops/boxes_grid.js")],
  ["yolo_free", () => import("./ops/boxes_free.js")],
  ["set", () => import("./ops/boxes_set.js")],
  ["decode_boxes nms", () => import("./readers_boxes.js")],
  ["heatmap_keypoints landmarks", () => import("./readers_points.js")],
  ["argmax_mask resize_mask", () => import("./readers_masks.js")],
  ["denormalize round", () => import("./readers_numbers.js")],
  ["pillow", () => import("./ops/resize_pillow.js")],
  ["opencv", () => import("./ops/resize_opencv.js")],
  ["tf.bilinear tf.nearest", () => import("./ops/resize_tf.js")],
  ["tf.area tf.bilinear_antialias", () => import("./ops/resize_tf_span.js")],
  ["crop_content center_of_mass", () => import("./ops/content.js")],
  ["tf.bicubic", () => import("./ops/resize_tf_cubic.js")],
];

/**
 * Gives the kit that a spec needs.
 *
 * @param {Spec} spec
 * @returns {Promise<Kit>}
 * @throws {import("./errors.js").SatchelError} spec/impossible-step, when the first step of an input begins no family
 */
export async function kitOf({ inputs, outputs }) {
  const named = inputs.map((input, place) => kindOf(input, `$.inputs[${place}]`));
  for (const { steps } of /** @type {{steps: readonly any[]}[]} */ (inputs)) {
    for (const { op, method = "" } of steps) named.push(op, method, method.split(".")[0]);
  }
  for (const { steps } of /** @type {{steps: readonly any[]}[]} */ (outputs)) {
    for (const { op, head } of steps) named.push(op, head);
  }
  const needed = PARTS.filter(([words]) => words.split(" ").some((word) => named.includes(word)));
  const modules = await Promise.all(needed.map(([, load]) => load()));
  return kitOfParts([PICTURES, SCORES, ...modules.map(({ PART }) => PART)]);
}

/**
 * Gives the pipeline of a spec with its label lists, for one artefact.
 *
 * @param {Spec} spec
 * @param {Readonly<Record<string, readonly string[]>>} labels each list of the spec, read from its file
 * @param {string} [artefact] `int8/tflite`; without it tensors stay binary32 and outputs are read as they come
 * @throws {import("./errors.js").SatchelError} the steps do not fit together, or steps and labels do not fit the artefact's tensors
 */
export async function openPipeline(spec, labels, artefact) {
  const kit = await kitOf(spec);
  if (artefact !== undefined) checkAgainstTensors(kit, spec, artefact, labels);
  return new PipelineBase(kit, spec, labels, artefact);
}

/**
 * Runs the golden cases of the loaded artefact.
 *
 * @param {import("./check.js").Checked} bundle
 * @param {import("./check.js").CheckOptions} [options]
 * @returns {Promise<import("./check.js").Report>}
 */
export async function checkGolden(bundle, options) {
  return (await import("./check.js")).checkGolden(bundle, options);
}
