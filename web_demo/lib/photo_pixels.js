/**
 * Photos of pixels that are already there: bare ones, or a canvas'.
 */

import { SatchelError } from "./errors.js";
import { composite } from "./ops/composite.js";
import { picture, refuseLarge } from "./ops/picture.js";

/** @typedef {import("./ops/picture.js").Picture} Picture */

/**
 * An upright RGB picture.
 *
 * @typedef {object} Photo
 * @property {string} name what to call it in a message
 * @property {Picture} picture uint8, three channels
 * @property {number} width
 * @property {number} height
 * @property {boolean} hadAlpha whether some pixel was not opaque, and so was mixed with the background
 * @property {() => void} close gives its memory back: nothing may be prepared of it any more
 */

/**
 * Gives a photo of bare pixels.
 *
 * @param {Uint8Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer>} pixels [height, width, channels]
 * @param {number} width
 * @param {number} height
 * @param {{channels?: 3 | 4, background?: readonly number[], name?: string}} [options] 4 channels are straight RGBA, which is
 *   composited over the background in place
 * @returns {Photo}
 */
export function fromPixels(pixels, width, height, options = {}) {
  const { channels = 3, background = [0, 0, 0], name = "photo" } = options;
  if (!ArrayBuffer.isView(pixels)) throw noPhoto(pixels);
  refuseSize(width, height);
  const bytes = pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray;
  if (!bytes || pixels.length !== width * height * channels || width % 1) {
    const found = `${pixels.constructor.name} of ${pixels.byteLength} bytes`;
    throw new SatchelError("input/wrong-array", `expected ${width} x ${height} x ${channels} bytes, found ${found}`, {
      where: name,
    });
  }
  const hadAlpha = channels === 4 && composite(pixels, background);
  return { name, picture: picture(pixels, width, height, 3, channels), width, height, hadAlpha, close() {} };
}

/**
 * Gives the error for what is no photo.
 *
 * @param {unknown} thing
 */
export function noPhoto(thing) {
  const message = `expected a photo, found ${thing === null ? "null" : typeof thing}`;
  return new SatchelError("input/wrong-type", message, { hint: "Give a Blob, an ImageData, a Photo or a Frame." });
}

/**
 * Gives a photo of a canvas' pixels.
 *
 * @param {ImageData} image straight RGBA; where it is transparent it is changed in place
 * @param {readonly number[]} [background]
 * @returns {Photo}
 */
export function ofImageData(image, background) {
  const pixels = /** @type {Uint8ClampedArray<ArrayBuffer>} */ (image.data);
  return fromPixels(pixels, image.width, image.height, { channels: 4, background });
}

/**
 * Refuses a picture without pixels, or with more than any photo has.
 *
 * @param {number} width
 * @param {number} height
 */
export function refuseSize(width, height) {
  if (!(width > 0 && height > 0)) {
    throw new SatchelError("input/empty", `the picture has no pixels (${width} x ${height})`, {
      hint: "Give at least 1 x 1 pixels.",
    });
  }
  refuseLarge(width, height);
}
