/**
 * Rescale, normalize, quantize, dequantize: binary32 in the order written, one rounding an operation.
 *
 * Each op on pixels is given as a function of one value and its channel, so that several can be carried out in one pass, and on
 * the 256 values of uint8 only once each.
 */

import { SatchelError } from "../errors.js";
import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/**
 * @typedef {Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Int16Array<ArrayBuffer> |
 *   Int32Array<ArrayBuffer>} Values
 */

/**
 * An op of a binary32 value, to a binary32 value.
 *
 * `link` gives, for each of four lanes by their channels, what makes the same of x as (x - less) / by * times + plus: where an op has
 * no such part, 0, 1, 1 and -0 leave every x as it is.
 *
 * @typedef {(x: number, channel: number) => number} OfOne
 * @typedef {(channelOf: (lane: number) => number) => number[]} Link the lanes of less, of by, of times, of plus
 * @typedef {OfOne & {link: Link}} Op
 */

const f32 = Math.fround;

/**
 * Gives x * factor + offset, or x / divisor + offset. The offset is added even when it is 0 (-0 becomes 0).
 *
 * @param {{factor?: number, divisor?: number, offset: number}} step exactly one of factor and divisor
 * @returns {Op}
 */
export function rescale({ factor, divisor, offset }) {
  const by = f32(/** @type {number} */ (factor ?? divisor));
  const plus = f32(offset);
  const divides = factor === undefined;
  const one = (/** @type {number} */ x) => f32(f32(divides ? x / by : x * by) + plus);
  return withLink(one, () => [0, divides ? by : 1, divides ? 1 : by, plus]);
}

/**
 * Gives (x - mean[c]) / std[c].
 *
 * @param {{mean: readonly number[], std: readonly number[]}} step one value, or one a channel
 * @returns {Op}
 */
export function normalize({ mean, std }) {
  const [means, stds] = [mean, std].map((numbers) => {
    const rounded = numbers.map(f32);
    return (/** @type {number} */ c) => rounded[rounded.length === 1 ? 0 : c];
  });
  const one = (/** @type {number} */ x, /** @type {number} */ c) => f32(f32(x - means(c)) / stds(c));
  return withLink(one, (c) => [means(c), stds(c), 1, -0]);
}

/**
 * @param {OfOne} one
 * @param {(channel: number) => number[]} constants
 * @returns {Op}
 */
function withLink(one, constants) {
  /** @type {Link} */
  const link = (channelOf) => {
    const lanes = [0, 1, 2, 3].map((lane) => constants(channelOf(lane)));
    return [0, 1, 2, 3].flatMap((part) => lanes.map((lane) => lane[part]));
  };
  return Object.assign(one, { link });
}

/** The array types of input tensors, and the range of the integers that Satchel makes. */
const KINDS = {
  float32: { array: Float32Array, low: -Infinity, high: Infinity },
  uint8: { array: Uint8Array, low: 0, high: 255 },
  int8: { array: Int8Array, low: -128, high: 127 },
  int16: { array: Int16Array, low: -32768, high: 32767 },
  int32: { array: Int32Array, low: -(2 ** 31), high: 2 ** 31 - 1 },
};

/**
 * Gives the array type that an input tensor is filled in; of int64, whose values here are bytes, int32.
 *
 * @param {string} dtype
 * @returns {{new (buffer: ArrayBuffer, offset: number, length: number): Values, readonly BYTES_PER_ELEMENT: number}}
 */
export function arrayOf(dtype) {
  return KINDS[dtype === "int64" ? "int32" : /** @type {keyof KINDS} */ (dtype)].array;
}

/**
 * Gives the integers of a quantised tensor: t = x / scale in binary32; r = trunc(t), one further from 0 when |t - r| >= 0.5; r +
 * zero_point, clamped. Values for a tensor without a scale stay as they are.
 *
 * @param {{dtype: string, scale?: number, zero_point?: number}} tensor
 * @returns {OfOne}
 */
export function quantize({ dtype, scale, zero_point: zeroPoint = 0 }) {
  if (scale === undefined || dtype === "float32") return (x) => x;
  const { low, high } = KINDS[/** @type {keyof KINDS} */ (dtype)];
  const by = f32(scale);
  return (x) => {
    const t = f32(x / by);
    if (Number.isNaN(t)) throw nanValue();
    const whole = Math.trunc(t);
    const rounded = Math.abs(t - whole) >= 0.5 ? whole + Math.sign(t) : whole;
    return Math.min(high, Math.max(low, rounded + zeroPoint));
  };
}

function nanValue() {
  return new SatchelError("input/nan", "a prepared value is NaN and cannot be quantised", {
    hint: "Check mean, std, factor and divisor.",
  });
}

/**
 * Gives the real values of an artefact's output: (q - zero_point) * scale; binary32 stays as it is, integers without a scale are
 * rounded to it.
 *
 * @param {ArrayLike<number | bigint>} values
 * @param {{scale?: number, zero_point?: number}} tensor
 * @returns {Float32Array<ArrayBuffer>}
 */
export function dequantize(values, { scale, zero_point: zeroPoint = 0 }) {
  const reals = /** @type {ArrayLike<number>} */ (
    typeof values[0] === "bigint" ? Array.from(values, rounding) : values
  );
  if (scale === undefined) return Float32Array.from(reals);
  const by = f32(scale);
  return Float32Array.from(reals, (q) => f32(q - zeroPoint) * by);
}

/**
 * Gives a number that rounds to the binary32 that the integer rounds to. Beyond 2^53 the nearest number may lie half way between
 * two of these: there the lowest of 53 bits says whether something was below it.
 *
 * @param {any} integer
 */
function rounding(integer) {
  if (Number.isSafeInteger(Number(integer))) return Number(integer);
  const high = integer >> 11n;
  return Number(high | BigInt(high << 11n !== integer)) * 2048;
}

/**
 * Fills `out` with what the ops make of a picture's values, one after the other.
 *
 * @template {Values} T
 * @param {Picture} image
 * @param {readonly Op[]} ops
 * @param {T} out
 * @param {OfOne} [last] what quantises
 * @param {"NHWC" | "NCHW"} [order] in which the values are laid out
 * @param {import("../kit.js").Kit["chain"]} [chain]
 * @returns {T} out
 */
export function applied(image, ops, out, last = (x) => x, order = "NHWC", chain = undefined) {
  const { width, height, channels } = image;
  const made = image.data instanceof Float32Array && ops.length > 0 ? chain?.(image, ops) : undefined;
  const { data, offset, row, step } = made ? picture(made, width, height, channels) : image;
  const left = made ? [] : ops;
  const [across, down] = order === "NHWC" ? [channels, 1] : [1, width * height];
  if (made && out instanceof Float32Array && across === channels) {
    out.set(made);
    return out;
  }
  const of = (/** @type {number} */ x, /** @type {number} */ c) =>
    last(
      left.reduce((value, op) => op(value, c), x),
      c,
    );
  const table = data instanceof Float32Array ? undefined : tabled(of, channels);
  if (table && order === "NHWC" && channels === 3) return looked(image, table, out);
  for (let c = 0; c < channels; c++) {
    let o = c * down;
    for (let y = 0; y < height; y++) {
      let p = offset + y * row + c;
      for (let x = 0; x < width; x++, p += step, o += across) {
        out[o] = table ? table[c * 256 + data[p]] : of(data[p], c);
      }
    }
  }
  return out;
}

/**
 * Looks the values of three channels up, all of a pixel at once.
 *
 * @template {Values} T
 * @param {Picture} image uint8
 * @param {Float32Array} table
 * @param {T} out
 * @returns {T} out
 */
function looked({ data, offset, row, step, width, height }, table, out) {
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, p = offset + y * row; x < width; x++, p += step, o += 3) {
      out[o] = table[data[p]];
      out[o + 1] = table[256 + data[p + 1]];
      out[o + 2] = table[512 + data[p + 2]];
    }
  }
  return out;
}

/**
 * Gives the results for each of the 256 values of each channel.
 *
 * @param {OfOne} of
 * @param {number} channels
 */
function tabled(of, channels) {
  return Float32Array.from({ length: 256 * channels }, (_, i) => of(i % 256, Math.floor(i / 256)));
}

/**
 * Gives prepared values as the artefact's tensor takes them, with the batch axis.
 *
 * @param {Float32Array<ArrayBuffer>} values
 * @param {readonly number[]} shape
 * @param {import("../spec.js").Tensor} [tensor]
 * @returns {{data: Values, shape: readonly number[]}}
 */
export function asTensor(values, shape, tensor) {
  if (tensor === undefined || tensor.dtype === "float32") return { data: values, shape: [1, ...shape] };
  const made = quantize(tensor);
  const kind = arrayOf(tensor.dtype);
  const out = new kind(new ArrayBuffer(values.length * kind.BYTES_PER_ELEMENT), 0, values.length);
  values.forEach((value, place) => (out[place] = made(value, 0)));
  return { data: out, shape: [1, ...shape] };
}
