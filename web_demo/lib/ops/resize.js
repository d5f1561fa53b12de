/**
 * Resize by the named algorithm and fit, together with the crop that follows it.
 */

import { SatchelError } from "../errors.js";
import { resizedSize } from "./fit.js";
import { centreWindow, crop, cropWindow, pad } from "./geometry.js";
import { MAX_PIXELS } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/** @typedef {import("./picture.js").Scratch} Scratch */
/** @typedef {import("../spec.js").Resize} Resize */
/** @typedef {import("../spec.js").Crop} Crop */

/**
 * Gives a window of the whole picture at its new width and height.
 *
 * @typedef {(image: Picture, width: number, height: number, method: string, window: Window, scratch: Scratch) => Picture} Resizer
 * @typedef {Readonly<Record<string, Resizer>>} Resizers by method
 */

/**
 * Gives the resized picture; with `then`, that crop of it, without computing what the crop throws away.
 *
 * @param {Picture} image
 * @param {Resize} step
 * @param {Scratch} scratch
 * @param {Resizers} resizers
 * @param {Crop} [then]
 * @returns {Picture}
 */
export function resize(image, step, scratch, resizers, then) {
  const [width, height] = resizedSize(step, image.width, image.height);
  if (width * height > MAX_PIXELS) {
    const message = `resizing ${image.width} x ${image.height} makes ${width} x ${height} pixels, more than ${MAX_PIXELS}`;
    throw new SatchelError("input/too-large", message, { hint: "Cut the photo to a less extreme shape first." });
  }
  const algorithm = resizers[step.method];
  const fitted = fittedWindow(step, width, height);
  if (step.fit === "contain") {
    const inside = algorithm(image, width, height, step.method, fitted, scratch);
    const boxed = letterbox(inside, step, scratch);
    return then === undefined ? boxed : crop(boxed, cropWindow(then, boxed.width, boxed.height));
  }
  const kept = then === undefined ? fitted : within(fitted, cropWindow(then, fitted.width, fitted.height));
  return algorithm(image, width, height, step.method, kept, scratch);
}

/**
 * Gives the part of the resized picture that the fit keeps: all, but for `cover`.
 *
 * @param {Resize} step
 * @param {number} width
 * @param {number} height
 * @returns {Window}
 */
function fittedWindow(step, width, height) {
  return step.fit === "cover" ? centreWindow(step, width, height) : { left: 0, top: 0, width, height };
}

/**
 * Gives a window inside a window, in the coordinates of the whole.
 *
 * @param {Window} outer
 * @param {Window} inner
 * @returns {Window}
 */
function within(outer, inner) {
  return { ...inner, left: outer.left + inner.left, top: outer.top + inner.top };
}

/**
 * Gives the picture in the middle of its box; the odd pixel of margin goes right and bottom.
 *
 * @param {Picture} image
 * @param {Resize} step
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function letterbox(image, step, scratch) {
  const across = /** @type {number} */ (step.width) - image.width;
  const down = /** @type {number} */ (step.height) - image.height;
  const left = Math.floor(across / 2);
  const top = Math.floor(down / 2);
  const margins = { left, top, right: across - left, bottom: down - top };
  return pad(image, margins, /** @type {number[]} */ (step.pad_value), scratch);
}
