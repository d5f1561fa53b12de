/**
 * Pillow's Image.resize on 8-bit samples, to the bit: 22-bit fixed point, horizontal pass first, uint8 between the passes
 * (`ImagingResample` of Pillow 12.3; nearest is its `ImagingScaleAffine`).
 *
 * Only the rows and columns that a crop keeps are computed, with the coefficients of the whole.
 */

import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */

const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

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

/** @param {number} distance */
function hamming(distance) {
  const x = Math.abs(distance);
  if (x === 0) return 1;
  if (x >= 1) return 0;
  return (Math.sin(x * Math.PI) / (x * Math.PI)) * (0.54 + 0.46 * Math.cos(x * Math.PI));
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
 * Gives Pillow's resize of a uint8 picture, or the window of it that is wanted.
 *
 * @param {Picture} source uint8
 * @param {number} width of the whole result
 * @param {number} height of the whole result
 * @param {string} method `pillow.nearest`, `.box`, `.bilinear`, `.hamming`, `.bicubic` or `.lanczos`
 * @param {Window} window
 * @param {Scratch} scratch
 * @returns {Picture} uint8, of the window's size
 */
export function resizePillow(source, width, height, method, window, scratch) {
  if (method === "pillow.nearest") return nearest(source, width, height, window, scratch);
  const columns = coefficients(source.width, width, method, window.left, window.width);
  const rows = coefficients(source.height, height, method, window.top, window.height);
  const first = rows.starts[0];
  const last = rows.starts[window.height - 1] + rows.counts[window.height - 1];
  const between = horizontalPass(source, columns, first, last, scratch);
  return verticalPass(between, rows, first, scratch);
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
function coefficients(source, target, method, begin, count) {
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
 * Gives rows `first` to `last` of the source, resized to the columns wanted.
 *
 * @param {Picture} source
 * @param {Taps} taps
 * @param {number} first
 * @param {number} last
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function horizontalPass(source, taps, first, last, scratch) {
  const { channels } = source;
  const width = taps.starts.length;
  const out = scratch.take("resize.between", Uint8ClampedArray, width * (last - first) * channels);
  const pass = channels === 3 ? row3 : rowAny;
  for (let y = first, o = 0; y < last; y++, o += width * channels) {
    pass(source, source.offset + y * source.row, taps, out, o);
  }
  return picture(out, width, last - first, channels);
}

/**
 * @param {Picture} source
 * @param {number} line where the row starts
 * @param {Taps} taps
 * @param {Uint8ClampedArray} out clamps what is stored
 * @param {number} o where the result starts
 */
function row3({ data, step }, line, { starts, counts, weights, size }, out, o) {
  for (let i = 0; i < starts.length; i++) {
    let p = line + starts[i] * step;
    let r = HALF;
    let g = HALF;
    let b = HALF;
    for (let k = i * size, end = k + counts[i]; k < end; k++, p += step) {
      const weight = weights[k];
      r = (r + Math.imul(data[p], weight)) | 0;
      g = (g + Math.imul(data[p + 1], weight)) | 0;
      b = (b + Math.imul(data[p + 2], weight)) | 0;
    }
    out[o++] = r >> PRECISION_BITS;
    out[o++] = g >> PRECISION_BITS;
    out[o++] = b >> PRECISION_BITS;
  }
}

/** @type {typeof row3} */
function rowAny({ data, step, channels }, line, { starts, counts, weights, size }, out, o) {
  for (let i = 0; i < starts.length; i++) {
    for (let c = 0; c < channels; c++) {
      let p = line + starts[i] * step + c;
      let sum = HALF;
      for (let k = i * size, end = k + counts[i]; k < end; k++, p += step) {
        sum = (sum + Math.imul(data[p], weights[k])) | 0;
      }
      out[o++] = sum >> PRECISION_BITS;
    }
  }
}

/**
 * Gives the vertical pass over packed rows, of which the first is row `first` of the source.
 *
 * @param {Picture} between
 * @param {Taps} taps
 * @param {number} first
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function verticalPass(between, taps, first, scratch) {
  const { data, width, channels } = between;
  const length = width * channels;
  const height = taps.starts.length;
  const out = scratch.take("resize.out", Uint8ClampedArray, length * height);
  const sums = scratch.take("resize.sums", Int32Array, length);
  for (let y = 0, o = 0; y < height; y++) {
    sums.fill(HALF);
    let p = (taps.starts[y] - first) * length;
    for (let k = y * taps.size, end = k + taps.counts[y]; k < end; k++) {
      const weight = taps.weights[k];
      for (let i = 0; i < length; i++) sums[i] = (sums[i] + Math.imul(data[p++], weight)) | 0;
    }
    for (let i = 0; i < length; i++) out[o++] = sums[i] >> PRECISION_BITS;
  }
  return picture(out, width, height, channels);
}

/**
 * Gives Pillow's nearest: positions are summed up step by step, as its scaling loop does, and so carry its rounding.
 *
 * @param {Picture} source
 * @param {number} width
 * @param {number} height
 * @param {Window} window
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function nearest(source, width, height, window, scratch) {
  const { data, channels } = source;
  const columns = positions(source.width, width, window.left, window.width);
  const rows = positions(source.height, height, window.top, window.height);
  const out = scratch.take("resize.out", Uint8ClampedArray, window.width * window.height * channels).fill(0);
  for (let y = 0, o = 0; y < window.height; y++) {
    for (let x = 0; x < window.width; x++, o += channels) {
      if (rows[y] < 0 || columns[x] < 0) continue;
      const p = source.offset + rows[y] * source.row + columns[x] * source.step;
      for (let c = 0; c < channels; c++) out[o + c] = data[p + c];
    }
  }
  return picture(out, window.width, window.height, channels);
}

/**
 * Gives the source sample of each output, or -1 where the sum has run past the end.
 *
 * @param {number} source
 * @param {number} target
 * @param {number} begin
 * @param {number} count
 */
function positions(source, target, begin, count) {
  const found = new Int32Array(count);
  const scale = source / target;
  for (let i = 0, at = scale * 0.5; i < begin + count; i++, at += scale) {
    if (i >= begin) found[i - begin] = at < source ? Math.trunc(at) : -1;
  }
  return found;
}
