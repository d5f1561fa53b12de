/**
 * What compressed data may claim to hold.
 */

import { SatchelError } from "./errors.js";

/** Compressed data may state any raw size up to this, beyond it at most MAX_RATIO times its own. */
const FREE_INFLATION = 64 * 2 ** 20;
const MAX_RATIO = 100;

/**
 * Refuses compressed data that claims to grow beyond every honest use.
 *
 * @param {number} stored
 * @param {number} raw
 * @param {string} where
 */
export function checkInflation(stored, raw, where) {
  if (raw <= FREE_INFLATION || raw <= stored * MAX_RATIO) return;
  const message = `${stored} compressed bytes are said to hold ${raw}, expected at most ${MAX_RATIO} times as many`;
  throw new SatchelError("bundle/bomb", message, { where });
}
