/**
 * The reading steps by op. Each family's module holds its own; an output's steps are these, one after another.
 */

import { SCORES } from "./readers_scores.js";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
export const READ_OPS = { ...SCORES };

/**
 * Gives the names of the outputs that a reading step reads beside its own.
 *
 * @param {{op: string}} step
 * @returns {readonly string[]}
 */
export function references(step) {
  return READ_OPS[step.op].reads?.(step) ?? [];
}
