/**
 * What the ways to resize as tf.image.resize have in common.
 */

import { affineSimd } from "./affine_simd.js";
import { refuseBeyond } from "./beyond.js";
import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */

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
 * Gives what a module brings that resizes so: the arithmetic behind it is on binary32 values.
 *
 * @param {import("./resize.js").Resizers} resizers
 * @returns {import("../kit.js").Part}
 */
export function partOf(resizers) {
  return { resizers, chain: affineSimd };
}
