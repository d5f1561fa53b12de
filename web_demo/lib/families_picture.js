/**
 * Pictures, from a photo or a camera's frame: how their steps are carried out.
 */

import { placed } from "./errors.js";
import { applied, normalize, rescale } from "./ops/arithmetic.js";
import { color } from "./ops/color.js";
import { crop, cropWindow, flip, pad } from "./ops/geometry.js";
import { picture, Scratch } from "./ops/picture.js";
import { arrayOf } from "./ops/quantize.js";
import { resize } from "./ops/resize.js";
import { noPhoto, ofImageData } from "./photo_pixels.js";
import { traced } from "./trace.js";

/** @typedef {import("./families.js").Watch} Watch */
/** @typedef {import("./families.js").TensorValue} TensorValue */
/** @typedef {import("./ops/picture.js").Picture} Picture */
/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./steps_images.js").ImageStep} ImageStep */

/**
 * Gives the photo of a Blob or ImageData (which is changed in place where it is transparent), or the photo that is given.
 *
 * @param {any} thing
 * @param {Input} input
 * @returns {Promise<Photo> | Photo}
 */
export function loadPicture(thing, input) {
  const first = input.steps[0];
  const background = first.op === "decode" ? first.background : undefined;
  if (thing instanceof Blob) return import("./photo.js").then(({ loadPhoto }) => loadPhoto(thing, background));
  if (thing?.picture) return thing;
  if (thing?.data) return ofImageData(thing, background);
  throw noPhoto(thing);
}

/**
 * Gives how a photo becomes the tensor of an input. It keeps its working memory from one photo to the next.
 *
 * @param {Input} input
 * @param {readonly unknown[]} _shapes
 * @param {import("./spec.js").Tensor | undefined} tensor
 * @param {import("./kit.js").Kit} kit
 * @returns {import("./families.js").Plan}
 */
export function plan({ steps }, _shapes, tensor, kit) {
  const images = /** @type {ImageStep[]} */ (steps);
  // One for each step, and one for the tensor: no step writes where it reads.
  const scratches = Array.from({ length: steps.length + 1 }, () => new Scratch());
  const valued = steps.map(({ op }) => op in kit.pictureOps).lastIndexOf(true);
  const trace = (/** @type {Photo} */ photo) => named(photo, () => traced(images, photo.width, photo.height));
  return {
    prepare(/** @type {Photo} */ photo, watch = {}) {
      return named(photo, () => prepared(images, scratches, photo, watch, valued, kit, tensor));
    },
    trace: valued < 0 ? trace : undefined,
  };
}

/**
 * Gives what is made of a photo; an error names it.
 *
 * @template T
 * @param {Photo} photo
 * @param {() => T} making
 * @returns {T}
 */
function named(photo, making) {
  if (!photo?.picture) throw noPhoto(photo);
  return placed(making, () => photo.name);
}

/**
 * @param {readonly ImageStep[]} steps
 * @param {readonly Scratch[]} scratches
 * @param {Photo} photo
 * @param {Watch} watch
 * @param {number} valued the place of the last step that moves pixels to where their values say, below 0 where there is none
 * @param {import("./kit.js").Kit} kit
 * @param {import("./spec.js").Tensor} [tensor]
 * @returns {TensorValue}
 */
function prepared(steps, scratches, photo, { onView }, valued, { resizers, chain, pictureOps }, tensor) {
  let image = photo.picture;
  /** @type {"NHWC" | "NCHW"} */
  let order = "NHWC";
  /** @type {"RGB" | "BGR" | "GRAY"} */
  let colours = "RGB";
  /** @type {import("./ops/arithmetic.js").Op[]} */
  let pending = [];
  let view = onView;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i];
    const next = steps[i + 1];
    if (step.op === "rescale" || step.op === "normalize") {
      if (i > valued) {
        view?.(image, colours);
        view = undefined;
      }
      pending.push(step.op === "rescale" ? rescale(step) : normalize(step));
    } else if (step.op === "layout") order = step.to === "NCHW" ? "NCHW" : "NHWC";
    else {
      if (pending.length > 0) image = settled(image, pending, scratches[i]);
      pending = [];
      const then = step.op === "resize" && next?.op === "crop" ? next : undefined;
      if (step.op === "resize") image = resize(image, step, scratches[i], resizers, then);
      else if (step.op in pictureOps) image = pictureOps[step.op].run(step, image, scratches[i]);
      else image = moved(step, image, colours, scratches[i]);
      if (then) i++;
      if (step.op === "color") colours = step.to;
    }
  }
  view?.(image, colours);
  return tensorOf(image, pending, order, scratches[steps.length], chain, tensor);
}

/**
 * Carries out the arithmetic that was put off: what follows moves pixels about.
 *
 * @param {Picture} image
 * @param {readonly import("./ops/arithmetic.js").Op[]} ops
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function settled(image, ops, scratch) {
  const { width, height, channels } = image;
  const out = scratch.take("settled", Float32Array, width * height * channels);
  return picture(applied(image, ops, out), width, height, channels);
}

/**
 * @param {ImageStep} step
 * @param {Picture} image
 * @param {"RGB" | "BGR" | "GRAY"} colours
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function moved(step, image, colours, scratch) {
  switch (step.op) {
    case "color":
      return color(image, colours, step.to, scratch);
    case "crop":
      return crop(image, cropWindow(step, image.width, image.height));
    case "pad":
      return pad(image, step, step.value, scratch);
    case "flip":
      return flip(image, step.axis);
    default:
      return image;
  }
}

/**
 * Gives the values in the order and the dtype that the artefact takes.
 *
 * @param {Picture} image
 * @param {readonly import("./ops/arithmetic.js").Op[]} ops
 * @param {"NHWC" | "NCHW"} order
 * @param {Scratch} scratch
 * @param {import("./kit.js").Kit["chain"]} chain
 * @param {{dtype: string, scale?: number, zero_point?: number}} [tensor]
 * @returns {TensorValue}
 */
function tensorOf(image, ops, order, scratch, chain, tensor = { dtype: "float32" }) {
  const { height, width, channels } = image;
  const shape = order === "NHWC" ? [1, height, width, channels] : [1, channels, height, width];
  const out = scratch.take("tensor", arrayOf(tensor.dtype), height * width * channels);
  const data = applied(image, ops, out, tensor, order, chain);
  return { data: tensor.dtype === "int64" ? BigInt64Array.from(data, BigInt) : data, shape };
}
