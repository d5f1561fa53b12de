/**
 * From heatmaps or a flat vector to keypoints; binary32 in the order written. Sources: Xiao and others, Simple Baselines for Human
 * Pose Estimation; Papandreou and others, PersonLab (offsets).
 */

import { activate, highest, nanOutput, wrongOutput } from "./reading.js";
import { inBrackets } from "./shapes.js";

/** @typedef {import("../steps_points.js").HeatmapKeypoints} HeatmapKeypoints */
/** @typedef {import("../steps_points.js").Landmarks} Landmarks */
/** @typedef {import("../values.js").Points} Points */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/**
 * Maps in a longer array: the value of map k at (row, column) stands at k * map + (row * wide + column) * cell.
 *
 * @typedef {{data: Float32Array<ArrayBuffer>, count: number, high: number, wide: number, map: number, cell: number}} Planes
 */

const f32 = Math.fround;

/**
 * Gives the place of the highest value of each heatmap, the first in reading order among equals, and that value.
 *
 * @param {HeatmapKeypoints} step
 * @param {Readonly<Record<string, Numbers>>} outputs real values by the names of the spec's outputs, with batch 1
 * @param {string} name the output that holds the heatmaps
 * @returns {Points}
 */
export function heatmapKeypoints(step, outputs, name) {
  const maps = planes(step.layout, outputs[name], name);
  const { data, count, high, wide, map, cell } = maps;
  const offset = step.refine === "offsets" ? offsetsOf(step, outputs, maps) : undefined;
  const xy = new Float32Array(2 * count);
  const best = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    const place = highest(data, k * map, cell, high * wide);
    const row = Math.floor(place / wide);
    const column = place % wide;
    best[k] = data[k * map + place * cell];
    if (offset) xy.set(offset(k, row, column), 2 * k);
    else {
      const quarter = step.refine === "quarter";
      const x = column + (quarter ? towards(maps, k, place, column, wide, 1) : 0);
      const y = row + (quarter ? towards(maps, k, place, row, high, wide) : 0);
      xy.set([fraction(x, wide, step.position), fraction(y, high, step.position)], 2 * k);
    }
  }
  return { xy, scores: activate(best, 1, step.activation) };
}

/**
 * Gives the points of a vector of k * dimensions numbers.
 *
 * @param {Landmarks} step
 * @param {Numbers} values
 * @param {string} name
 * @returns {Points}
 */
export function landmarks({ dimensions, order, score, activation }, { data }, name) {
  if (data.some(Number.isNaN)) throw nanOutput(name);
  if (data.length === 0 || data.length % dimensions !== 0) {
    throw wrongOutput(name, `expected a multiple of ${dimensions} numbers, found ${data.length}`);
  }
  const count = data.length / dimensions;
  const swap = order === "yx" ? 1 : 0;
  const xy = Float32Array.from({ length: 2 * count }, (_, i) => data[(i >> 1) * dimensions + ((i & 1) ^ swap)]);
  if (score === undefined) return { xy, scores: new Float32Array(count).fill(1) };
  const scores = Float32Array.from({ length: count }, (_, i) => data[i * dimensions + score]);
  return { xy, scores: activate(scores, 1, activation ?? "none") };
}

/**
 * @param {"NHWC" | "NCHW"} layout
 * @param {Numbers} values
 * @param {string} name
 * @returns {Planes}
 */
function planes(layout, { data, shape }, name) {
  if (shape.length !== 4 || shape[0] !== 1 || data.length === 0) {
    const expected = layout === "NHWC" ? "[1, h, w, keypoints]" : "[1, keypoints, h, w]";
    throw wrongOutput(name, `expected ${expected}, found ${inBrackets(shape)}`);
  }
  if (data.some(Number.isNaN)) throw nanOutput(name);
  if (layout === "NHWC") return { data, count: shape[3], high: shape[1], wide: shape[2], map: 1, cell: shape[3] };
  return { data, count: shape[1], high: shape[2], wide: shape[3], map: shape[2] * shape[3], cell: 1 };
}

/**
 * Gives 0.25 towards the larger of the two neighbours along one axis; 0 at a border and between equals.
 *
 * @param {Planes} maps
 * @param {number} k
 * @param {number} place of the peak in the map
 * @param {number} along of the peak along the axis
 * @param {number} length of the axis
 * @param {number} next how far the next place along the axis is
 */
function towards({ data, map, cell }, k, place, along, length, next) {
  if (along === 0 || along === length - 1) return 0;
  const before = data[k * map + (place - next) * cell];
  const behind = data[k * map + (place + next) * cell];
  return 0.25 * Math.sign(Number(behind > before) - Number(behind < before));
}

/**
 * @param {number} place
 * @param {number} count
 * @param {string} [position]
 */
function fraction(place, count, position) {
  if (position === "center") return f32(f32(place + 0.5) / count);
  return f32(place / (position === "ends" ? Math.max(count - 1, 1) : count));
}

/**
 * Gives what makes [x, y] of a keypoint and its cell: p * stride + offset; first come the offsets down of all keypoints, then
 * those across.
 *
 * @param {HeatmapKeypoints} step
 * @param {Readonly<Record<string, Numbers>>} outputs
 * @param {Planes} maps
 * @returns {(k: number, row: number, column: number) => [number, number]}
 */
function offsetsOf(step, outputs, { count, high, wide }) {
  const name = /** @type {string} */ (step.offsets);
  const found = planes(step.layout, outputs[name], name);
  if (found.count !== 2 * count || found.high !== high || found.wide !== wide) {
    const shape = inBrackets([found.count, found.high, found.wide]);
    throw wrongOutput(name, `expected ${2 * count} offsets at ${high} x ${wide} cells, found ${shape}`);
  }
  const stride = f32(/** @type {number} */ (step.stride));
  const at = (/** @type {number} */ k, /** @type {number} */ place) => found.data[k * found.map + place * found.cell];
  return (k, row, column) => {
    const place = row * wide + column;
    return [f32(f32(column * stride) + at(count + k, place)), f32(f32(row * stride) + at(k, place))];
  };
}
