/**
 * The kit of one spec: photos and scores are there, which most specs need; the other modules are loaded where its steps need them.
 */

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

/** Which module has which family. */
const FAMILIES = /** @type {const} */ ([
  ["photo", async () => PHOTO],
  ["frame", async () => (await import("./families_frame.js")).FRAME],
  ["row", async () => (await import("./families_row.js")).ROW],
  ["signal", async () => (await import("./families_signal.js")).SIGNAL],
]);

/** Which module reads which steps. */
const READERS = /** @type {const} */ ([
  [BOX_STEPS, async () => (await import("./readers_boxes.js")).BOXES],
  [POINT_STEPS, async () => (await import("./readers_points.js")).POINTS],
  [MASK_STEPS, async () => (await import("./readers_masks.js")).MASKS],
  [NUMBER_STEPS, async () => (await import("./readers_numbers.js")).NUMBERS],
  [PLACE_STEPS, async () => (await import("./readers_places.js")).PLACES],
]);

/** Which module has which ways to resize. */
const RESIZERS = /** @type {const} */ ([
  [/^pillow/, async () => (await import("./ops/resize_pillow.js")).PILLOW],
  [/^opencv/, async () => (await import("./ops/resize_opencv.js")).OPENCV],
  [/^tf\.(bilinear|nearest)$/, async () => (await import("./ops/resize_tf.js")).TF],
  [/^tf\.(area|bilinear_antialias)$/, async () => (await import("./ops/resize_tf_span.js")).TF_SPAN],
  [/^tf\.bicubic$/, async () => (await import("./ops/resize_tf_cubic.js")).TF_CUBIC],
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
  const reads = (/** @type {object} */ steps) => ops.some((op) => op in steps);
  const resizes = (/** @type {RegExp} */ pattern) => methods.some((method) => pattern.test(method));
  return {
    families: Object.fromEntries(
      (await loaded(FAMILIES, (kind) => kinds.includes(kind))).map((each) => [each.kind, each]),
    ),
    readOps: Object.assign({ ...SCORES }, ...(await loaded(READERS, reads))),
    resizers: Object.assign({}, ...(await loaded(RESIZERS, resizes))),
    chain: resizes(/^tf/) ? (await import("./ops/affine_simd.js")).affineSimd : undefined,
  };
}

/**
 * @template K, T
 * @param {readonly (readonly [K, () => Promise<T>])[]} loaders
 * @param {(key: K) => boolean} needed
 * @returns {Promise<T[]>}
 */
function loaded(loaders, needed) {
  return Promise.all(loaders.filter(([key]) => needed(key)).map(([, load]) => load()));
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
  if (artefact !== undefined) (await import("./artefact_tensors.js")).checkAgainstTensors(kit, spec, artefact, labels);
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
