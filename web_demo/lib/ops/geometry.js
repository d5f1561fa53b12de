/**
 * Crop, flip and pad. Crop and flip give another view of the same numbers.
 */

import { SatchelError } from "../errors.js";
import { centralStart, centreOffset } from "./fit.js";
import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {import("./fit.js").Rounding} Rounding */

/**
 * Gives the part of a `width` x `height` picture that a crop step keeps.
 *
 * @param {{width?: number, height?: number, offset_rounding?: Rounding, central_fraction?: number}} step
 * @param {number} width
 * @param {number} height
 * @returns {Window}
 */
export function cropWindow(step, width, height) {
  if (step.central_fraction !== undefined) {
    const left = centralStart(width, step.central_fraction);
    const top = centralStart(height, step.central_fraction);
    return { left, top, width: width - 2 * left, height: height - 2 * top };
  }
  const keptWidth = /** @type {number} */ (step.width);
  const keptHeight = /** @type {number} */ (step.height);
  if (keptWidth > width || keptHeight > height) {
    throw new SatchelError(
      "input/too-small",
      `the crop takes ${keptWidth} x ${keptHeight} pixels, the picture has ${width} x ${height} at this step`,
      { hint: "Use a larger photo, or resize before the crop." },
    );
  }
  return centreWindow(step, width, height);
}

/**
 * Gives the part in the middle of a `width` x `height` picture that is as large as the step says.
 *
 * @param {{width?: number, height?: number, offset_rounding?: Rounding}} step
 * @param {number} width
 * @param {number} height
 * @returns {Window}
 */
export function centreWindow(step, width, height) {
  const keptWidth = /** @type {number} */ (step.width);
  const keptHeight = /** @type {number} */ (step.height);
  const rounding = /** @type {Rounding} */ (step.offset_rounding);
  return {
    left: centreOffset(width, keptWidth, rounding),
    top: centreOffset(height, keptHeight, rounding),
    width: keptWidth,
    height: keptHeight,
  };
}

/**
 * Gives a window of a picture, without moving a pixel.
 *
 * @param {Picture} image
 * @param {Window} window
 * @returns {Picture}
 */
export function crop(image, { left, top, width, height }) {
  return { ...image, offset: image.offset + top * image.row + left * image.step, width, height };
}

/**
 * Gives the mirrored picture, without moving a pixel.
 *
 * @param {Picture} image
 * @param {"horizontal" | "vertical"} axis horizontal swaps left and right
 * @returns {Picture}
 */
export function flip(image, axis) {
  const { offset, row, step, width, height } = image;
  return axis === "horizontal"
    ? { ...image, offset: offset + (width - 1) * step, step: -step }
    : { ...image, offset: offset + (height - 1) * row, row: -row };
}

/**
 * Gives the picture with margins of a constant colour.
 *
 * @param {Picture} image
 * @param {{left: number, top: number, right: number, bottom: number}} margins in pixels
 * @param {readonly number[]} value one number, or one a channel
 * @param {Scratch} scratch
 * @returns {Picture}
 */
export function pad(image, { left, top, right, bottom }, value, scratch) {
  const { data, channels } = image;
  const width = left + image.width + right;
  const height = top + image.height + bottom;
  const length = width * height * channels;
  const out =
    data instanceof Float32Array ? scratch.take("pad", Float32Array, length) : scratch.take("pad", Uint8Array, length);
  for (let i = 0; i < length; i++) out[i] = value[value.length === 1 ? 0 : i % channels];
  for (let y = 0; y < image.height; y++) {
    let p = image.offset + y * image.row;
    let o = ((top + y) * width + left) * channels;
    for (let x = 0; x < image.width; x++, p += image.step) {
      for (let c = 0; c < channels; c++) out[o++] = data[p + c];
    }
  }
  return picture(out, width, height, channels);
}
