/**
 * How the pixels of a prepared picture lie in the picture they were made from, in exact integers.
 *
 * Coordinates are those of edges: pixel i covers [i, i + 1). A resize from n to m multiplies by m / n, a crop and a pad shift, a
 * flip takes from the whole; composed, each axis is one fraction: given = (prepared * scale + offset) / divisor.
 */

import { centreOffset, resizedSize } from "./ops/fit.js";
import { cropWindow } from "./ops/geometry.js";

/** @typedef {import("./steps_images.js").ImageStep} ImageStep */

/**
 * One axis; `given` and `prepared` are pixels; scale is negative when it was flipped; divisor is at least 1, and the three have no
 * common factor.
 *
 * @typedef {{given: number, prepared: number, scale: bigint, offset: bigint, divisor: bigint}} Axis
 */

/** @typedef {{x: Axis, y: Axis}} Trace */

/**
 * Gives how a picture of width x height lies in what the steps make of it.
 *
 * @param {readonly ImageStep[]} steps
 * @param {number} width
 * @param {number} height
 * @returns {Trace}
 */
export function traced(steps, width, height) {
  const start = (/** @type {number} */ length) => ({
    given: length,
    prepared: length,
    scale: 1n,
    offset: 0n,
    divisor: 1n,
  });
  let trace = { x: start(width), y: start(height) };
  for (const step of steps) trace = after(trace, step);
  return trace;
}

/**
 * @param {Trace} trace
 * @param {ImageStep} step
 * @returns {Trace}
 */
function after({ x, y }, step) {
  switch (step.op) {
    case "resize": {
      const [width, height] = resizedSize(step, x.prepared, y.prepared);
      const boxed = step.fit === "cover" || step.fit === "contain";
      const [across, down] = boxed ? [Number(step.width), Number(step.height)] : [width, height];
      return {
        x: moved(resized(x, width), first(step, width, across), across),
        y: moved(resized(y, height), first(step, height, down), down),
      };
    }
    case "crop": {
      const kept = cropWindow(step, x.prepared, y.prepared);
      return { x: moved(x, kept.left, kept.width), y: moved(y, kept.top, kept.height) };
    }
    case "pad":
      return {
        x: moved(x, -step.left, x.prepared + step.left + step.right),
        y: moved(y, -step.top, y.prepared + step.top + step.bottom),
      };
    case "flip":
      return step.axis === "horizontal" ? { x: flipped(x), y } : { x, y: flipped(y) };
    default:
      return { x, y };
  }
}

/**
 * Gives the first pixel of the box in the resized picture; below 0 there is margin.
 *
 * @param {import("./steps_images.js").Resize} step
 * @param {number} length
 * @param {number} box
 */
function first({ fit, offset_rounding: rounding = "floor" }, length, box) {
  return fit === "contain" ? -Math.floor((box - length) / 2) : centreOffset(length, box, rounding);
}

/**
 * @param {Axis} axis
 * @param {number} to
 */
function resized(axis, to) {
  const { prepared, scale, offset, divisor } = axis;
  const pixels = BigInt(to);
  return reduced(axis, to, scale * BigInt(prepared), offset * pixels, divisor * pixels);
}

/**
 * @param {Axis} axis
 * @param {number} start
 * @param {number} length
 */
function moved(axis, start, length) {
  return reduced(axis, length, axis.scale, axis.offset + BigInt(start) * axis.scale, axis.divisor);
}

/** @param {Axis} axis */
function flipped(axis) {
  const { prepared, scale, offset, divisor } = axis;
  return reduced(axis, prepared, -scale, offset + BigInt(prepared) * scale, divisor);
}

/**
 * @param {Axis} axis
 * @param {number} prepared
 * @param {bigint} scale
 * @param {bigint} offset
 * @param {bigint} divisor
 * @returns {Axis}
 */
function reduced({ given }, prepared, scale, offset, divisor) {
  const common = commonFactor(commonFactor(scale, offset), divisor);
  return { given, prepared, scale: scale / common, offset: offset / common, divisor: divisor / common };
}

/**
 * @param {bigint} a
 * @param {bigint} b
 * @returns {bigint}
 */
function commonFactor(a, b) {
  return b === 0n ? (a < 0n ? -a : a) : commonFactor(b, a % b);
}

/**
 * Gives, for each pixel that was given, the cell of `length` cells over the prepared axis its centre lies in; -1 where the pixel
 * is not in the prepared picture.
 *
 * @param {Axis} axis
 * @param {number} length
 * @returns {Int32Array<ArrayBuffer>}
 */
export function sources({ given, prepared, scale, offset, divisor }, length) {
  const sign = scale > 0n ? 1n : -1n;
  const below = 2n * scale * sign * BigInt(prepared);
  return Int32Array.from({ length: given }, (_, place) => {
    const above = sign * (BigInt(2 * place + 1) * divisor - 2n * offset) * BigInt(length);
    const cell = above < 0n ? -1 : Number(above / below);
    return cell < length ? cell : -1;
  });
}
