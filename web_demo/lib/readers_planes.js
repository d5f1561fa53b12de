/**
 * Scores at each place of a mask, as a reading step expects them.
 */

import { checkPlane } from "./ops/planes.js";
import { tried } from "./readers_base.js";

/**
 * Gives the number of classes and the sides of a plane of scores.
 *
 * @param {readonly number[]} shape
 * @param {import("./ops/planes.js").Layout} layout
 * @throws {import("./errors.js").SatchelError} spec/shape-mismatch
 */
export function planeOf(shape, layout) {
  return tried(() => checkPlane(shape, layout), "Name the output that holds a score for each place, and its layout.");
}
