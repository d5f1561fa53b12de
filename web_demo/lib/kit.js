/**
 * What a pipeline is made with: the families of inputs by kind, the reading steps by op, the heads of detectors by
 * name, how pictures are resized, by method, and their ops that few specs have. whole.js has all of them, needed.js loads those
 * that a spec names.
 */

import { SatchelError } from "./errors.js";

/** @typedef {import("./families.js").Family} Family */
/** @typedef {import("./readers_base.js").ReadOp} ReadOp */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./spec.js").InputStep} InputStep */

/**
 * @typedef {import("./ops/box_rows.js").Outputs} Outputs
 * @typedef {Readonly<Record<string, (step: any, outputs: Outputs) => import("./values.js").Detections>>} Heads by their names
 */

/**
 * @typedef {import("./ops/picture.js").Picture} Picture
 * @typedef {import("./picture_shapes.js").PictureShape} PictureShape
 * @typedef {object} PictureOp
 * @property {(step: any, before: PictureShape, where: string) => PictureShape} after gives what a step gives, or throws
 * @property {(step: any, image: Picture, scratch: import("./ops/picture.js").Scratch) => Picture} run
 * @property {(op: string, input: string) => SatchelError} untraced why a step of an output cannot go back through it
 */

/**
 * @typedef {object} Kit
 * @property {Readonly<Record<string, Family>>} families
 * @property {Readonly<Record<string, ReadOp>>} readOps
 * @property {Heads} heads of detectors
 * @property {import("./ops/resize.js").Resizers} resizers
 * @property {Readonly<Record<string, PictureOp>>} pictureOps what moves pixels to where their values say, by op
 * @property {typeof import("./ops/affine_simd.js").affineSimd} [chain] carries ops out on the binary32 values of a resize, faster
 */

/** @typedef {Partial<Kit>} Part what a module brings to a kit */

/**
 * Gives the kit of what several modules bring.
 *
 * @param {readonly Part[]} parts
 * @returns {Kit}
 */
export function kitOfParts(parts) {
  const all = ["families", "readOps", "heads", "resizers", "pictureOps"].map((name) => [
    name,
    Object.assign({}, ...parts.map((part) => part[/** @type {keyof Part} */ (name)])),
  ]);
  return { ...Object.fromEntries(all), chain: parts.find(({ chain }) => chain)?.chain };
}

const SIGNAL_OPS = ["resample", "detrend", "window", "standardize", "layout"];
const ORDERS = /** @type {readonly string[]} */ (["NLC", "NCL", "NL"]);

/** The kind of an input by the op that begins its steps. */
const KINDS = /** @type {Readonly<Record<string, string>>} */ ({
  decode: "photo",
  yuv_to_rgb: "frame",
  columns: "row",
  ...Object.fromEntries(SIGNAL_OPS.map((op) => [op, "signal"])),
});

/**
 * Gives the kind of an input: photo, frame, row or signal. The first op of its steps says it; behind columns, the others do.
 *
 * @param {Pick<Input, "steps">} input
 * @param {string} [where]
 * @throws {SatchelError} spec/impossible-step, when its first step begins no family
 */
export function kindOf({ steps }, where = "$.inputs[0]") {
  if (steps[0]?.op === "columns" && isSignal(steps)) return "signal";
  if (steps.length > 0 && Object.hasOwn(KINDS, steps[0].op)) return KINDS[steps[0].op];
  const known = Object.keys(KINDS).join(", ");
  const found = steps.length > 0 ? `'${steps[0].op}'` : "no steps";
  throw new SatchelError("spec/impossible-step", `expected one of ${known} as the first step, found ${found}`, {
    where,
    hint: "Begin with decode for a photo, yuv_to_rgb for a camera's frame, columns for a row, window for a signal.",
  });
}

/**
 * Says whether steps that begin with columns make a signal of them, and not a row.
 *
 * @param {readonly InputStep[]} steps
 */
function isSignal(steps) {
  return steps.some(
    (step) =>
      ["resample", "detrend", "window"].includes(step.op) ||
      (step.op === "standardize" && step.columns === undefined) ||
      (step.op === "layout" && ORDERS.includes(step.to)),
  );
}

/**
 * Gives the names of the outputs that a reading step reads beside its own.
 *
 * @param {Kit} kit
 * @param {{op: string}} step
 * @returns {readonly string[]}
 */
export function references({ readOps }, step) {
  return readOps[step.op].reads?.(step) ?? [];
}
