/**
 * Camera frames: brightness and colour in planes of their own (YCbCr 4:2:0) to RGB, in integers.
 *
 * Each pixel takes the colour sample that lies over it (nearest): sample (x div 2, y div 2). Full range is JFIF's conversion in
 * 16-bit fixed point; limited range is OpenCV's COLOR_YUV2RGB_NV21 (ITU-R BT.601 in 20-bit fixed point).
 */

import { SatchelError } from "../errors.js";
import { oriented, picture, refuseLarge } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {import("../values.js").Frame} Frame */

/** Weights in fixed point of so many bits; of green, those of red's difference and blue's. */
const CONVERSIONS = {
  full: { black: 0, bright: 1 << 16, red: 91881, green: [-46802, -22554], blue: 116130, bits: 16 },
  limited: { black: 16, bright: 1220542, red: 1673527, green: [-852492, -409993], blue: 2116026, bits: 20 },
};

/** The EXIF orientation that turns a picture as far. */
const ORIENTATIONS = { 0: 1, 90: 6, 180: 3, 270: 8 };

/**
 * Gives the picture of a camera's frame.
 *
 * @param {Frame} frame of any size, odd ones too
 * @param {{range: "full" | "limited", rotation: 0 | 90 | 180 | 270}} step rotation: degrees clockwise
 * @param {Scratch} scratch
 * @returns {Picture} uint8, RGB, a view turned by the rotation
 * @throws {SatchelError} input/empty, input/wrong-frame
 */
export function yuvToRgb(frame, { range, rotation }, scratch) {
  const { width, height, yPixelStride, uvPixelStride } = frame;
  checkPlane("y", frame.y, width, height, frame.yRowStride, yPixelStride);
  for (const name of /** @type {const} */ (["u", "v"])) {
    const stride = frame[`${name}RowStride`];
    checkPlane(name, frame[name], Math.ceil(width / 2), Math.ceil(height / 2), stride, uvPixelStride);
  }
  refuseLarge(width, height);
  const out = scratch.take("yuv", Uint8ClampedArray, width * height * 3);
  convert(frame, CONVERSIONS[range], out);
  return oriented(picture(out, width, height, 3), ORIENTATIONS[rotation]);
}

/**
 * Fills `out`, which clamps.
 *
 * @param {Frame} frame
 * @param {typeof CONVERSIONS["full"]} conversion
 * @param {Uint8ClampedArray} out
 */
function convert(frame, { black, bright, red, green, blue, bits }, out) {
  const { width, height, y, u, v, yPixelStride, uvPixelStride } = frame;
  const half = 1 << (bits - 1);
  for (let row = 0, o = 0; row < height; row++) {
    const uRow = (row >> 1) * frame.uRowStride;
    const vRow = (row >> 1) * frame.vRowStride;
    for (let column = 0, p = row * frame.yRowStride; column < width; column++, p += yPixelStride) {
      const cb = u[uRow + (column >> 1) * uvPixelStride] - 128;
      const cr = v[vRow + (column >> 1) * uvPixelStride] - 128;
      const light = Math.max(y[p] - black, 0) * bright + half;
      out[o++] = (light + red * cr) >> bits;
      out[o++] = (light + green[0] * cr + green[1] * cb) >> bits;
      out[o++] = (light + blue * cb) >> bits;
    }
  }
}

/**
 * @param {string} name
 * @param {Uint8Array} data
 * @param {number} width
 * @param {number} height
 * @param {number} rowStride
 * @param {number} pixelStride
 */
function checkPlane(name, data, width, height, rowStride, pixelStride) {
  if (width < 1 || height < 1) {
    throw new SatchelError("input/empty", `the frame has no pixels (the plane ${name} is ${width} x ${height})`);
  }
  if (pixelStride < 1 || rowStride < (width - 1) * pixelStride + 1) {
    const message = `plane ${name}: ${width} samples ${pixelStride} bytes apart do not fit in rows of ${rowStride} bytes`;
    const hint = "Give the row and pixel strides as the camera states them.";
    throw new SatchelError("input/wrong-frame", message, { hint });
  }
  const needed = (height - 1) * rowStride + (width - 1) * pixelStride + 1;
  if (data.length < needed) {
    const message = `plane ${name}: expected at least ${needed} bytes, found ${data.length}`;
    throw new SatchelError("input/wrong-frame", message, {
      hint: "Give the planes whole, with the frame's width and height.",
    });
  }
}
