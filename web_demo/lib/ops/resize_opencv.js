/**
 * cv2.resize on uint8, to the bit, as its plain C code computes it.
 *
 * `opencv.linear` is INTER_LINEAR_EXACT, in 8-bit fixed point; `opencv.nearest` is INTER_NEAREST; `opencv.area` is INTER_AREA: whole
 * blocks in integers, other reductions in binary32, and where a side grows the bilinear form in 11-bit fixed point that OpenCV calls
 * area too.
 */

import { halfEven } from "./rounding.js";
import { crop } from "./geometry.js";
import { gather, picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */

/**
 * The two source lines that make each wanted line, and their weights in fixed point.
 *
 * @typedef {{first: Int32Array, second: Int32Array, weight: Int32Array, other: Int32Array}} Pairs
 */

/**
 * The source lines that make each wanted line: `sizes[i]` of them from `firsts[i]` on, their weights from `starts[i]` on.
 *
 * @typedef {{firsts: Int32Array, sizes: Int32Array, starts: Int32Array, weights: Float32Array}} Spans
 */

const f32 = Math.fround;

/** Part of a sample that is too little to count, in INTER_AREA. */
const SLIVER = 1e-3;

/**
 * Gives cv2.resize of a picture, or the window of it that is wanted.
 *
 * @param {Picture} source uint8
 * @param {number} width of the whole result
 * @param {number} height of the whole result
 * @param {string} method `opencv.linear`, `.area` or `.nearest`
 * @param {Window} window
 * @param {Scratch} scratch
 * @returns {Picture} uint8, of the window's size
 */
function resizeOpencv(source, width, height, method, window, scratch) {
  const { left, top } = window;
  if (source.width === width && source.height === height) return crop(source, window);
  const length = window.width * window.height * source.channels;
  const out = picture(
    scratch.take("resize.out", Uint8ClampedArray, length),
    window.width,
    window.height,
    source.channels,
  );
  const across = scaleOf(source.width, width);
  const down = scaleOf(source.height, height);
  if (method === "opencv.nearest") nearest(source, across, down, window, out);
  else if (method === "opencv.linear") {
    const columns = linearPairs(source.width, across, left, window.width);
    mixed(source, columns, linearPairs(source.height, down, top, window.height), 256, out, scratch);
  } else if (across < 1 || down < 1) {
    const columns = grownPairs(source.width, width, left, window.width);
    mixed(source, columns, grownPairs(source.height, height, top, window.height), 2048, out, scratch);
  } else if (isWhole(across) && isWhole(down)) {
    blocks(source, halfEven(across), halfEven(down), window, out);
  } else {
    shrunk(
      source,
      spans(source.width, across, left, window.width),
      spans(source.height, down, top, window.height),
      out,
      scratch,
    );
  }
  return out;
}

/**
 * Gives source / target as OpenCV does, which keeps the inverse and divides by it again.
 *
 * @param {number} source
 * @param {number} target
 */
function scaleOf(source, target) {
  return 1 / (target / source);
}

/** @param {number} scale */
function isWhole(scale) {
  return Math.abs(scale - halfEven(scale)) < Number.EPSILON;
}

/**
 * @param {Picture} source
 * @param {number} across
 * @param {number} down
 * @param {Window} window
 * @param {Picture} out
 */
function nearest(source, across, down, window, out) {
  const columns = nearestLines(source.width, across, window.left, window.width);
  gather(source, columns, nearestLines(source.height, down, window.top, window.height), out);
}

/**
 * @param {number} source
 * @param {number} scale
 * @param {number} begin
 * @param {number} count
 */
function nearestLines(source, scale, begin, count) {
  return Int32Array.from({ length: count }, (_, i) => Math.min(source - 1, Math.floor((begin + i) * scale)));
}

/** @param {number} count @returns {Pairs} */
function emptyPairs(count) {
  const line = () => new Int32Array(count);
  return { first: line(), second: line(), weight: line(), other: line() };
}

/**
 * Half-pixel centres; beyond the outer centres the outer line alone. Weights are of 256, rounded half to even.
 *
 * @param {number} source
 * @param {number} scale
 * @param {number} begin
 * @param {number} count
 */
function linearPairs(source, scale, begin, count) {
  const pairs = emptyPairs(count);
  for (let i = 0; i < count; i++) {
    const at = scale * (begin + i + 0.5) - 0.5;
    const below = Math.floor(at);
    const inside = below >= 0 && below < source - 1;
    pairs.other[i] = inside ? halfEven((at - below) * 256) : 0;
    pairs.weight[i] = 256 - pairs.other[i];
    pairs.first[i] = Math.min(source - 1, Math.max(0, below));
    pairs.second[i] = Math.min(source - 1, pairs.first[i] + 1);
  }
  return pairs;
}

/**
 * Lines are cut where source lines end. Weights are of 2048, rounded half to even.
 *
 * @param {number} source
 * @param {number} target
 * @param {number} begin
 * @param {number} count
 */
function grownPairs(source, target, begin, count) {
  const pairs = emptyPairs(count);
  const inverse = target / source;
  const scale = scaleOf(source, target);
  for (let i = 0; i < count; i++) {
    const line = begin + i;
    const at = Math.floor(line * scale);
    let part = f32(line + 1 - (at + 1) * inverse);
    part = part <= 0 || at >= source - 1 ? 0 : part - Math.floor(part);
    pairs.first[i] = Math.min(source - 1, at);
    pairs.second[i] = Math.min(source - 1, pairs.first[i] + 1);
    pairs.weight[i] = halfEven(f32(f32(1 - part) * 2048));
    pairs.other[i] = halfEven(f32(part * 2048));
  }
  return pairs;
}

/**
 * Of weights of 256 nothing is rounded between the two directions; of 2048 each row is before it is mixed.
 *
 * @param {Picture} source
 * @param {Pairs} columns
 * @param {Pairs} rows
 * @param {256 | 2048} unit of the weights
 * @param {Picture} out
 * @param {Scratch} scratch
 */
function mixed(source, columns, rows, unit, out, scratch) {
  const line = narrowedRows(source, columns, scratch);
  const length = out.width * out.channels;
  for (let y = 0, o = 0; y < out.height; y++) {
    const upper = line(rows.first[y], rows.second[y]);
    const lower = line(rows.second[y], rows.first[y]);
    const [weight, other] = [rows.weight[y], rows.other[y]];
    if (unit === 256) {
      for (let i = 0; i < length; i++) out.data[o++] = (upper[i] * weight + lower[i] * other + 32768) >>> 16;
    } else {
      for (let i = 0; i < length; i++) {
        out.data[o++] = (((weight * (upper[i] >> 4)) >> 16) + ((other * (lower[i] >> 4)) >> 16) + 2) >> 2;
      }
    }
  }
}

/**
 * Gives what narrows a source row to the wanted columns. The last two rows are kept, for the next line mostly needs them again.
 *
 * @param {Picture} source
 * @param {Pairs} columns
 * @param {Scratch} scratch
 * @returns {(row: number, spared: number) => Int32Array} spared: the row that must stay where it is
 */
function narrowedRows(source, columns, scratch) {
  const length = columns.first.length * source.channels;
  const lines = [0, 1].map((each) => scratch.take(`resize.line${each}`, Int32Array, length));
  const kept = [-1, -1];
  return (row, spared) => {
    const found = kept.indexOf(row);
    if (found >= 0) return lines[found];
    const place = kept[0] === spared ? 1 : 0;
    kept[place] = row;
    narrowRow(source, row, columns, lines[place]);
    return lines[place];
  };
}

/**
 * @param {Picture} source
 * @param {number} row
 * @param {Pairs} columns
 * @param {Int32Array} line
 */
function narrowRow({ data, offset, row: stride, step, channels }, row, { first, second, weight, other }, line) {
  const start = offset + row * stride;
  for (let x = 0, o = 0; x < first.length; x++) {
    const left = start + first[x] * step;
    const right = start + second[x] * step;
    const [near, far] = [weight[x], other[x]];
    line[o++] = data[left] * near + data[right] * far;
    if (channels === 1) continue;
    line[o++] = data[left + 1] * near + data[right + 1] * far;
    line[o++] = data[left + 2] * near + data[right + 2] * far;
  }
}

/**
 * Blocks of 2 x 2 round half up, all others half to even: so OpenCV's code has it.
 *
 * @param {Picture} source
 * @param {number} across
 * @param {number} down
 * @param {Window} window
 * @param {Picture} out
 */
function blocks({ data, offset, row, step, channels }, across, down, window, out) {
  const share = f32(1 / (across * down));
  const halfUp = across === 2 && down === 2;
  for (let y = 0, o = 0; y < window.height; y++) {
    for (let x = 0; x < window.width; x++) {
      const corner = offset + (window.top + y) * down * row + (window.left + x) * across * step;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let j = 0; j < down; j++) {
          for (let i = 0, p = corner + j * row + c; i < across; i++, p += step) sum += data[p];
        }
        out.data[o++] = halfUp ? (sum + 2) >> 2 : halfEven(f32(f32(sum) * share));
      }
    }
  }
}

/**
 * Each line covers [line, line + 1) * scale of the source: weights are its parts, in binary64, rounded once.
 *
 * @param {number} source
 * @param {number} scale
 * @param {number} begin
 * @param {number} count
 * @returns {Spans}
 */
function spans(source, scale, begin, count) {
  const firsts = new Int32Array(count);
  const sizes = new Int32Array(count);
  const starts = new Int32Array(count);
  /** @type {number[]} */
  const weights = [];
  for (let i = 0; i < count; i++) {
    const from = (begin + i) * scale;
    const to = from + scale;
    const cell = Math.min(scale, source - from);
    const last = Math.min(Math.floor(to), source - 1);
    const first = Math.min(Math.ceil(from), last);
    const cut = first - from > SLIVER;
    starts[i] = weights.length;
    firsts[i] = cut ? first - 1 : first;
    if (cut) weights.push((first - from) / cell);
    for (let at = first; at < last; at++) weights.push(1 / cell);
    if (to - last > SLIVER) weights.push(Math.min(to - last, 1, cell) / cell);
    sizes[i] = weights.length - starts[i];
  }
  return { firsts, sizes, starts, weights: Float32Array.from(weights) };
}

/**
 * @param {Picture} source
 * @param {Spans} columns
 * @param {Spans} rows
 * @param {Picture} out
 * @param {Scratch} scratch
 */
function shrunk(source, columns, rows, out, scratch) {
  const length = out.width * out.channels;
  const line = scratch.take("resize.line", Float32Array, length);
  const sums = scratch.take("resize.sums", Float32Array, length);
  let kept = -1;
  for (let y = 0, o = 0; y < out.height; y++) {
    sums.fill(0);
    for (let k = 0; k < rows.sizes[y]; k++) {
      const row = rows.firsts[y] + k;
      if (row !== kept) weighRow(source, row, columns, line);
      kept = row;
      const weight = rows.weights[rows.starts[y] + k];
      for (let i = 0; i < length; i++) sums[i] = sums[i] + f32(line[i] * weight);
    }
    for (let i = 0; i < length; i++) out.data[o++] = sums[i]; // rounds half to even, and clamps
  }
}

/**
 * @param {Picture} source
 * @param {number} row
 * @param {Spans} columns
 * @param {Float32Array} line
 */
function weighRow({ data, offset, row: stride, step, channels }, row, { firsts, sizes, starts, weights }, line) {
  const start = offset + row * stride;
  for (let x = 0, o = 0; x < firsts.length; x++) {
    const from = start + firsts[x] * step;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0, p = from + c; k < sizes[x]; k++, p += step) {
        sum = f32(sum + f32(data[p] * weights[starts[x] + k]));
      }
      line[o++] = sum;
    }
  }
}

/** @type {import("./resize.js").Resizers} */
const RESIZERS = Object.fromEntries(["linear", "area", "nearest"].map((name) => [`opencv.${name}`, resizeOpencv]));

/** @type {import("../kit.js").Part} */
export const PART = { resizers: RESIZERS };
