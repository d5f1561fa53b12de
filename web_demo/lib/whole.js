/**
 * The kit that has every family of inputs, every reading step and every way to resize.
 */

import { PART as ROW } from "./families_row.js";
import { PART as SIGNAL } from "./families_signal.js";
import { kitOfParts } from "./kit.js";
import { PART as FREE } from "./ops/boxes_free.js";
import { PART as GRID } from "./ops/boxes_grid.js";
import { PART as SET } from "./ops/boxes_set.js";
import { PART as SSD } from "./ops/boxes_ssd.js";
import { PART as CONTENT } from "./ops/content.js";
import { PART as OPENCV } from "./ops/resize_opencv.js";
import { PART as PILLOW } from "./ops/resize_pillow.js";
import { PART as TF } from "./ops/resize_tf.js";
import { PART as TF_CUBIC } from "./ops/resize_tf_cubic.js";
import { PART as TF_SPAN } from "./ops/resize_tf_span.js";
import { PART as PICTURES } from "./pictures.js";
import { PART as MASKS } from "./readers_masks.js";
import { PART as NUMBERS } from "./readers_numbers.js";
import { PART as POINTS } from "./readers_points.js";
import { PART as SCORES } from "./readers_scores.js";

const INPUTS = [PICTURES, CONTENT, ROW, SIGNAL];
const READING = [SCORES, NUMBERS, POINTS, MASKS, SSD, GRID, FREE, SET];
const RESIZING = [PILLOW, TF, TF_CUBIC, TF_SPAN, OPENCV];

export const WHOLE = kitOfParts([...INPUTS, ...READING, ...RESIZING]);
