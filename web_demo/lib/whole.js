/**
 * The kit that has every family of inputs, every reading step and every way to resize.
 */

import { FAMILIES } from "./families.js";
import { resizeOpencv } from "./ops/resize_opencv.js";
import { resizePillow } from "./ops/resize_pillow.js";
import { resizeTf } from "./ops/resize_tf.js";
import { READ_OPS } from "./readers.js";

/** @type {import("./kit.js").Kit} */
export const WHOLE = {
  families: FAMILIES,
  readOps: READ_OPS,
  resizers: { pillow: resizePillow, tf: resizeTf, opencv: resizeOpencv },
};
