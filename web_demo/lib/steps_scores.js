/**
 * The steps that make classes of scores.
 */

import { integer, number, oneOf, optional, record } from "./schema.js";
import { NAME, op } from "./steps_base.js";

const softmax = record({
  op: op("softmax"),
  layout: optional(oneOf(/** @type {const} */ (["NHWC", "NCHW"]))),
});
const sigmoid = record({ op: op("sigmoid") });
const topK = record({ op: op("top_k"), k: integer(1, 100000) });
const threshold = record({ op: op("threshold"), score: number() });
const label = record({ op: op("label"), labels: NAME });

/**
 * @typedef {ReturnType<typeof softmax> | ReturnType<typeof sigmoid> | ReturnType<typeof topK> | ReturnType<typeof threshold> |
 *   ReturnType<typeof label>} ScoreStep
 */

export const SCORE_STEPS = { softmax, sigmoid, top_k: topK, threshold, label };
