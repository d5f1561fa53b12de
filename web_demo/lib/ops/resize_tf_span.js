/**
 * The kernels of tf.image.resize that weigh a span of source samples: antialiased bilinear and area.
 */

import { partOf, resizerOf } from "./resize_tf_base.js";
import { normalizeWeights } from "./resize_tf_weights.js";

/** @typedef {Parameters<typeof resizerOf>[0]} Kernel */

const f32 = Math.fround;

/** @type {Kernel} */
function bilinearAntialias(source, width, height, window, out, scratch) {
  const columns = triangleSpans(source.width, width, window.left, window.width);
  const rows = triangleSpans(source.height, height, window.top, window.height);
  const line = scratch.take("resize.line", Float32Array, source.width * source.channels);
  for (let y = 0, o = 0; y < window.height; y++) {
    line.fill(0);
    const { start, weights } = rows[y];
    for (let k = 0; k < weights.length; k++) addRow(source, start + k, weights[k], line);
    o = source.channels === 3 ? weighColours(line, columns, out.data, o) : weighGrey(line, columns, out.data, o);
  }
}

/**
 * Adds a source row, weighed, to a line of sums.
 *
 * @param {import("./picture.js").Picture} source
 * @param {number} row
 * @param {number} weight
 * @param {Float32Array} line
 */
function addRow({ data, offset, row: stride, step, channels }, row, weight, line) {
  let p = offset + row * stride;
  if (channels === 1) {
    for (let i = 0; i < line.length; i++, p += step) line[i] = line[i] + f32(data[p] * weight);
    return;
  }
  for (let i = 0; i < line.length; i += 3, p += step) {
    line[i] = line[i] + f32(data[p] * weight);
    line[i + 1] = line[i + 1] + f32(data[p + 1] * weight);
    line[i + 2] = line[i + 2] + f32(data[p + 2] * weight);
  }
}

/**
 * @typedef {(line: Float32Array, columns: readonly {start: number, weights: Float32Array}[], out: Picture["data"], o: number) => number} Weigh
 * @typedef {import("./picture.js").Picture} Picture
 */

/** @type {Weigh} fills `out` from o on, and gives where it ended */
function weighColours(line, columns, out, o) {
  for (const { start, weights } of columns) {
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0, i = start * 3; k < weights.length; k++, i += 3) {
      red = f32(red + f32(line[i] * weights[k]));
      green = f32(green + f32(line[i + 1] * weights[k]));
      blue = f32(blue + f32(line[i + 2] * weights[k]));
    }
    out[o++] = red;
    out[o++] = green;
    out[o++] = blue;
  }
  return o;
}

/** @type {Weigh} */
function weighGrey(line, columns, out, o) {
  for (const { start, weights } of columns) {
    let sum = 0;
    for (let k = 0; k < weights.length; k++) sum = f32(sum + f32(line[start + k] * weights[k]));
    out[o++] = sum;
  }
  return o;
}

/**
 * Gives for each output the first source sample it reads and the weights of it and those that follow.
 *
 * @param {number} source
 * @param {number} target
 * @param {number} begin
 * @param {number} count
 */
function triangleSpans(source, target, begin, count) {
  const inverse = f32(1 / f32(target / source));
  const reach = Math.max(inverse, 1);
  const shrink = f32(1 / reach);
  return Array.from({ length: count }, (_, i) => {
    const at = f32(f32(begin + i + 0.5) * inverse);
    if (at > source) return { start: 0, weights: new Float32Array(0) };
    const start = Math.min(source - 1, Math.max(0, Math.ceil(f32(f32(at - reach) - 0.5))));
    const end = Math.min(source - 1, Math.max(0, Math.floor(f32(f32(at + reach) - 0.5)))) + 1;
    const weights = Float32Array.from({ length: end - start }, (_unused, k) => {
      const distance = Math.abs(f32(f32(f32(start + k + 0.5) - at) * shrink));
      return distance < 1 ? f32(1 - distance) : 0;
    });
    normalizeWeights(weights);
    return { start, weights };
  });
}

/** @type {Kernel} */
function area(source, width, height, window, out) {
  const across = f32(source.width / width);
  const down = f32(source.height / height);
  const share = f32(1 / f32(down * across));
  const columns = Array.from({ length: window.width }, (_, x) => cells(window.left + x, across, source.width));
  const { data, offset, row, step, channels } = source;
  for (let y = 0, o = 0; y < window.height; y++) {
    const rows = cells(window.top + y, down, source.height);
    for (const column of columns) {
      let [red, green, blue] = [0, 0, 0]; // of a grey picture the first alone
      for (let j = 0; j < rows.at.length; j++) {
        const line = offset + rows.at[j] * row;
        let [r, g, b] = [0, 0, 0];
        for (let k = 0; k < column.at.length; k++) {
          const p = line + column.at[k] * step;
          const part = column.share[k];
          r = f32(r + f32(data[p] * part));
          if (channels === 1) continue;
          g = f32(g + f32(data[p + 1] * part));
          b = f32(b + f32(data[p + 2] * part));
        }
        const part = rows.share[j];
        red = f32(red + f32(r * part));
        green = f32(green + f32(g * part));
        blue = f32(blue + f32(b * part));
      }
      out.data[o++] = f32(red * share);
      if (channels === 1) continue;
      out.data[o++] = f32(green * share);
      out.data[o++] = f32(blue * share);
    }
  }
}

/**
 * Gives the source cells that an output covers, and how much of each.
 *
 * @param {number} at
 * @param {number} scale
 * @param {number} limit
 */
function cells(at, scale, limit) {
  const begin = f32(f32(at) * scale);
  const end = f32(f32(at + 1) * scale);
  const first = Math.floor(begin);
  const count = Math.ceil(end) - first;
  const share = Float32Array.from({ length: count }, (_, k) => coverage(first + k, begin, end, scale));
  return { at: Int32Array.from({ length: count }, (_, k) => Math.min(limit - 1, first + k)), share };
}

/**
 * @param {number} cell
 * @param {number} begin
 * @param {number} end
 * @param {number} scale
 */
function coverage(cell, begin, end, scale) {
  if (cell < begin) return cell + 1 > end ? scale : f32(f32(cell + 1) - begin);
  return cell + 1 > end ? f32(end - cell) : 1;
}

export const PART = partOf({ "tf.bilinear_antialias": resizerOf(bilinearAntialias), "tf.area": resizerOf(area) });
