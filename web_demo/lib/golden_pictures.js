/**
 * Golden inputs that lie in files of their own, as raw DEFLATE: pictures and camera frames.
 */

import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";
import { inflate } from "./inflate.js";
import { checkInflation } from "./inflation.js";
import { RELATIVE_PATH, SHA256 } from "./manifest.js";
import { exactly, integer, need, oneOf, optional, record } from "./schema.js";
import { nv21 } from "./values.js";

/** @typedef {import("./values.js").Frame} Frame */

export const side = integer(1, 16384);

export const pixels = record({ file: RELATIVE_PATH, width: side, height: side, sha256: SHA256 });

/** NV21 is one run of bytes without gaps; YUV_420_888 is the planes Y, U and V one after another, each up to its last sample. */
export const frame = record(
  {
    file: RELATIVE_PATH,
    format: oneOf(/** @type {const} */ (["NV21", "YUV_420_888"])),
    width: side,
    height: side,
    row_strides: optional(exactly(integer(1, 65536), 3)),
    pixel_strides: optional(exactly(integer(1, 16), 2)),
    range: optional(oneOf(/** @type {const} */ (["full", "limited"]))),
    rotation: optional(oneOf(/** @type {const} */ ([0, 90, 180, 270]))),
    sha256: SHA256,
  },
  ({ format, width, row_strides: rows, pixel_strides: steps }, path) => {
    const planar = format !== "NV21";
    const named = (rows !== undefined) === planar && (steps !== undefined) === planar;
    need(named, path, "YUV_420_888 has row_strides and pixel_strides, NV21 has neither");
    if (!rows || !steps) return;
    const across = ((width - 1) >> 1) * steps[1];
    const fits = rows[0] > (width - 1) * steps[0] && rows[1] > across && rows[2] > across;
    need(fits, path, "a row stride is less than the samples of a row take");
  },
);

/** @typedef {ReturnType<typeof pixels>} GoldenPicture */
/** @typedef {ReturnType<typeof frame>} GoldenFrame */

/**
 * Gives the pixels of a golden input, uint8 [height, width, 3].
 *
 * @param {GoldenPicture} picture
 * @param {Uint8Array<ArrayBuffer>} stored raw DEFLATE
 * @throws {SatchelError} bundle/bomb, bundle/wrong-length, bundle/changed-file
 */
export function goldenPixels(picture, stored) {
  return rawOf(picture, picture.width * picture.height * 3, stored);
}

/**
 * Gives the frame of a golden input.
 *
 * @param {GoldenFrame} each
 * @param {Uint8Array<ArrayBuffer>} stored raw DEFLATE
 * @returns {Promise<Frame>}
 * @throws {SatchelError} as goldenPixels
 */
export async function goldenFrame(each, stored) {
  const { width, height, row_strides: rows, pixel_strides: steps, range, rotation } = each;
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1];
  if (!rows || !steps) {
    const raw = await rawOf(each, width * height + 2 * across * down, stored);
    return nv21(raw, width, height, { range, rotation });
  }
  const [ofY, ofU, ofV] = [
    (height - 1) * rows[0] + (width - 1) * steps[0] + 1,
    (down - 1) * rows[1] + (across - 1) * steps[1] + 1,
    (down - 1) * rows[2] + (across - 1) * steps[1] + 1,
  ];
  const raw = await rawOf(each, ofY + ofU + ofV, stored);
  const planes = { y: raw.subarray(0, ofY), u: raw.subarray(ofY, ofY + ofU), v: raw.subarray(ofY + ofU) };
  const strides = { yRowStride: rows[0], uRowStride: rows[1], vRowStride: rows[2] };
  return { width, height, ...planes, ...strides, yPixelStride: steps[0], uvPixelStride: steps[1], range, rotation };
}

/**
 * @param {{file: string, sha256: string}} each
 * @param {number} size
 * @param {Uint8Array<ArrayBuffer>} stored
 */
async function rawOf({ file, sha256: hash }, size, stored) {
  checkInflation(stored.length, size, file);
  const raw = await inflate(stored, size, file);
  if ((await sha256(raw)) !== hash) {
    throw new SatchelError("bundle/changed-file", "the pixels are not those of golden.json", { where: file });
  }
  return raw;
}
