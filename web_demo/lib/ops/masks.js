/**
 * From scores at each place to a mask of classes, and masks of another size.
 */

import { SatchelError } from "../errors.js";
import { picture } from "./picture.js";
import { checkPlane, transposed } from "./planes.js";
import { highest, nanOutput, wrongOutput } from "./reading.js";
import { bilinear, nearest } from "./resize_tf_near.js";

/** @typedef {import("../values.js").Mask} Mask */
/** @typedef {import("../trace.js").Axis} Axis */
/** @typedef {import("../trace.js").Trace} Trace */
/** @typedef {import("./box_rows.js").Numbers} Numbers */
/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./planes.js").Layout} Layout */

/** Scores that a resize may make: a mask of the whole photo has as many for each class. */
const MAX_VALUES = 2 ** 27;

/**
 * Gives the best class at each place, the lower index among equals; with a `threshold` 1 where the score of the last of one
 * channel or two is at least that.
 *
 * @param {Numbers} scores [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW)
 * @param {Layout} layout
 * @param {number} [threshold]
 * @returns {Mask}
 */
export function argmaxMask(scores, layout, threshold) {
  const { count, height, width } = checkPlane(scores.shape, layout);
  const { data } = scores;
  if (data.some(Number.isNaN)) {
    throw nanOutput("", "the model gave NaN as a score of the mask");
  }
  if (!thresholdFits(count, threshold)) {
    const expected = threshold === undefined ? "two scores or more" : "one score or two";
    throw wrongOutput("", `expected ${expected} at each place, found ${count}`);
  }
  const places = width * height;
  const indices = count <= 256 ? new Uint8Array(places) : new Int32Array(places);
  const [cell, next] = layout === "NHWC" ? [count, 1] : [1, places];
  const least = Math.fround(threshold ?? 0);
  for (let place = 0; place < places; place++) {
    const at = place * cell;
    if (threshold !== undefined) indices[place] = data[at + (count - 1) * next] >= least ? 1 : 0;
    else indices[place] = highest(data, at, next, count);
  }
  return { width, height, indices };
}

/**
 * Says whether so many scores at a place go with a threshold, or with none.
 *
 * @param {number} count
 * @param {number} [threshold]
 */
export function thresholdFits(count, threshold) {
  return threshold === undefined ? count > 1 : count <= 2;
}

/**
 * Gives scores at another size, in the same layout: tf.image.resize.
 *
 * @param {Numbers} scores [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW)
 * @param {Layout} layout
 * @param {"tf.nearest" | "tf.bilinear"} method
 * @param {{width: number, height: number} | Trace} size or how the prepared picture lies in the photo
 * @returns {Numbers}
 */
export function resizeScores({ data, shape }, layout, method, size) {
  const { count, height, width } = checkPlane(shape, layout);
  const source = layout === "NHWC" ? data : transposed(data, count, width * height);
  const resized = atSize(picture(source, width, height, count), method, size);
  const places = resized.width * resized.height;
  if (layout === "NHWC") return { data: resized.data, shape: [1, resized.height, resized.width, count] };
  return { data: transposed(resized.data, places, count), shape: [1, count, resized.height, resized.width] };
}

/**
 * Gives a mask at another size, each pixel that of the nearest.
 *
 * @param {Mask} mask
 * @param {{width: number, height: number} | Trace} size
 * @returns {Mask}
 */
export function resizeMask(mask, size) {
  const source = picture(Float32Array.from(mask.indices), mask.width, mask.height, 1);
  const { data, width, height } = atSize(source, "tf.nearest", size);
  const indices = mask.indices instanceof Uint8Array ? Uint8Array.from(data) : Int32Array.from(data);
  return { ...mask, width, height, indices };
}

/**
 * Gives the cells [first, end] of `cells` that show some of the photo, and the pixels [first, end] that they show. The ends are
 * exact places rounded to the nearest whole, up at a half; there is at least one cell and one pixel.
 *
 * @param {Axis} axis
 * @param {number} cells
 */
export function shown(axis, cells) {
  const { given, prepared, scale, offset, divisor } = axis;
  const wanted = [0, prepared].map((place) => rounded(BigInt(place) * scale + offset, divisor));
  const there = [0, given].map((place) =>
    rounded((BigInt(place) * divisor - offset) * BigInt(cells), scale * BigInt(prepared)),
  );
  return { cells: within(there, cells), pixels: within(wanted, given) };
}

/**
 * Gives above / below to the nearest whole, up at a half.
 *
 * @param {bigint} above
 * @param {bigint} below
 */
function rounded(above, below) {
  const [a, b] = below > 0n ? [above, below] : [-above, -below];
  const twice = 2n * a + b;
  const whole = twice / (2n * b);
  return Number(twice < 0n && whole * 2n * b !== twice ? whole - 1n : whole);
}

/**
 * @param {number[]} ends
 * @param {number} length
 * @returns {[number, number]}
 */
function within(ends, length) {
  const [low, high] = ends.sort((a, b) => a - b);
  const first = Math.min(Math.max(low, 0), length - 1);
  return [first, Math.min(Math.max(high, first + 1), length)];
}

/**
 * Gives a plane at another size.
 *
 * @param {Picture} plane
 * @param {"tf.nearest" | "tf.bilinear"} method
 * @param {{width: number, height: number} | Trace} size
 * @returns {{data: Float32Array<ArrayBuffer>, width: number, height: number}}
 */
function atSize(plane, method, size) {
  if ("width" in size) {
    const { width, height } = size;
    refuseLarge(width, height, plane.channels);
    return { data: scaled(plane, width, height, method), width, height };
  }
  const [width, height] = [size.x.given, size.y.given];
  const channels = plane.channels;
  refuseLarge(width, height, channels);
  const across = shown(size.x, plane.width);
  const down = shown(size.y, plane.height);
  const part = turned(plane, across.cells, down.cells, size.x.scale < 0, size.y.scale < 0);
  const [left, right] = across.pixels;
  const [top, bottom] = down.pixels;
  const found = scaled(part, right - left, bottom - top, method);
  const data = new Float32Array(width * height * channels);
  const row = (right - left) * channels;
  for (let y = top; y < bottom; y++) {
    data.set(found.subarray((y - top) * row, (y - top + 1) * row), (y * width + left) * channels);
  }
  return { data, width, height };
}

/**
 * Gives the part of a plane between columns and rows [first, end], mirrored where it is said.
 *
 * @param {Picture} plane
 * @param {[number, number]} columns
 * @param {[number, number]} rows
 * @param {boolean} mirrored
 * @param {boolean} upended
 * @returns {Picture}
 */
function turned(plane, [left, right], [top, bottom], mirrored, upended) {
  const column = mirrored ? right - 1 : left;
  const line = upended ? bottom - 1 : top;
  return {
    ...plane,
    offset: plane.offset + line * plane.row + column * plane.step,
    step: mirrored ? -plane.step : plane.step,
    row: upended ? -plane.row : plane.row,
    width: right - left,
    height: bottom - top,
  };
}

/**
 * @param {Picture} plane
 * @param {number} width
 * @param {number} height
 * @param {string} method
 */
function scaled(plane, width, height, method) {
  const data = new Float32Array(width * height * plane.channels);
  const kernel = method === "tf.nearest" ? nearest : bilinear;
  kernel(plane, width, height, { left: 0, top: 0, width, height }, picture(data, width, height, plane.channels));
  return data;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 */
function refuseLarge(width, height, channels) {
  if (width * height * channels <= MAX_VALUES) return;
  const message = `resizing makes ${channels} scores for each of ${width} x ${height} pixels, more than ${MAX_VALUES}`;
  const hint = "Take argmax_mask before resize_mask, or a smaller size.";
  throw new SatchelError("input/too-large", message, { hint });
}
