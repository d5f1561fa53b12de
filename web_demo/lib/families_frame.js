/**
 * Camera frames: made pictures by yuv_to_rgb, then prepared as photos are.
 */

import { SatchelError } from "./errors.js";
import { plan } from "./families_picture.js";
import { Scratch } from "./ops/picture.js";
import { yuvToRgb } from "./ops/yuv.js";
import { pictureShapes } from "./picture_shapes.js";

/** @typedef {import("./families.js").Family} Family */
/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./spec.js").Input} Input */

/** @type {Family} */
export const FRAME = { kind: "frame", check: pictureShapes, plan, load };

/** The memory of the last frame of each input: a camera gives many, and each is prepared before the next comes. */
const scratches = /** @type {WeakMap<Input, Scratch>} */ (new WeakMap());

/**
 * Gives the upright picture of a frame, valid until the next frame of this input is loaded.
 *
 * @param {any} thing
 * @param {Input} input
 * @returns {Photo}
 * @throws {SatchelError} input/wrong-frame, when it is no Frame or its planes are too short
 */
function load(thing, input) {
  const step = /** @type {import("./steps_images.js").YuvToRgb} */ (input.steps[0]);
  if (!(thing?.y instanceof Uint8Array && thing.u instanceof Uint8Array && thing.v instanceof Uint8Array)) {
    throw new SatchelError("input/wrong-frame", `expected a camera's frame, found ${typeof thing}`, {
      hint: "Give nv21(bytes, width, height), or a frame of three planes with their strides.",
    });
  }
  if (step.format === "NV21" && thing.uvPixelStride !== 2) {
    const message = "the spec takes NV21, whose V and U stand by turns; the frame has planes of their own";
    throw new SatchelError("input/wrong-frame", message, { hint: "Give nv21(bytes, width, height)." });
  }
  const scratch = scratches.get(input) ?? new Scratch();
  scratches.set(input, scratch);
  const picture = yuvToRgb(thing, step, scratch);
  return { name: "frame", picture, width: picture.width, height: picture.height, hadAlpha: false, close() {} };
}
