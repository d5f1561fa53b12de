/**
 * From a model's scores to an answer: softmax, sigmoid, top_k, threshold, label.
 */

import { SatchelError } from "../errors.js";

/**
 * One class of an answer. The score is a binary32 value.
 *
 * @typedef {{index: number, label: string | null, score: number}} Class
 */

const f32 = Math.fround;

/**
 * Gives the probabilities of logits: exp in binary64 rounded to binary32, summed in index order in binary32.
 *
 * @param {Float32Array<ArrayBuffer>} logits
 * @returns {Float32Array<ArrayBuffer>}
 */
export function softmax(logits) {
  refuseNan(logits);
  const largest = logits.reduce((most, each) => Math.max(most, each), -Infinity);
  const powers = logits.map((each) => Math.exp(f32(each - largest)));
  const sum = powers.reduce((total, each) => f32(total + each), 0);
  return refuseNan(powers.map((each) => each / sum));
}

/**
 * Gives 1 / (1 + exp(-x)) of each value.
 *
 * @param {Float32Array<ArrayBuffer>} logits
 * @returns {Float32Array<ArrayBuffer>}
 */
export function sigmoid(logits) {
  return refuseNan(logits).map((each) => 1 / f32(1 + f32(Math.exp(-each))));
}

/**
 * Gives the k best of scores (all, when there are fewer), best first, the lower index first among equals.
 *
 * @param {Float32Array<ArrayBuffer>} scores
 * @param {number} k
 * @returns {Class[]}
 */
export function topK(scores, k) {
  refuseNan(scores);
  const order = Uint32Array.from(scores, (_, index) => index).sort((a, b) => scores[b] - scores[a] || a - b);
  return Array.from(order.subarray(0, k), (index) => ({ index, label: null, score: scores[index] }));
}

/**
 * Gives the classes whose score is at least `score`, rounded to binary32 as the scores are.
 *
 * @param {readonly Class[]} classes
 * @param {number} score
 * @returns {Class[]}
 */
export function threshold(classes, score) {
  const least = f32(score);
  return classes.filter((each) => each.score >= least);
}

/**
 * Gives the classes with their names.
 *
 * @param {readonly Class[]} classes
 * @param {readonly string[]} names
 * @returns {Class[]}
 */
export function label(classes, names) {
  return classes.map((each) => ({ ...each, label: names[each.index] ?? null }));
}

/**
 * Gives the scores back, or refuses them.
 *
 * @param {Float32Array<ArrayBuffer>} scores
 */
function refuseNan(scores) {
  const place = scores.findIndex(Number.isNaN);
  if (place === -1) return scores;
  throw new SatchelError("model/nan-output", `the model gave NaN as the score of class ${place}`, {
    hint: "The model or its conversion is broken, or its input is not what it was trained with: run the check.",
  });
}
