/**
 * Quantize and dequantize: binary32 in the order written, one rounding an operation.
 */

import { SatchelError } from "../errors.js";

/**
 * @typedef {Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Int16Array<ArrayBuffer> |
 *   Int32Array<ArrayBuffer>} Values
 */

const f32 = Math.fround;

/** The array types of input tensors, and the range of the integers that Satchel makes. */
export const KINDS = {
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
 * Fills `out` with the integers of a quantised tensor: t = x / scale in binary32; r = trunc(t), one further from 0 when |t - r| >= 0.5;
 * r + zero_point, clamped. Values for a tensor without a scale stay as they are.
 *
 * @template {Values} T
 * @param {Float32Array<ArrayBuffer>} values
 * @param {T} out may be `values`
 * @param {{dtype?: string, scale?: number, zero_point?: number}} [tensor] its zero_point in the range of its dtype
 * @returns {T} out
 */
export function quantize(values, out, { dtype, scale, zero_point: zeroPoint = 0 } = {}) {
  if (scale) {
    const { low, high } = KINDS[/** @type {keyof KINDS} */ (dtype)];
    // The half comes from the sign bit: whether a branch is taken could not be foreseen, and would take longer than all the rest.
    const signs = new Int32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < values.length; i++) {
      const t = f32(values[i] / f32(scale));
      if (t !== t) throw nanValue();
      const clamped = Math.max(low - zeroPoint, Math.min(high - zeroPoint, t));
      out[i] = ((clamped + (0.5 + (signs[i] >> 31))) | 0) + zeroPoint;
    }
  } else out.set(values);
  return out;
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
  const out = new Float32Array(reals);
  if (scale === undefined) return out;
  const by = f32(scale);
  for (let i = 0; i < out.length; i++) out[i] = f32(reals[i] - zeroPoint) * by;
  return out;
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
