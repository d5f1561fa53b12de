/**
 * Steps that make a mask of a segmentation's output.
 */

import { need, number, oneOf, optional } from "./schema.js";
import { axes, NAME, step, side } from "./steps_base.js";

const argmaxMask = step("argmax_mask", { layout: axes, threshold: optional(number()) });

const resizeMask = step(
  "resize_mask",
  {
    method: oneOf(/** @type {const} */ (["tf.nearest", "tf.bilinear"])),
    to: oneOf(/** @type {const} */ (["size", "photo"])),
    layout: optional(axes),
    width: optional(side),
    height: optional(side),
    input: optional(NAME),
  },
  (found, path) => {
    for (const name of /** @type {const} */ (["width", "height"])) {
      const given = found[name] !== undefined;
      need(given === (found.to === "size"), path, `to 'size' and '${name}' come together`);
    }
    need((found.input !== undefined) === (found.to === "photo"), path, "to 'photo' and 'input' come together");
  },
);

/**
 * @typedef {ReturnType<typeof argmaxMask>} ArgmaxMask
 * @typedef {ReturnType<typeof resizeMask>} ResizeMask
 * @typedef {ArgmaxMask | ResizeMask} MaskStep
 */

export const MASK_STEPS = { argmax_mask: argmaxMask, resize_mask: resizeMask };
