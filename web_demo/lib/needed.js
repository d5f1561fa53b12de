/**
 * The kit of one spec: photos and scores are there, which most specs need; the other modules are loaded where its steps need them.
 */

import { checkAgainstTensors } from "./artefact_tensors.js";
import { PHOTO } from "./families_picture.js";
import { kindOf } from "./kit.js";
import { PipelineBase } from "./pipeline_base.js";
import { SCORES } from "./readers_scores.js";
import { BOX_STEPS } from "./steps_boxes.js";
import { MASK_STEPS } from "./steps_masks.js";
import { NUMBER_STEPS, PLACE_STEPS } from "./steps_numbers.js";
import { POINT_STEPS } from "./steps_points.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./spec.js").Spec} Spec */

/**
 * @template K, T
 * @typedef {readonly (readonly [K, () => Promise<{PART: Readonly<Record<string, T>>}>])[]} Modules by what needs them
 */

/** Which module has which family. What a kit takes of a module is its PART. */
const FAMILIES = /** @type {const} */ ([
  ["frame", () => import("./families_frame.js")],
  ["row", () => import("./families_row.js")],
  ["signal", () => import("./families_signal.js")],
]);

/** Which module reads which steps. */
const READERS = /** @type {Modules<object, import("./readers_base.js").ReadOp>} */ ([
  [BOX_STEPS, () => import("./readers_boxes.js")],
  [POINT_STEPS, () => import("./readers_points.js")],
  [MASK_STEPS, () => import("./readers_masks.js")],
  [NUMBER_STEPS, () => import("./readers_numbers.js")],
  [PLACE_STEPS, () => import("./readers_places.js")],
]);

/** Which module reads which head of a detector. */
const HEADS = /** @type {const} */ ([
  ["ssd", () => import("./ops/boxes_ssd.js")],
  ["yolo_grid", () => import("./ops/boxes_grid.js")],
  ["yolo_free", () => import("./ops/boxes_free.js")],
  ["set", () => import("./ops/boxes_set.js")],
]);

/** Which module has which ways to resize. */
const RESIZERS = /** @type {const} */ ([
  [/^pillow/, () => import("./ops/resize_pillow.js")],
  [/^opencv/, () => import("./ops/resize_opencv.js")],
  [/^tf\.(bilinear|nearest)$/, () => import("./ops/resize_tf.js")],
  [/^tf\.(area|bilinear_antialias)$/, () => import("./ops/resize_tf_span.js")],
  [/^tf\.bicubic$/, () => import("./ops/resize_tf_cubic.js")],
]);

/**
 * Gives the kit that a spec needs.
 *
 * @param {Spec} spec
 * @returns {Promise<Kit>}
 * @throws {import("./errors.js").SatchelError} spec/impossible-step, when the first step of an input begins no family
 */
export async function kitOf({ inputs, outputs }) {
  const kinds = inputs.map((input, place) => kindOf(input, `$.inputs[${place}]`));
  const ops = outputs.flatMap(({ steps }) => steps.map(({ op }) => op));
  const methods = inputs.flatMap(({ steps }) => steps.flatMap((step) => (step.op === "resize" ? [step.method] : [])));
  const heads = outputs.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.op === "decode_boxes" ? [step.head] : [])),
  );
  const resizes = (/** @type {RegExp} */ pattern) => methods.some((method) => pattern.test(method));
  return {
    families: await loaded(FAMILIES, (kind) => kinds.includes(kind), kinds.includes("photo") ? { photo: PHOTO } : {}),
    readOps: await loaded(READERS, (steps) => ops.some((op) => op in steps), SCORES),
    heads: await loaded(HEADS, (head) => heads.includes(head), {}),
    resizers: await loaded(RESIZERS, resizes, {}),
    chain: resizes(/^tf/) ? (await import("./ops/affine_simd.js")).affineSimd : undefined,
  };
}

/**
 * Gives the parts that are needed, beside those that are there.
 *
 * @template K, T
 * @param {Modules<K, T>} modules
 * @param {(key: K) => boolean} needed
 * @param {Readonly<Record<string, T>>} there
 * @returns {Promise<Readonly<Record<string, T>>>}
 */
async function loaded(modules, needed, there) {
  const found = await Promise.all(modules.filter(([key]) => needed(key)).map(([, load]) => load()));
  return Object.assign({}, there, ...found.map(({ PART }) => PART));
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
 * @param {(report: import("./check.js").CaseReport) => void} [onCase]
 * @returns {Promise<import("./check.js").Report>}
 */
export async function checkGolden(bundle, onCase) {
  return (await import("./check.js")).checkGolden(bundle, onCase);
}
