/**
 * From a model's scores to an answer: softmax, sigmoid, top_k, threshold, label.
 */

import { SatchelError } from "../errors.js";

/**
 * One class of an answer. The score is a binary32 value.
 *
 * @typedef {{index: number, label: string | null, score: number}} Class
 */

/** @typedef {"none" | "sigmoid" | "softmax"} Activation */

const f32 = Math.fround;

/**
 * Gives the probabilities of logits: exp in binary64 rounded to binary32, summed in index order in binary32.
 *
 * @param {Float32Array<ArrayBuffer>} logits
 * @returns {Float32Array<ArrayBuffer>}
 */
export function softmax(logits) {
  return refuseNan(activate(refuseNan(logits), logits.length, "softmax"));
}

/**
 * Gives 1 / (1 + exp(-x)) of each value.
 *
 * @param {Float32Array<ArrayBuffer>} logits
 * @returns {Float32Array<ArrayBuffer>}
 */
export function sigmoid(logits) {
  return activate(refuseNan(logits), 1, "sigmoid");
}

/**
 * Gives scores, rows of `width`, after `sigmoid`, each by itself, or after `softmax` over each row.
 *
 * @param {Float32Array<ArrayBuffer>} values
 * @param {number} width
 * @param {Activation} activation
 * @returns {Float32Array<ArrayBuffer>}
 */
export function activate(values, width, activation) {
  if (activation === "none") return values;
  if (activation === "sigmoid") return values.map(logistic);
  const out = new Float32Array(values.length);
  for (let at = 0; at < values.length; at += width) {
    let most = -Infinity;
    for (let i = at; i < at + width; i++) most = Math.max(most, values[i]);
    let sum = 0;
    for (let i = at; i < at + width; i++) {
      out[i] = Math.exp(f32(values[i] - most));
      sum = f32(sum + out[i]);
    }
    for (let i = at; i < at + width; i++) out[i] /= sum;
  }
  return out;
}

/** @param {number} x */
export function logistic(x) {
  return f32(1 / f32(1 + f32(Math.exp(-x))));
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
 * Gives the classes with their labels.
 *
 * @param {readonly Class[]} classes
 * @param {readonly string[]} labels
 * @returns {Class[]}
 * @throws {SatchelError} model/wrong-output, for an index beyond the list
 */
export function label(classes, labels) {
  return classes.map((each) => ({ ...each, label: named(labels, each.index) }));
}

/**
 * Gives the label of an index.
 *
 * @param {readonly string[]} labels
 * @param {number} index
 * @throws {SatchelError} model/wrong-output, for an index beyond the list
 */
export function named(labels, index) {
  if (labels[index] !== undefined) return labels[index];
  const message = `the model gave class ${index}, the list has ${labels.length} labels`;
  throw new SatchelError("model/wrong-output", message, { hint: "Give one label a class, in the model's order." });
}

/**
 * Gives the scores back, or refuses them.
 *
 * @param {Float32Array<ArrayBuffer>} scores
 */
function refuseNan(scores) {
  const place = scores.findIndex(Number.isNaN);
  if (place === -1) return scores;
  throw nanOutput("", `the model gave NaN as the score of class ${place}`);
}

/**
 * Gives which of `count` numbers is the highest, the first among equals; they stand at `at`, `at + step`, ...
 *
 * @param {ArrayLike<number>} data
 * @param {number} at
 * @param {number} step
 * @param {number} count
 */
export function highest(data, at, step, count) {
  let found = 0;
  for (let i = 1; i < count; i++) if (data[at + i * step] > data[at + found * step]) found = i;
  return found;
}

/**
 * Gives the error for an output that holds NaN.
 *
 * @param {string} [where]
 * @param {string} [message]
 */
export function nanOutput(where, message = "the model gave NaN") {
  const hint = "The model or its conversion is broken, or its input is not what it was trained with: run the check.";
  return new SatchelError("model/nan-output", message, { where, hint });
}

/**
 * Gives the error for an output that is not what the steps read.
 *
 * @param {string} where
 * @param {string} message
 */
export function wrongOutput(where, message) {
  return new SatchelError("model/wrong-output", message, { where });
}
