/**
 * The steps that make classes of scores, and those that other kinds of answer share with them: threshold and label.
 */

import { SatchelError } from "./errors.js";
import { softmaxPlaces } from "./ops/planes.js";
import { label, named, sigmoid, softmax, threshold, topK } from "./ops/reading.js";
import { rowOf, rowValues } from "./readers_base.js";
import { planeOf } from "./readers_planes.js";

/** @typedef {import("./ops/reading.js").Class} Class */
/** @typedef {import("./readers_base.js").Context} Context */
/** @typedef {import("./readers_base.js").Numbers} Numbers */
/** @typedef {import("./readers_base.js").Read} Read */
/** @typedef {import("./readers_base.js").ReadOp} ReadOp */

const ORDER = "The order is softmax or sigmoid, top_k, threshold, label; only threshold may stand twice.";

/** @type {Readonly<Record<string, ReadOp>>} */
const READ_OPS = {
  softmax: {
    takes: ["numbers"],
    after({ layout }, before) {
      const { shape } = before;
      if (layout === undefined) rowOf(shape);
      else if (shape !== undefined) planeOf(shape, layout);
      return { ...before, kind: "shares" };
    },
    run({ layout }, value) {
      const data = layout === undefined ? softmax(rowValues(value)) : softmaxPlaces(value, layout);
      return { ...value, data };
    },
    hint: ORDER,
  },
  sigmoid: {
    takes: ["numbers"],
    after: (_step, before) => ({ ...before, kind: "shares" }),
    run: (_step, value) => ({ ...value, data: sigmoid(value.data) }),
    hint: ORDER,
  },
  top_k: {
    takes: ["numbers", "shares"],
    after: (_step, before) => rankedRead(before),
    run: ({ k }, value) => topK(rowValues(value), k),
    hint: ORDER,
  },
  threshold: {
    takes: ["numbers", "shares", "classes", "objects"],
    after: (_step, before) => rankedRead(before),
    run: ({ score }, value) => ("boxes" in value ? objectsFrom(value, score) : threshold(ranked(value), score)),
    hint: ORDER,
  },
  label: {
    takes: ["numbers", "shares", "classes", "objects", "points", "mask"],
    after(_step, before) {
      if (before.labelled) {
        throw new SatchelError("spec/impossible-step", "label cannot come after label", { hint: ORDER });
      }
      return { ...rankedRead(before), labelled: true };
    },
    run(step, value, { labels }) {
      const list = labels[step.labels];
      if (list) return labelled(value, list);
      throw new SatchelError("spec/no-labels", `the list '${step.labels}' is not there`);
    },
    hint: ORDER,
  },
};

/** @type {import("./kit.js").Part} */
export const PART = { readOps: READ_OPS };

/**
 * @param {Read} before
 * @returns {Read}
 */
function rankedRead(before) {
  const numbers = before.kind === "numbers" || before.kind === "shares";
  return numbers ? { kind: "classes", count: rowOf(before.shape) } : before;
}

/**
 * Gives all classes of numbers, best first; classes as they are.
 *
 * @param {Numbers | Class[]} value
 * @returns {Class[]}
 */
export function ranked(value) {
  return Array.isArray(value) ? value : topK(rowValues(value), value.data.length);
}

/**
 * @param {import("./values.js").Detections} found
 * @param {number} score
 * @returns {import("./values.js").Detections}
 */
function objectsFrom({ boxes, scores, classes, labels }, score) {
  const least = Math.fround(score);
  const kept = Array.from(scores.keys()).filter((place) => scores[place] >= least);
  return {
    boxes: Float32Array.from(kept.flatMap((place) => [...boxes.subarray(4 * place, 4 * place + 4)])),
    scores: Float32Array.from(kept, (place) => scores[place]),
    classes: Int32Array.from(kept, (place) => classes[place]),
    labels: labels && kept.map((place) => labels[place]),
  };
}

/**
 * @param {any} value
 * @param {readonly string[]} labels
 */
function labelled(value, labels) {
  if ("boxes" in value) return { ...value, labels: Array.from(value.classes, (index) => named(labels, index)) };
  if ("xy" in value) {
    return { ...value, names: Array.from({ length: value.xy.length / 2 }, (_, index) => named(labels, index)) };
  }
  return "indices" in value ? { ...value, labels } : label(ranked(value), labels);
}
