/**
 * How far two runs of a model lie apart: tensors number by number, times by median and 95th percentile.
 */

/**
 * `largest` and `mean` of |a - b|; `snr` the signal-to-noise ratio of b against a in decibels, Infinity where they are identical,
 * -Infinity where a is all zero and b is not; `scale` the largest |a|. Not comparable where the lengths differ: then `count` is 0.
 *
 * @typedef {{count: number, identical: boolean, largest: number, mean: number, snr: number, scale: number}} Difference
 */

/**
 * Gives how far b lies from a.
 *
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @returns {Difference}
 */
export function differenceOf(a, b) {
  if (a.length !== b.length) return { count: 0, identical: false, largest: NaN, mean: NaN, snr: NaN, scale: NaN };
  let [largest, sum, noise, signal, scale] = [0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const apart = Object.is(a[i], b[i]) ? 0 : Math.abs(a[i] - b[i]);
    largest = apart > largest || Number.isNaN(apart) ? apart : largest;
    sum += apart;
    noise += apart * apart;
    signal += a[i] * a[i];
    scale = Math.max(scale, Math.abs(a[i]));
  }
  const snr = noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
  return { count: a.length, identical: noise === 0, largest, mean: a.length > 0 ? sum / a.length : 0, snr, scale };
}

/**
 * Gives the real numbers of a tensor: (q - zero point) x scale of a quantised one, others as they are.
 *
 * @param {ArrayLike<number | bigint>} values
 * @param {{scale?: number, zero_point?: number}} tensor as the spec describes it
 * @returns {Float64Array}
 */
export function realOf(values, { scale, zero_point: zero = 0 }) {
  const numbers = Float64Array.from(/** @type {ArrayLike<any>} */ (values), Number);
  return scale === undefined ? numbers : numbers.map((each) => (each - zero) * scale);
}

/**
 * Gives a quantile of numbers by linear interpolation between the two nearest (numpy.quantile's own way).
 *
 * @param {readonly number[]} numbers at least one
 * @param {number} share 0..1
 */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
