/**
 * TensorFlow's tf.image.resize (half-pixel centres), to the bit: every operation is rounded to binary32, in its kernels' order. The
 * result is binary32 in the source's range.
 *
 * `tf.bilinear` and `tf.nearest` are its kernels of the same names; the others are in resize_tf_cubic.js and resize_tf_span.js.
 */

import { bilinearSimd } from "./bilinear_simd.js";
import { picture } from "./picture.js";
import { partOf, resizerOf } from "./resize_tf_base.js";
import { bilinear, nearest, pairs } from "./resize_tf_near.js";
import { laned } from "./wasm.js";

const plain = resizerOf(bilinear);

export const PART = partOf({
  "tf.nearest": resizerOf(nearest),
  "tf.bilinear": (source, width, height, method, window, scratch) => {
    const made = laned(source) ? bilinearSimd(source, ...pairs(source, width, height, window)) : undefined;
    if (made === undefined) return plain(source, width, height, method, window, scratch);
    const values = scratch.take("resize.float", Float32Array, made.length);
    values.set(made);
    return picture(values, window.width, window.height, 3, 4);
  },
});
