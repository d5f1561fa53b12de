/**
 * Where a picture's content is: the box of what is above a threshold, and the centre of mass of its values.
 */

import { SatchelError } from "../errors.js";
import { needBinary32 } from "../picture_shapes.js";
import { refuseBeyond } from "./beyond.js";
import { crop } from "./geometry.js";
import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {import("../picture_shapes.js").PictureShape} PictureShape */

/**
 * Gives the smallest part of a picture that has every pixel of which a channel is above the threshold, without moving a pixel.
 *
 * @param {{threshold: number}} step the threshold is rounded to binary32
 * @param {Picture} image
 * @returns {Picture}
 * @throws {SatchelError} input/empty-drawing, when there is no such pixel
 */
export function cropContent({ threshold }, image) {
  const { data, width, height, channels } = image;
  const least = Math.fround(threshold);
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0, p = image.offset + y * image.row; x < width; x++, p += image.step) {
      let above = false;
      for (let c = 0; c < channels; c++) above ||= data[p + c] > least;
      if (!above) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (bottom < 0) throw empty(`no value is above the threshold ${threshold}`);
  return crop(image, { left, top, width: right - left + 1, height: bottom - top + 1 });
}

/**
 * Gives width x height pixels of 0 in which the pixel that holds the picture's centre of mass is the middle one, that at (width div
 * 2, height div 2); what then lies outside is cut off. A value's mass is itself, 0 where it is below 0.
 *
 * @param {{width: number, height: number}} step
 * @param {Picture} image
 * @param {Scratch} scratch
 * @returns {Picture}
 * @throws {SatchelError} input/empty-drawing, when no value is above 0
 */
export function centerOfMass({ width, height }, image, scratch) {
  refuseBeyond(image);
  const { data, channels } = image;
  const [across, down] = middlePixel(image);
  const left = Math.floor(width / 2) - across;
  const top = Math.floor(height / 2) - down;
  const length = width * height * channels;
  const out =
    data instanceof Float32Array
      ? scratch.take("centred", Float32Array, length)
      : scratch.take("centred", Uint8Array, length);
  out.fill(0);
  const last = Math.min(left + image.width, width);
  for (let y = Math.max(top, 0); y < Math.min(top + image.height, height); y++) {
    for (let x = Math.max(left, 0); x < last; x++) {
      const from = image.offset + (y - top) * image.row + (x - left) * image.step;
      for (let c = 0; c < channels; c++) out[(y * width + x) * channels + c] = data[from + c];
    }
  }
  return picture(out, width, height, channels);
}

/**
 * Gives the column and row that hold the centre of mass: sums in binary64, one value after the other.
 *
 * @param {Picture} image
 * @returns {[number, number]}
 */
function middlePixel({ data, offset, row, step, width, height, channels }) {
  let [mass, across, down] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0, p = offset + y * row; x < width; x++, p += step) {
      for (let c = 0; c < channels; c++) {
        const value = Math.max(data[p + c], 0);
        mass += value;
        across += value * x;
        down += value * y;
      }
    }
  }
  if (mass === 0) throw empty("no value is above 0");
  return [Math.floor(across / mass + 0.5), Math.floor(down / mass + 0.5)];
}

/**
 * @param {string} op
 * @param {string} input
 */
function untraced(op, input) {
  const message = `${op} has no way back through a step of '${input}' that depends on the picture's values`;
  const hint = "Remove it, or crop_content and center_of_mass.";
  return new SatchelError("spec/impossible-step", message, { hint });
}

/**
 * @param {{threshold: number}} step
 * @param {PictureShape} before
 * @param {string} where
 * @returns {PictureShape}
 */
function afterCropContent({ threshold }, before, where) {
  needBinary32("threshold", [threshold], where, false);
  return { ...before, width: undefined, height: undefined, shorter: undefined };
}

/**
 * @param {{width: number, height: number}} step
 * @param {PictureShape} before
 * @returns {PictureShape}
 */
function afterCenterOfMass({ width, height }, before) {
  return { ...before, width, height, shorter: undefined };
}

/** @param {string} message */
function empty(message) {
  const hint = "Draw something first, or look at which values the ink has.";
  return new SatchelError("input/empty-drawing", message, { hint });
}

/** @type {import("../kit.js").Part} */
export const PART = {
  pictureOps: {
    crop_content: { after: afterCropContent, run: cropContent, untraced },
    center_of_mass: { after: afterCenterOfMass, run: centerOfMass, untraced },
  },
};
