/**
 * The kit that has every family of inputs, every reading step and every way to resize.
 */

import { FAMILIES } from "./families.js";
import { affineSimd } from "./ops/affine_simd.js";
import { PART as FREE } from "./ops/boxes_free.js";
import { PART as GRID } from "./ops/boxes_grid.js";
import { PART as SET } from "./ops/boxes_set.js";
import { PART as SSD } from "./ops/boxes_ssd.js";
import { PART as OPENCV } from "./ops/resize_opencv.js";
import { PART as PILLOW } from "./ops/resize_pillow.js";
import { PART as TF } from "./ops/resize_tf.js";
import { PART as TF_CUBIC } from "./ops/resize_tf_cubic.js";
import { PART as TF_SPAN } from "./ops/resize_tf_span.js";
import { READ_OPS } from "./readers.js";

/** @type {import("./kit.js").Kit} */
export const WHOLE = {
  families: FAMILIES,
  readOps: READ_OPS,
  heads: { ...SSD, ...GRID, ...FREE, ...SET },
  resizers: { ...PILLOW, ...TF, ...TF_CUBIC, ...TF_SPAN, ...OPENCV },
  chain: affineSimd,
};
