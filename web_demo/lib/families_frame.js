/**
 * Camera frames: made upright pictures by yuv_to_rgb.
 */

import { SatchelError } from "./errors.js";
import { Scratch } from "./ops/picture.js";
import { yuvToRgb } from "./ops/yuv.js";

/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./values.js").Frame} Frame */

/** The memory of the last frame of each input: a camera gives many, and each is prepared before the next comes. */
const scratches = /** @type {WeakMap<Input, Scratch>} */ (new WeakMap());

/**
 * Gives the upright picture of a frame, valid until the next frame of this input is loaded. An input that begins with yuv_to_rgb says
 * how its frames are; for one that begins with decode the frame says it.
 *
 * @param {any} thing
 * @param {Input} input
 * @returns {Photo}
 * @throws {SatchelError} input/wrong-frame, when it is no Frame, its planes are too short, or it is not as the spec says
 */
export function loadFrame(thing, input) {
  if (!(thing?.y instanceof Uint8Array && thing.u instanceof Uint8Array && thing.v instanceof Uint8Array)) {
    throw wrong(`expected a camera's frame, found ${typeof thing}`, "or a frame of three planes with their strides");
  }
  const told = toldOf(thing, /** @type {import("./steps_images.js").ImageStep} */ (input.steps[0]));
  const scratch = scratches.get(input) ?? new Scratch();
  scratches.set(input, scratch);
  const picture = yuvToRgb(thing, told, scratch);
  return { name: "frame", picture, width: picture.width, height: picture.height, hadAlpha: false, close() {} };
}

/** What a frame may say of itself. */
const TOLD = /** @type {const} */ ({ range: ["full", "limited"], rotation: [0, 90, 180, 270] });

/**
 * Gives range and rotation of a frame.
 *
 * @param {Frame} frame
 * @param {import("./steps_images.js").ImageStep} step the first
 */
function toldOf(frame, step) {
  const ofStep = step.op === "yuv_to_rgb" ? step : undefined;
  if (ofStep?.format === "NV21" && frame.uvPixelStride !== 2) {
    throw wrong("the spec takes NV21, whose V and U stand by turns; the frame has planes of their own");
  }
  for (const name of /** @type {const} */ (["range", "rotation"])) {
    const [stated, taken] = [frame[name], ofStep?.[name]];
    if (stated === undefined && taken === undefined) {
      throw wrong(`the spec takes photos, and this frame does not say its ${name}`, "with { range, rotation }");
    }
    if (stated === undefined || stated === taken) continue;
    if (taken !== undefined) throw wrong(`the spec takes frames of the ${name} ${taken}, this one says ${stated}`);
    if (TOLD[name].every((each) => each !== stated)) {
      throw wrong(`a frame of the ${name} ${stated}: allowed are ${TOLD[name].join(", ")}`);
    }
  }
  return /** @type {Required<Pick<Frame, "range" | "rotation">>} */ (ofStep ?? frame);
}

/**
 * @param {string} message
 * @param {string} [more]
 */
function wrong(message, more = "") {
  const hint = `Give nv21(bytes, width, height) ${more}`.trim();
  return new SatchelError("input/wrong-frame", message, { hint: `${hint}.` });
}
