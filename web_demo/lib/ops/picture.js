/**
 * A picture on its way to a tensor: a view of numbers in memory, so that a crop or a flip moves no pixel.
 */

import { SatchelError } from "../errors.js";

/** The largest picture that is read or made. */
export const MAX_PIXELS = 2 ** 27;

/**
 * The value of channel c at column x of row y is `data[offset + y * row + x * step + c]`.
 *
 * @typedef {object} Picture
 * @property {Uint8Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer> | Float32Array<ArrayBuffer>} data
 * @property {number} offset where the top left value stands
 * @property {number} row distance between rows, negative when upside down
 * @property {number} step distance between columns, negative when mirrored; 4 in what a canvas gives
 * @property {number} width
 * @property {number} height
 * @property {number} channels
 */

/**
 * The part of a resized picture that the next crop keeps.
 *
 * @typedef {{left: number, top: number, width: number, height: number}} Window
 */

/**
 * Memory that is kept from one photo to the next, by purpose.
 */
export class Scratch {
  #kept = /** @type {Map<string, ArrayBuffer>} */ (new Map());

  /**
   * Gives memory for a purpose; what stood there before is still in it.
   *
   * @template {import("./quantize.js").Values | Uint8ClampedArray<ArrayBuffer>} T
   * @param {string} purpose two arrays of one purpose share their bytes
   * @param {{new (buffer: ArrayBuffer, offset: number, length: number): T, readonly BYTES_PER_ELEMENT: number}} kind
   * @param {number} length in elements
   * @returns {T}
   */
  take(purpose, kind, length) {
    const bytes = length * kind.BYTES_PER_ELEMENT;
    let buffer = this.#kept.get(purpose);
    if (buffer === undefined || buffer.byteLength < bytes) {
      buffer = new ArrayBuffer(bytes);
      this.#kept.set(purpose, buffer);
    }
    return new kind(buffer, 0, length);
  }
}

/**
 * Gives a picture over values that stand row by row without gaps.
 *
 * @param {Picture["data"]} data
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 * @param {number} [step] 4 for a canvas' RGBA of which three channels are used
 * @returns {Picture}
 */
export function picture(data, width, height, channels, step = channels) {
  return { data, offset: 0, row: width * step, step, width, height, channels };
}

/**
 * Gives a picture turned upright, without moving a pixel.
 *
 * @param {Picture} image
 * @param {number} orientation of EXIF, 1 to 8: 2, 4, 5 and 7 are mirrored, from 5 on rows and columns change places
 * @returns {Picture}
 */
export function oriented(image, orientation) {
  const { row, step, width, height } = image;
  const right = [2, 3, 7, 8].includes(orientation);
  const bottom = [3, 4, 6, 7].includes(orientation);
  const offset = image.offset + (right ? (width - 1) * step : 0) + (bottom ? (height - 1) * row : 0);
  const across = right ? -step : step;
  const down = bottom ? -row : row;
  return orientation < 5
    ? { ...image, offset, step: across, row: down }
    : { ...image, offset, step: down, row: across, width: height, height: width };
}

/**
 * Fills a picture with pixels of another.
 *
 * @param {Picture} source
 * @param {ArrayLike<number>} columns which column of the source each column is; below 0, it is left as it is
 * @param {ArrayLike<number>} rows
 * @param {Picture} out without gaps
 */
export function gather({ data, offset, row, step, channels }, columns, rows, out) {
  for (let y = 0, o = 0; y < out.height; y++) {
    for (let x = 0; x < out.width; x++, o += channels) {
      if (rows[y] < 0 || columns[x] < 0) continue;
      const p = offset + rows[y] * row + columns[x] * step;
      for (let c = 0; c < channels; c++) out.data[o + c] = data[p + c];
    }
  }
}

/**
 * Refuses a picture with more pixels than any photo has.
 *
 * @param {number} width
 * @param {number} height
 */
export function refuseLarge(width, height) {
  if (width * height <= MAX_PIXELS) return;
  const message = `expected at most ${Math.floor(MAX_PIXELS / 1e6)} megapixels, found ${width} x ${height} pixels`;
  throw new SatchelError("input/too-large", message, { hint: "Make the photo smaller first." });
}
