/**
 * From what a person has to an upright picture: a File, Blob, ImageData, or bare pixels.
 */

import { SatchelError } from "./errors.js";
import { composite } from "./ops/color.js";
import { picture } from "./ops/picture.js";

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
 */

/** The largest photo that is read, as in Python. */
export const MAX_PIXELS = 2 ** 27;

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
  refuseSize(width, height, name);
  if (pixels.length !== width * height * channels) {
    throw new SatchelError(
      "input/wrong-array",
      `expected ${width} x ${height} x ${channels} values, found ${pixels.length}`,
      { where: name },
    );
  }
  const hadAlpha = channels === 4 && composite(pixels, background);
  return { name, picture: picture(pixels, width, height, 3, channels), width, height, hadAlpha };
}

/**
 * Gives a photo of a canvas' pixels.
 *
 * @param {ImageData} image
 * @param {readonly number[]} [background]
 */
export function ofImageData(image, background) {
  const pixels = /** @type {Uint8ClampedArray<ArrayBuffer>} */ (image.data);
  return fromPixels(pixels, image.width, image.height, { channels: 4, background });
}

/**
 * @param {number} width
 * @param {number} height
 * @param {string} name
 */
export function refuseSize(width, height, name) {
  if (width === 0 || height === 0) {
    throw new SatchelError("input/empty", `the picture has no pixels (${width} x ${height})`, { where: name });
  }
  if (width * height > MAX_PIXELS) {
    throw new SatchelError("input/too-large", `expected at most ${MAX_PIXELS} pixels, found ${width} x ${height} pixels`, {
      where: name,
      hint: "Make the photo smaller first.",
    });
  }
}

/**
 * Gives the upright picture of a photo file.
 *
 * @param {Blob} source
 * @param {readonly number[]} [background] what shows through where the photo is transparent
 * @returns {Promise<Photo>}
 */
export async function loadPhoto(source, background = [0, 0, 0]) {
  const name = source instanceof File ? source.name : "photo";
  const bitmap = await createImageBitmap(source, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "none",
  });
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  return fromPixels(data, width, height, { channels: 4, background, name });
}
