/**
 * Pillow's Image.resize on 8-bit samples, to the bit: 22-bit fixed point, horizontal pass first, uint8 between the passes
 * (`ImagingResample` of Pillow 12.3; nearest is its `ImagingScaleAffine`).
 *
 * Only the rows and columns that a crop keeps are computed, with the coefficients of the whole.
 */

import { gather, picture } from "./picture.js";
import { coefficients, PRECISION_BITS, reach } from "./pillow_taps.js";
import { resampler } from "./resample_simd.js";
import { copyRow, laned } from "./wasm.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {import("./pillow_taps.js").Taps} Taps */

const HALF = 1 << (PRECISION_BITS - 1);

/** Rows that are narrowed at a time: few enough to stay in the processor's cache. */
const BAND = 64;

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
function resizePillow(source, width, height, method, window, scratch) {
  if (method === "pillow.nearest") return nearest(source, width, height, window, scratch);
  const columns = coefficients(source.width, width, method, window.left, window.width);
  const rows = coefficients(source.height, height, method, window.top, window.height);
  const simd = laned(source) ? resampler() : undefined;
  return simd ? bothPassesSimd(source, columns, rows, scratch, simd) : bothPasses(source, columns, rows, scratch);
}

/**
 * Gives both passes with the channels of a pixel at once.
 *
 * @param {Picture} source uint8, three channels
 * @param {Taps} columns
 * @param {Taps} rows
 * @param {Scratch} scratch
 * @param {NonNullable<ReturnType<typeof resampler>>} simd
 * @returns {Picture}
 */
function bothPassesSimd(source, columns, rows, scratch, simd) {
  const [width, height] = [columns.starts.length, rows.starts.length];
  const { step } = source;
  const line = reach(columns) * step;
  const across = (columns.size + 2) * 4 * width;
  const down = (rows.size + 2) * 4 * height;
  const between = across + down + line * BAND + 4;
  const out = between + reach(rows) * width * 4;
  const memory = simd.memory(out + width * height * 4);
  simd.writeTaps(memory, columns, 0, step);
  simd.writeTaps(memory, rows, across, width * 4);
  for (let at = 0; at < reach(rows); at += BAND) {
    const count = Math.min(BAND, reach(rows) - at);
    for (let y = 0; y < count; y++) {
      copyRow(source, rows.starts[0] + at + y, memory, across + down + y * line, columns.starts[0], reach(columns));
    }
    const to = { out: between + at * width * 4, lineStep: width * 4, step: 4 };
    simd.run({ source: across + down, lineStep: line, tapStep: step }, { place: 0, taps: columns }, to, count);
  }
  const to = { out, lineStep: 4, step: width * 4 };
  simd.run({ source: between, lineStep: 4, tapStep: width * 4 }, { place: across, taps: rows }, to, width);
  const result = scratch.take("resize.out", Uint8Array, width * height * 4);
  result.set(memory.subarray(out, out + result.length));
  return picture(result, width, height, 3, 4);
}

/**
 * Gives both passes one channel after the other.
 *
 * @param {Picture} source
 * @param {Taps} columns
 * @param {Taps} rows
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function bothPasses(source, columns, rows, scratch) {
  const width = columns.starts.length;
  const { channels } = source;
  const between = scratch.take("resize.between", Uint8ClampedArray, width * reach(rows) * channels);
  const corner = source.offset + rows.starts[0] * source.row + columns.starts[0] * source.step;
  for (let y = 0; y < reach(rows); y++) {
    narrowRow(source, corner + y * source.row, columns, between, y * width * channels);
  }
  return verticalPass(picture(between, width, reach(rows), channels), rows, scratch);
}

/**
 * @param {Picture} source
 * @param {number} line where the row starts
 * @param {Taps} taps
 * @param {Uint8ClampedArray} out clamps what is stored
 * @param {number} o where the result starts
 */
function narrowRow({ data, step, channels }, line, { starts, counts, weights, size }, out, o) {
  for (let i = 0; i < starts.length; i++) {
    for (let c = 0; c < channels; c++) {
      let p = line + (starts[i] - starts[0]) * step + c;
      let sum = HALF;
      for (let k = i * size, end = k + counts[i]; k < end; k++, p += step) {
        sum = (sum + Math.imul(data[p], weights[k])) | 0;
      }
      out[o++] = sum >> PRECISION_BITS;
    }
  }
}

/**
 * Gives the vertical pass over packed rows, of which the first is the first that the taps read.
 *
 * @param {Picture} between
 * @param {Taps} taps
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function verticalPass(between, taps, scratch) {
  const { data, width, channels } = between;
  const length = width * channels;
  const height = taps.starts.length;
  const out = scratch.take("resize.out", Uint8ClampedArray, length * height);
  const sums = scratch.take("resize.sums", Int32Array, length);
  for (let y = 0, o = 0; y < height; y++) {
    sums.fill(HALF);
    let p = (taps.starts[y] - taps.starts[0]) * length;
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
  const columns = positions(source.width, width, window.left, window.width);
  const rows = positions(source.height, height, window.top, window.height);
  const { channels } = source;
  const values = scratch.take("resize.out", Uint8ClampedArray, window.width * window.height * channels).fill(0);
  const out = picture(values, window.width, window.height, channels);
  gather(source, columns, rows, out);
  return out;
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

/** @type {import("./resize.js").Resizers} */
const RESIZERS = Object.fromEntries(
  ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"].map((name) => [`pillow.${name}`, resizePillow]),
);

/** @type {import("../kit.js").Part} */
export const PART = { resizers: RESIZERS };
