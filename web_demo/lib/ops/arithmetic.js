/**
 * Rescale, normalize, layout and quantisation: binary32 in the order written, one rounding an operation.
 */

import { SatchelError } from "../errors.js";
import { packed, picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer>} Values */

const f32 = Math.fround;

/**
 * Gives x * factor + offset, or x / divisor + offset.
 *
 * @param {Picture} image
 * @param {{factor?: number, divisor?: number, offset?: number}} step exactly one of factor and divisor
 * @param {Scratch} scratch
 * @returns {Picture} binary32
 */
export function rescale(image, { factor, divisor, offset = 0 }, scratch) {
  const by = f32(/** @type {number} */ (factor ?? divisor));
  const plus = f32(offset);
  const scaled = factor === undefined ? (/** @type {number} */ x) => f32(x / by) : (/** @type {number} */ x) => f32(x * by);
  return mapped(image, "rescale", scratch, (x) => scaled(x) + plus);
}

/**
 * Gives (x - mean[c]) / std[c].
 *
 * @param {Picture} image
 * @param {{mean: readonly number[], std: readonly number[]}} step one value, or one a channel
 * @param {Scratch} scratch
 * @returns {Picture} binary32
 */
export function normalize(image, { mean, std }, scratch) {
  const means = Float32Array.from({ length: image.channels }, (_, c) => mean[mean.length === 1 ? 0 : c]);
  const stds = Float32Array.from({ length: image.channels }, (_, c) => std[std.length === 1 ? 0 : c]);
  return mapped(image, "normalize", scratch, (x, c) => f32(x - means[c]) / stds[c]);
}

/**
 * Gives a picture of `of(x, channel)` for every value; the last rounding to binary32 is the store's.
 *
 * @param {Picture} image
 * @param {string} purpose
 * @param {Scratch} scratch
 * @param {(x: number, c: number) => number} of
 * @returns {Picture}
 */
function mapped(image, purpose, scratch, of) {
  const { data, step, width, height, channels } = image;
  const out = scratch.take(purpose, Float32Array, width * height * channels);
  const table = data instanceof Float32Array ? undefined : tabled(of, channels);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, p = image.offset + y * image.row; x < width; x++, p += step) {
      for (let c = 0; c < channels; c++) out[o++] = table ? table[c * 256 + data[p + c]] : of(data[p + c], c);
    }
  }
  return picture(out, width, height, channels);
}

/**
 * Gives the results for each of the 256 values of each channel.
 *
 * @param {(x: number, c: number) => number} of
 * @param {number} channels
 */
function tabled(of, channels) {
  return Float32Array.from({ length: 256 * channels }, (_, i) => of(i % 256, Math.floor(i / 256)));
}

/**
 * Gives the values in the order the model reads them.
 *
 * @param {Picture} image
 * @param {"NHWC" | "NCHW"} to
 * @param {Scratch} scratch
 * @returns {Float32Array<ArrayBuffer>}
 */
export function layout(image, to, scratch) {
  const { data, width, height, channels } = packed(image, scratch);
  const length = width * height * channels;
  if (to === "NHWC" && data instanceof Float32Array) return data.subarray(0, length);
  const out = scratch.take("layout", Float32Array, length);
  if (to === "NHWC") out.set(data.subarray(0, length));
  else {
    const plane = width * height;
    for (let i = 0; i < plane; i++) for (let c = 0; c < channels; c++) out[c * plane + i] = data[i * channels + c];
  }
  return out;
}

const RANGES = { uint8: [0, 255], int8: [-128, 127] };

/**
 * Gives the integers of real values: x / scale in binary32, rounded half away from zero, plus zero_point, clamped.
 *
 * @param {Float32Array<ArrayBuffer>} values
 * @param {{dtype: string, scale?: number, zero_point?: number}} tensor
 * @param {Scratch} scratch
 * @returns {Values}
 */
export function quantize(values, { dtype, scale, zero_point: zeroPoint }, scratch) {
  if (dtype === "float32") return values;
  if ((dtype !== "uint8" && dtype !== "int8") || scale === undefined || zeroPoint === undefined) {
    throw new SatchelError("model/unsupported-tensor", `an input of ${dtype} cannot be filled from a picture`);
  }
  const [low, high] = RANGES[dtype];
  const by = f32(scale);
  const bytes = scratch.take("quantize", Uint8Array, values.length);
  const out = dtype === "uint8" ? bytes : new Int8Array(bytes.buffer, 0, values.length);
  for (let i = 0; i < values.length; i++) {
    const t = f32(values[i] / by);
    const whole = Math.trunc(t);
    const rounded = Math.abs(t - whole) >= 0.5 ? whole + Math.sign(t) : whole;
    if (Number.isNaN(t)) throw nanValue();
    out[i] = Math.min(high, Math.max(low, rounded + zeroPoint));
  }
  return out;
}

function nanValue() {
  return new SatchelError("input/nan", "a prepared value is NaN and cannot be quantised", {
    hint: "Check mean, std, factor and divisor.",
  });
}

/**
 * Gives the real values of an artefact's output: (q - zero_point) * scale; binary32 stays as it is.
 *
 * @param {ArrayLike<number>} values
 * @param {{scale?: number, zero_point?: number}} tensor
 * @returns {Float32Array<ArrayBuffer>}
 */
export function dequantize(values, { scale, zero_point: zeroPoint = 0 }) {
  if (scale === undefined) return Float32Array.from(values);
  const by = f32(scale);
  return Float32Array.from(values, (q) => f32(q - zeroPoint) * by);
}
