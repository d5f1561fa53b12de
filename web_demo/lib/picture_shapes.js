/**
 * What each step of a picture's preparation makes of what the step before it made.
 */

import { refusal, SatchelError } from "./errors.js";
import { resizedSize } from "./ops/fit.js";
import { cropWindow } from "./ops/geometry.js";
import { inBrackets } from "./ops/shapes.js";

/** @typedef {import("./steps.js").InputStep} InputStep */
/** @typedef {import("./steps_images.js").ImageStep} ImageStep */

/**
 * What a step gives. Width and height are undefined while they depend on the photo; `shorter` is the shorter side, while only
 * that one is known; `span` is what black and white have become, undefined after a normalize.
 *
 * @typedef {object} PictureShape
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} channels
 * @property {"uint8" | "float32"} dtype
 * @property {"NHWC" | "NCHW"} layout
 * @property {"RGB" | "BGR" | "GRAY"} colours
 * @property {readonly [number, number]} [span]
 * @property {number} [shorter]
 */

/** @type {Record<string, readonly [number, number]>} */
const RANGES = { "0..255": [0, 255], "0..1": [0, 1], "-1..1": [-1, 1] };

/**
 * What each step gives; the first is none of them.
 *
 * @type {Record<string, (step: any, before: PictureShape, where: string) => PictureShape>}
 */
const RULES = {
  color: afterColor,
  resize: afterResize,
  crop: afterCrop,
  pad: afterPad,
  rescale: afterRescale,
  normalize: afterNormalize,
  layout: afterLayout,
  flip: (_step, before) => before,
};

/**
 * Gives what each step gives; the first makes a picture of whatever it is.
 *
 * @param {readonly InputStep[]} steps
 * @param {string} where
 * @param {Pick<import("./kit.js").Kit, "pictureOps">} kit
 * @returns {PictureShape[]}
 * @throws {SatchelError} spec/impossible-step, spec/crop-too-large, spec/channel-count, spec/range-mismatch or spec/out-of-range,
 *   at the step
 */
export function pictureShapes(steps, where, { pictureOps }) {
  /** @type {PictureShape[]} */
  const shapes = [{ channels: 3, dtype: "uint8", layout: "NHWC", colours: "RGB", span: [0, 255] }];
  for (let place = 1; place < steps.length; place++) {
    shapes.push(
      after(/** @type {ImageStep} */ (steps[place]), shapes[place - 1], `${where}.steps[${place}]`, pictureOps),
    );
  }
  return shapes;
}

/**
 * @param {ImageStep} step
 * @param {PictureShape} before
 * @param {string} where
 * @param {import("./kit.js").Kit["pictureOps"]} ops
 * @returns {PictureShape}
 */
function after(step, before, where, ops) {
  const rule = RULES[step.op] ?? ops[step.op]?.after;
  if (!rule) {
    throw refusal("impossible-step", `${step.op} is no step of a picture`, where, "Begin with it, or leave it out.");
  }
  if (before.layout === "NCHW" && !["rescale", "normalize", "layout"].includes(step.op)) {
    const message = `${step.op} takes [h, w, c], found [c, h, w] after layout NCHW`;
    throw refusal("impossible-step", message, where, "Move layout behind it.");
  }
  return rule(step, before, where);
}

/** @type {After<"layout">} */
function afterLayout({ to }, before, where) {
  if (to === "NHWC" || to === "NCHW") return { ...before, layout: to };
  throw refusal("impossible-step", `layout to ${to} is for signals, found a picture`, where, "Use NHWC or NCHW.");
}

/**
 * @template {ImageStep["op"]} Op
 * @typedef {(step: Extract<ImageStep, {op: Op}>, before: PictureShape, where: string) => PictureShape} After
 */

/** @type {After<"color">} */
function afterColor(step, before, where) {
  needUint8(`color to ${step.to}`, before, where);
  if (before.colours === "GRAY" && step.to !== "GRAY") {
    const message = `color makes ${step.to} of RGB, found a picture that is grey already`;
    throw refusal("impossible-step", message, where, "Remove the color step that makes it grey.");
  }
  return { ...before, colours: step.to, channels: step.to === "GRAY" ? 1 : 3 };
}

/** @type {After<"resize">} */
function afterResize(step, before, where) {
  needAChannel("pad_value", step.pad_value ?? [0], before, where);
  const floats = step.method.startsWith("tf.");
  if (!floats) needUint8(`resize with ${step.method}`, before, where);
  const dtype = floats ? "float32" : before.dtype;
  if (step.fit !== "shorter_side")
    return { ...before, width: step.width, height: step.height, shorter: undefined, dtype };
  if (!before.width || !before.height) {
    return { ...before, width: undefined, height: undefined, shorter: step.side, dtype };
  }
  const [width, height] = resizedSize(step, before.width, before.height);
  return { ...before, width, height, shorter: undefined, dtype };
}

/** @type {After<"crop">} */
function afterCrop(step, before, where) {
  const hint = "Make the crop smaller, or resize to more before it.";
  if (before.width && before.height) {
    try {
      const { width, height } = cropWindow(step, before.width, before.height);
      return { ...before, width, height };
    } catch (error) {
      throw error instanceof SatchelError ? refusal("crop-too-large", error.detail, where, hint) : error;
    }
  }
  if (before.shorter && step.width && step.height && Math.min(step.width, step.height) > before.shorter) {
    const size = `${step.width} x ${step.height}`;
    const message = `the crop takes ${size} pixels of a picture whose shorter side is ${before.shorter}`;
    throw refusal("crop-too-large", message, where, hint);
  }
  return { ...before, width: step.width, height: step.height, shorter: undefined };
}

/** @type {After<"pad">} */
function afterPad(step, before, where) {
  needAChannel("value", step.value, before, where);
  const width = before.width && before.width + step.left + step.right;
  const height = before.height && before.height + step.top + step.bottom;
  return { ...before, width, height, shorter: undefined };
}

/** @type {After<"rescale">} */
function afterRescale({ factor, divisor, offset }, before, where) {
  const multiplier = /** @type {number} */ (factor ?? divisor);
  needBinary32(factor === undefined ? "divisor" : "factor", [multiplier], where, true);
  needBinary32("offset", [offset], where, false);
  const scale = factor ?? 1 / multiplier;
  /** @type {[number, number] | undefined} */
  const span = before.span && [before.span[0] * scale + offset, before.span[1] * scale + offset];
  return { ...before, dtype: "float32", span };
}

/** @type {After<"normalize">} */
function afterNormalize(step, before, where) {
  needAChannel("mean", step.mean, before, where);
  needAChannel("std", step.std, before, where);
  needBinary32("mean", step.mean, where, false);
  needBinary32("std", step.std, where, true);
  const [low, high] = RANGES[step.range];
  const found = before.span;
  if (found && Math.max(Math.abs(found[0] - low), Math.abs(found[1] - high)) > 0.02 * (high - low)) {
    const message = `mean and std are made for values of ${step.range}, found values of ${found.join("..")}`;
    throw refusal("range-mismatch", message, where, "Rescale before, or give mean and std for these values.");
  }
  return { ...before, dtype: "float32", span: undefined };
}

/**
 * @param {string} what
 * @param {PictureShape} before
 * @param {string} where
 */
function needUint8(what, before, where) {
  if (before.dtype === "uint8") return;
  const hint = "Move it before the steps that make float32 values.";
  throw refusal("impossible-step", `${what} takes uint8 pixels, found ${before.dtype} values`, where, hint);
}

/**
 * @param {string} what
 * @param {readonly number[]} values
 * @param {PictureShape} before
 * @param {string} where
 */
function needAChannel(what, values, { channels, colours }, where) {
  if (values.length === 1 || values.length === channels) return;
  const message = `${what} has ${values.length} numbers, the picture has ${channels} channels (${colours})`;
  throw refusal("channel-count", message, where, `Give one number, or ${channels}.`);
}

/**
 * Refuses a number that is infinite, or 0, in the binary32 in which it is used.
 *
 * @param {string} what
 * @param {readonly number[]} values
 * @param {string} where
 * @param {boolean} divides
 */
export function needBinary32(what, values, where, divides) {
  const used = values.map(Math.fround);
  if (used.every(Number.isFinite) && !(divides && used.includes(0))) return;
  const message = `${what} ${inBrackets(values)} is infinite or 0 in binary32, in which it is used`;
  throw refusal("out-of-range", message, where, "Use a number between 1e-37 and 1e38 in magnitude.");
}
