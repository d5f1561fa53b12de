/**
 * The frame that a camera might have given of a photo, in integers, for a model that is asked about frames.
 */

import { oriented } from "./ops/picture.js";
import { nv21 } from "./values.js";

/** @typedef {import("./photo_pixels.js").Photo} Photo */
/** @typedef {import("./steps_images.js").YuvToRgb} YuvToRgb */
/** @typedef {import("./values.js").Frame} Frame */

/** The EXIF orientation that turns a picture as far back. */
const ORIENTATIONS = { 0: 1, 90: 8, 180: 3, 270: 6 };

/** For each range the shift and, for Y, U and V, what R, G and B are multiplied by and what is added: libjpeg's, OpenCV's. */
const TERMS = {
  full: {
    shift: 16,
    y: [19595, 38470, 7471, 32768],
    u: [-11059, -21709, 32768, 8421375],
    v: [32768, -27439, -5329, 8421375],
  },
  limited: {
    shift: 20,
    y: [269484, 528482, 102760, 17301504],
    u: [-155188, -305135, 460324, 134742016],
    v: [460324, -385875, -74448, 134742016],
  },
};

/**
 * Gives the frame of a photo, in NV21 or as three planes without gaps.
 *
 * @param {Photo} photo
 * @param {Pick<YuvToRgb, "format" | "range" | "rotation">} how the photo is turned the other way, so that it is upright again when it
 *   is prepared
 * @returns {Frame}
 */
export function frameOfPhoto(photo, { format, range, rotation }) {
  const { data, offset, row, step, width, height } = oriented(photo.picture, ORIENTATIONS[rotation]);
  const { shift, y: ofY, u: ofU, v: ofV } = TERMS[range];
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  const size = width * height;
  const bytes = new Uint8Array(size + 2 * across * down);
  const frame = format === "NV21" ? nv21(bytes, width, height) : planar(bytes, width, height, across, down);
  const { u, v, uvPixelStride: apart } = frame;
  const level = (/** @type {number[]} */ [r, g, b, more], /** @type {number[]} */ [red, green, blue]) =>
    (r * red + g * green + b * blue + more) >> shift;
  for (let place = 0, top = 0; top < height; top++) {
    for (let left = 0; left < width; left++) {
      const at = offset + top * row + left * step;
      bytes[place++] = level(ofY, [data[at], data[at + 1], data[at + 2]]);
    }
  }
  for (let place = 0, top = 0; top < height; top += 2) {
    for (let left = 0; left < width; left += 2, place += apart) {
      const at = offset + top * row + left * step;
      const right = left + 1 < width ? step : 0;
      const below = top + 1 < height ? row : 0;
      const mean = [0, 1, 2].map(
        (c) => (data[at + c] + data[at + right + c] + data[at + below + c] + data[at + right + below + c] + 2) >> 2,
      );
      u[place] = level(ofU, mean);
      v[place] = level(ofV, mean);
    }
  }
  return { ...frame, range, rotation };
}

/**
 * Gives the frame whose planes are one after another.
 *
 * @param {Uint8Array} bytes
 * @param {number} width
 * @param {number} height
 * @param {number} across
 * @param {number} down
 * @returns {Frame}
 */
function planar(bytes, width, height, across, down) {
  const [size, half] = [width * height, across * down];
  const planes = { y: bytes.subarray(0, size), u: bytes.subarray(size, size + half), v: bytes.subarray(size + half) };
  const strides = { yRowStride: width, uRowStride: across, vRowStride: across, yPixelStride: 1, uvPixelStride: 1 };
  return { width, height, ...planes, ...strides };
}
