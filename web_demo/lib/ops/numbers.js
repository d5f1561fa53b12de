/**
 * What an output's numbers mean: denormalize and round; binary32, one rounding an operation.
 */

import { halfEven } from "./rounding.js";

const f32 = Math.fround;

/**
 * Gives x * std[c] + mean[c]; mean and std, rounded to binary32 first, have one number or one a column [..., c].
 *
 * @param {Float32Array<ArrayBuffer>} values
 * @param {readonly number[]} mean
 * @param {readonly number[]} std
 * @returns {Float32Array<ArrayBuffer>}
 */
export function denormalize(values, mean, std) {
  const count = mean.length;
  return values.map((x, i) => f32(f32(x * f32(std[i % count])) + f32(mean[i % count])));
}

/**
 * Gives x * 10^decimals, rounded to a whole number, / 10^decimals; -0 becomes 0. With 0 decimals nothing is multiplied.
 *
 * @param {Float32Array<ArrayBuffer>} values
 * @param {number} decimals 0 to 9
 * @param {"floor" | "half_even"} rounding
 * @returns {Float32Array<ArrayBuffer>}
 */
export function rounded(values, decimals, rounding) {
  const whole = rounding === "floor" ? Math.floor : halfEven;
  const power = f32(10 ** decimals);
  return values.map((x) => f32((decimals === 0 ? whole(x) : f32(whole(f32(x * power)) / power)) + 0));
}
