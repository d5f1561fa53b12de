/**
 * Pillow's Image.resize on 8-bit samples, to the bit: 22-bit fixed point, horizontal pass first, uint8 between the passes
 * (`ImagingResample` of Pillow 12.3; nearest is its `ImagingScaleAffine`).
 *
 * Only the rows and columns that a crop keeps are computed, with the coefficients of the whole.
 */

import { picture, pixelsOf } from "./picture.js";
import { coefficients, PRECISION_BITS, reach } from "./pillow_taps.js";
import { resampler } from "./resample_simd.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Unread} Unread */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {import("./pillow_taps.js").Taps} Taps */

const HALF = 1 << (PRECISION_BITS - 1);

/** Rows that are read at a time: few enough to stay in the processor's cache. */
const BAND = 64;

/**
 * Gives Pillow's resize of a uint8 picture, or the window of it that is wanted.
 *
 * @param {Picture | Unread} source uint8
 * @param {number} width of the whole result
 * @param {number} height of the whole result
 * @param {string} method `pillow.nearest`, `.box`, `.bilinear`, `.hamming`, `.bicubic` or `.lanczos`
 * @param {Window} window
 * @param {Scratch} scratch
 * @returns {Picture} uint8, of the window's size
 */
export function resizePillow(source, width, height, method, window, scratch) {
  if (method === "pillow.nearest") return nearest(pixelsOf(source), width, height, window, scratch);
  const columns = coefficients(source.width, width, method, window.left, window.width);
  const rows = coefficients(source.height, height, method, window.top, window.height);
  const simd = "read" in source || source.step === 4 ? resampler() : undefined;
  return (simd ? bothPassesSimd : bothPasses)(source, columns, rows, scratch, /** @type {any} */ (simd));
}

/**
 * Yields the part of the source that the taps read, band by band.
 *
 * @param {Picture | Unread} source
 * @param {Taps} columns
 * @param {Taps} rows
 * @returns {Generator<{band: Picture, at: number}>} at: how many rows came before
 */
function* bands(source, columns, rows) {
  const [left, top] = [columns.starts[0], rows.starts[0]];
  const [width, height] = [reach(columns), reach(rows)];
  for (let at = 0; at < height; at += BAND) {
    yield { band: pixelsOf(source, left, top + at, width, Math.min(BAND, height - at)), at };
  }
}

/**
 * Gives both passes with the channels of a pixel at once.
 *
 * @param {Picture | Unread} source of four bytes a pixel
 * @param {Taps} columns
 * @param {Taps} rows
 * @param {Scratch} scratch
 * @param {NonNullable<ReturnType<typeof resampler>>} simd
 * @returns {Picture}
 */
function bothPassesSimd(source, columns, rows, scratch, simd) {
  const [width, height] = [columns.starts.length, rows.starts.length];
  const line = reach(columns) * 4;
  const across = (columns.size + 2) * 4 * width;
  const down = (rows.size + 2) * 4 * height;
  const between = across + down + line * BAND;
  const out = between + reach(rows) * width * 4;
  const memory = simd.memory(out + width * height * 4);
  simd.writeTaps(columns, 0, 4);
  simd.writeTaps(rows, across, width * 4);
  for (const { band, at } of bands(source, columns, rows)) {
    copyRows(band, memory, across + down);
    const to = { out: between + at * width * 4, lineStep: width * 4, step: 4 };
    simd.run({ source: across + down, lineStep: line, tapStep: 4 }, { place: 0, taps: columns }, to, band.height);
  }
  const to = { out, lineStep: 4, step: width * 4 };
  simd.run({ source: between, lineStep: 4, tapStep: width * 4 }, { place: across, taps: rows }, to, width);
  const result = scratch.take("resize.out", Uint8Array, width * height * 4);
  result.set(memory.subarray(out, out + result.length));
  return picture(result, width, height, 3, 4);
}

/**
 * Copies rows of four bytes a pixel, without gaps between them.
 *
 * @param {Picture} image
 * @param {Uint8Array} memory
 * @param {number} place
 */
function copyRows({ data, offset, row, width, height }, memory, place) {
  for (let y = 0; y < height; y++) {
    memory.set(data.subarray(offset + y * row, offset + y * row + width * 4), place + y * width * 4);
  }
}

/**
 * Gives both passes one channel after the other.
 *
 * @param {Picture | Unread} source
 * @param {Taps} columns
 * @param {Taps} rows
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function bothPasses(source, columns, rows, scratch) {
  const width = columns.starts.length;
  const { channels } = source;
  const pass = channels === 3 ? row3 : rowAny;
  const between = scratch.take("resize.between", Uint8ClampedArray, width * reach(rows) * channels);
  for (const { band, at } of bands(source, columns, rows)) {
    for (let y = 0; y < band.height; y++) {
      pass(band, band.offset + y * band.row, columns, between, (at + y) * width * channels);
    }
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
function row3({ data, step }, line, { starts, counts, weights, size }, out, o) {
  for (let i = 0; i < starts.length; i++) {
    let p = line + (starts[i] - starts[0]) * step;
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
