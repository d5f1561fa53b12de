/**
 * The steps that make classes of scores.
 */

import { integer, number, oneOf, optional } from "./schema.js";
import { NAME, step } from "./steps_base.js";

const softmax = step("softmax", { layout: optional(oneOf(/** @type {const} */ (["NHWC", "NCHW"]))) });
const sigmoid = step("sigmoid", {});
const topK = step("top_k", { k: integer(1, 100000) });
const threshold = step("threshold", { score: number() });
const label = step("label", { labels: NAME });

/**
 * @typedef {ReturnType<typeof softmax> | ReturnType<typeof sigmoid> | ReturnType<typeof topK> | ReturnType<typeof threshold> |
 *   ReturnType<typeof label>} ScoreStep
 */

export const SCORE_STEPS = { softmax, sigmoid, top_k: topK, threshold, label };
