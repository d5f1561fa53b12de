/**
 * The coefficients of Pillow's resize: which source samples an output reads, and how it weighs them, in 22-bit fixed point.
 */

export const PRECISION_BITS = 22;

/**
 * The filters: how far each reaches in source pixels at scale 1, and its weight at a distance.
 *
 * @type {Record<string, {support: number, weight: (x: number) => number}>}
 */
const FILTERS = {
  "pillow.box": { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  "pillow.bilinear": { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  "pillow.hamming": { support: 1, weight: hamming },
  "pillow.bicubic": { support: 2, weight: bicubic },
  "pillow.lanczos": { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** @param {number} x */
function sinc(x) {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
}

// Pillow's constants are binary32, its arithmetic binary64.
const HAMMING_MEAN = Math.fround(0.54);
const HAMMING_SWING = Math.fround(0.46);

/** @param {number} distance */
function hamming(distance) {
  const x = Math.abs(distance);
  if (x === 0) return 1;
  if (x >= 1) return 0;
  return (Math.sin(x * Math.PI) / (x * Math.PI)) * (HAMMING_MEAN + HAMMING_SWING * Math.cos(x * Math.PI));
}

/** @param {number} distance */
function bicubic(distance) {
  const a = -0.5;
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

/**
 * The taps of one axis: output i reads `counts[i]` source samples from `starts[i]` on, weighed by
 * `weights[i * size + ...]` in 22-bit fixed point.
 *
 * @typedef {{starts: Int32Array, counts: Int32Array, weights: Int32Array, size: number}} Taps
 */

/**
 * Gives the taps of outputs `begin` to `begin + count` of an axis.
 *
 * @param {number} source length before
 * @param {number} target length after
 * @param {string} method
 * @param {number} begin
 * @param {number} count
 * @returns {Taps}
 */
export function coefficients(source, target, method, begin, count) {
  if (source === target) return copying(begin, count);
  const filter = FILTERS[method];
  const scale = source / target;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const size = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * size);
  const real = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    const centre = (begin + i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(source, Math.trunc(centre + support + 0.5)) - from;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      real[k] = filter.weight((k + from - centre + 0.5) * (1 / filterScale));
      sum += real[k];
    }
    for (let k = 0; k < taps; k++) weights[i * size + k] = fixed(sum === 0 ? real[k] : real[k] / sum);
    starts[i] = from;
    counts[i] = taps;
  }
  return { starts, counts, weights, size };
}

/**
 * Gives the taps of an axis that keeps its length: Pillow leaves that pass out.
 *
 * @param {number} begin
 * @param {number} count
 * @returns {Taps}
 */
function copying(begin, count) {
  const starts = Int32Array.from({ length: count }, (_, i) => begin + i);
  const ones = new Int32Array(count).fill(1);
  return { starts, counts: ones, weights: new Int32Array(count).fill(1 << PRECISION_BITS), size: 1 };
}

/** @param {number} weight */
function fixed(weight) {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION_BITS));
}

/**
 * Gives how many samples the taps read, from the first one's start to the last one's end.
 *
 * @param {Taps} taps
 */
export function reach({ starts, counts }) {
  return starts[starts.length - 1] + counts[counts.length - 1] - starts[0];
}
