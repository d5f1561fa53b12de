/**
 * The reading steps by op. Each family's module holds its own; an output's steps are these, one after another.
 */

import { PART as BOXES } from "./readers_boxes.js";
import { PART as MASKS } from "./readers_masks.js";
import { PART as NUMBERS } from "./readers_numbers.js";
import { PART as PLACES } from "./readers_places.js";
import { PART as POINTS } from "./readers_points.js";
import { SCORES } from "./readers_scores.js";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
export const READ_OPS = { ...SCORES, ...BOXES, ...POINTS, ...MASKS, ...NUMBERS, ...PLACES };
