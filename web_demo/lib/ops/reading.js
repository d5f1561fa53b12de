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
 * Gives the k best classes, best first, the lower index first among equals.
 *
 * @param {readonly Class[]} classes in index order
 * @param {number} k
 * @returns {Class[]}
 */
export function topK(classes, k) {
  return [...classes].sort((a, b) => b.score - a.score || a.index - b.index).slice(0, k);
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
 * Gives every score as a class without a name.
 *
 * @param {Float32Array<ArrayBuffer>} scores
 * @returns {Class[]}
 */
export function classesOf(scores) {
  return Array.from(refuseNan(scores), (score, index) => ({ index, label: null, score }));
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
