/**
 * uncrop: from places in the prepared picture back to pixels of the photo that was given.
 */

import { sources } from "../trace.js";

/** @typedef {import("../trace.js").Axis} Axis */
/** @typedef {import("../trace.js").Trace} Trace */

/**
 * Gives the boxes in pixels of the photo; one that was flipped keeps its left side left of its right one.
 *
 * @param {import("../values.js").Detections} found
 * @param {Trace} trace
 * @param {"normalized" | "pixels"} units
 * @param {boolean} clip
 * @returns {import("../values.js").Detections}
 */
export function uncropBoxes(found, { x, y }, units, clip) {
  const boxes = found.boxes.map((place, i) => back(place, i % 2 === 0 ? x : y, units, clip));
  for (let i = 0; i < boxes.length; i += 4) {
    if (x.scale < 0n) [boxes[i], boxes[i + 2]] = [boxes[i + 2], boxes[i]];
    if (y.scale < 0n) [boxes[i + 1], boxes[i + 3]] = [boxes[i + 3], boxes[i + 1]];
  }
  return { ...found, boxes };
}

/**
 * Gives the points in pixels of the photo.
 *
 * @param {import("../values.js").Points} found
 * @param {Trace} trace
 * @param {"normalized" | "pixels"} units
 * @param {boolean} clip
 * @returns {import("../values.js").Points}
 */
export function uncropPoints(found, { x, y }, units, clip) {
  return { ...found, xy: found.xy.map((place, i) => back(place, i % 2 === 0 ? x : y, units, clip)) };
}

/**
 * Gives the class of each pixel of the photo: that of the cell its centre lies in, 0 where there is none.
 *
 * @param {import("../values.js").Mask} found
 * @param {Trace} trace
 * @returns {import("../values.js").Mask}
 */
export function uncropMask(found, { x, y }) {
  const columns = sources(x, found.width);
  const rows = sources(y, found.height);
  const kind = found.indices instanceof Int32Array ? Int32Array : Uint8Array;
  const indices = new kind(x.given * y.given);
  rows.forEach((row, down) => {
    if (row < 0) return;
    columns.forEach((column, across) => {
      if (column >= 0) indices[down * x.given + across] = found.indices[row * found.width + column];
    });
  });
  return { ...found, width: x.given, height: y.given, indices };
}

/**
 * Gives (p * scale + offset) / divisor, one rounding an operation in binary64, rounded to binary32; -0 becomes 0. p is the place in
 * pixels of the prepared picture: of a fraction f, f * prepared.
 *
 * @param {number} place
 * @param {Axis} axis
 * @param {"normalized" | "pixels"} units
 * @param {boolean} clip below 0 becomes 0, above the length of the photo that length
 */
function back(place, { given, prepared, scale, offset, divisor }, units, clip) {
  const pixels = units === "normalized" ? place * prepared : place;
  const found = Math.fround((pixels * Number(scale) + Number(offset)) / Number(divisor)) + 0;
  return clip ? Math.min(Math.max(found, 0), given) : found;
}
