/**
 * What the steps of several families share.
 */

import { defaulted, integer, number, oneOf, string } from "./schema.js";

/** A value of a pixel. */
export const channel = integer(0, 255);

/** Pixels of a picture's side, at least 1. */
export const side = integer(1, 16384);

/** Pixels of a margin. */
export const margin = integer(0, 16384);

/** How many there are of something, at least 1. */
export const count = integer(1, 100000);

/** A part of the whole, 0 to 1. */
export const share = number({ low: 0, high: 1 });

export const rounding = oneOf(/** @type {const} */ (["floor", "half_even"]));

/** A name that is the same in every language and on every file system. */
export const NAME = string({ min: 1, max: 128, pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/ });

/**
 * The constant field that tells a record from the others.
 *
 * @template {string} T
 * @param {T} name
 */
export function op(name) {
  return defaulted(oneOf([name]), name);
}
