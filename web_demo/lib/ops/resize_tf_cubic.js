/**
 * tf.bicubic: the kernel of tf.image.resize of the same name.
 */

import { halfEven } from "./rounding.js";
import { partOf, resizerOf } from "./resize_tf_base.js";
import { halfPixel } from "./resize_tf_near.js";
import { normalizeWeights } from "./resize_tf_weights.js";

const f32 = Math.fround;

const TABLE_SIZE = 1024;
const CUBIC = cubicTable();

/** Gives Keys' cubic (a = -0.5) at 1024 steps: even entries for distance 0 to 1, odd ones for 1 to 2. */
function cubicTable() {
  const a = -0.5;
  const table = new Float32Array((TABLE_SIZE + 1) * 2);
  for (let i = 0; i <= TABLE_SIZE; i++) {
    const near = f32(i / TABLE_SIZE);
    const far = f32(near + 1);
    table[i * 2] = ((a + 2) * near - (a + 3)) * near * near + 1;
    table[i * 2 + 1] = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a;
  }
  return table;
}

/** @type {import("./resize_tf_span.js").Kernel} */
function bicubic(source, width, height, window, out) {
  const columns = cubicTaps(source.width, width, window.left, window.width);
  const rows = cubicTaps(source.height, height, window.top, window.height);
  const { data, offset, row, step, channels } = source;
  const at = columns.index;
  for (let y = 0, o = 0; y < window.height; y++) {
    const [r0, r1, r2, r3] = rows.index.subarray(y * 4, y * 4 + 4).map((each) => offset + each * row);
    const [w0, w1, w2, w3] = rows.weight.subarray(y * 4, y * 4 + 4);
    /** @param {number} p */
    const vertical = (p) => weigh(data[r0 + p], data[r1 + p], data[r2 + p], data[r3 + p], w0, w1, w2, w3);
    for (let x = 0; x < window.width; x++) {
      const t = x * 4;
      const [v0, v1, v2, v3] = columns.weight.subarray(t, t + 4);
      for (let c = 0; c < channels; c++) {
        const first = vertical(at[t] * step + c);
        const second = vertical(at[t + 1] * step + c);
        const third = vertical(at[t + 2] * step + c);
        const fourth = vertical(at[t + 3] * step + c);
        out.data[o++] = weigh(first, second, third, fourth, v0, v1, v2, v3);
      }
    }
  }
}

/**
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @param {number} wa
 * @param {number} wb
 * @param {number} wc
 * @param {number} wd
 */
function weigh(a, b, c, d, wa, wb, wc, wd) {
  return f32(f32(f32(f32(a * wa) + f32(b * wb)) + f32(c * wc)) + f32(d * wd));
}

/**
 * Gives the four taps of each output: samples beyond an edge weigh nothing, and the rest sum to 1 again.
 *
 * @param {number} source
 * @param {number} target
 * @param {number} begin
 * @param {number} count
 */
function cubicTaps(source, target, begin, count) {
  const index = new Int32Array(count * 4);
  const weight = new Float32Array(count * 4);
  const scale = f32(source / target);
  for (let i = 0; i < count; i++) {
    const at = halfPixel(begin + i, scale);
    const whole = Math.floor(at);
    const entry = halfEven(f32(f32(at - whole) * TABLE_SIZE));
    const entries = [entry * 2 + 1, entry * 2, (TABLE_SIZE - entry) * 2, (TABLE_SIZE - entry) * 2 + 1];
    for (let k = 0; k < 4; k++) {
      const wanted = whole - 1 + k;
      index[i * 4 + k] = Math.min(source - 1, Math.max(0, wanted));
      weight[i * 4 + k] = index[i * 4 + k] === wanted ? CUBIC[entries[k]] : 0;
    }
    normalizeWeights(weight.subarray(i * 4, i * 4 + 4));
  }
  return { index, weight };
}

export const PART = partOf({ "tf.bicubic": resizerOf(bicubic) });
