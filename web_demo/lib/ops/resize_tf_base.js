/**
 * What the ways to resize as tf.image.resize have in common.
 */

import { SatchelError } from "../errors.js";
import { affineSimd } from "./affine_simd.js";
import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */

/** The largest value that is resized: no sum of 2^27 of them is infinite, of which a weight of 0 would make NaN. */
const LARGEST = 2 ** 100;

/**
 * Gives the resizer of a kernel.
 *
 * @param {(source: Picture, width: number, height: number, window: Window, out: Picture, scratch: Scratch) => void} kernel
 * @returns {import("./resize.js").Resizer} binary32 in the source's range, of the window's size
 */
export function resizerOf(kernel) {
  return (source, width, height, _method, window, scratch) => {
    refuseBeyond(source);
    const { channels } = source;
    const values = scratch.take("resize.float", Float32Array, window.width * window.height * channels);
    const out = picture(values, window.width, window.height, channels);
    kernel(source, width, height, window, out, scratch);
    return out;
  };
}

/**
 * Refuses a picture in which a value is beyond LARGEST.
 *
 * @param {Picture} source
 */
function refuseBeyond({ data, offset, row, step, width, height, channels }) {
  if (!(data instanceof Float32Array)) return;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        if (Math.abs(data[offset + y * row + x * step + c]) <= LARGEST) continue;
        const hint = "Change factor, offset, mean or std, or resize before them.";
        throw new SatchelError("input/not-finite", "a value before a resize is beyond 2^100", { hint });
      }
    }
  }
}

/**
 * Gives what a module brings that resizes so: the arithmetic behind it is on binary32 values.
 *
 * @param {import("./resize.js").Resizers} resizers
 * @returns {import("../kit.js").Part}
 */
export function partOf(resizers) {
  return { resizers, chain: affineSimd };
}
