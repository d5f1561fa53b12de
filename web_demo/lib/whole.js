/**
 * The kit that has every family of inputs, every reading step and every way to resize.
 */

import { FAMILIES } from "./families.js";
import { affineSimd } from "./ops/affine_simd.js";
import { OPENCV } from "./ops/resize_opencv.js";
import { PILLOW } from "./ops/resize_pillow.js";
import { TF } from "./ops/resize_tf.js";
import { TF_CUBIC } from "./ops/resize_tf_cubic.js";
import { TF_SPAN } from "./ops/resize_tf_span.js";
import { READ_OPS } from "./readers.js";

/** @type {import("./kit.js").Kit} */
export const WHOLE = {
  families: FAMILIES,
  readOps: READ_OPS,
  resizers: { ...PILLOW, ...TF, ...TF_CUBIC, ...TF_SPAN, ...OPENCV },
  chain: affineSimd,
};
