/**
 * Rescale and normalize: binary32 in the order written, one rounding an operation.
 *
 * Each op on pixels is given as a function of one value and its channel, so that several can be carried out in one pass, and on
 * the 256 values of uint8 only once each.
 */

import { picture } from "./picture.js";
import { quantize } from "./quantize.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./quantize.js").Values} Values */

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

/**
 * Fills `out` with what the ops make of a picture's values, one after the other.
 *
 * @template {Values} T
 * @param {Picture} image
 * @param {readonly Op[]} ops
 * @param {T} out
 * @param {Parameters<typeof quantize>[2]} [tensor] that they are quantised for
 * @param {"NHWC" | "NCHW"} [order] in which the values are laid out
 * @param {import("../kit.js").Kit["chain"]} [chain]
 * @returns {T} out
 */
export function applied(image, ops, out, tensor, order = "NHWC", chain) {
  const { width, height, channels } = image;
  const made = image.data instanceof Float32Array && ops.length > 0 ? chain?.(image, ops) : undefined;
  const { data, offset, row, step } = made ? picture(made, width, height, channels) : image;
  const left = made ? [] : ops;
  const [across, down] = order === "NHWC" ? [channels, 1] : [1, width * height];
  if (made && across === channels) return quantize(made, out, tensor);
  const of = (/** @type {number} */ x, /** @type {number} */ c) => left.reduce((value, op) => op(value, c), x);
  const table = data instanceof Float32Array ? undefined : tabled(of, channels, tensor);
  if (table && order === "NHWC" && channels === 3) return looked(image, table, out);
  const reals = table ? out : new Float32Array(out.length);
  for (let c = 0; c < channels; c++) {
    let o = c * down;
    for (let y = 0; y < height; y++) {
      let p = offset + y * row + c;
      for (let x = 0; x < width; x++, p += step, o += across) {
        reals[o] = table ? table[c * 256 + data[p]] : of(data[p], c);
      }
    }
  }
  return table ? out : quantize(/** @type {Float32Array<ArrayBuffer>} */ (reals), out, tensor);
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
 * @param {Parameters<typeof quantize>[2]} [tensor]
 */
function tabled(of, channels, tensor) {
  const values = Float32Array.from({ length: 256 * channels }, (_, i) => of(i % 256, i >> 8));
  return quantize(values, values, tensor);
}
