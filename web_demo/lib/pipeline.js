/**
 * Carries out a spec: photo -> prepared tensors, and a model's outputs -> answer. Runs in a page, in a worker and in Node.
 */

import { SatchelError } from "./errors.js";
import { applied, arrayOf, dequantize, normalize, quantize, rescale } from "./ops/arithmetic.js";
import { answerOutput, checkSteps } from "./infer.js";
import { color } from "./ops/color.js";
import { crop, cropWindow, flip, pad } from "./ops/geometry.js";
import { picture, pixelsOf, Scratch } from "./ops/picture.js";
import { label, sigmoid, softmax, threshold, topK } from "./ops/reading.js";
import { resize } from "./ops/resize.js";

/** @typedef {import("./ops/picture.js").Picture} Picture */
/** @typedef {import("./ops/picture.js").Unread} Unread */
/** @typedef {import("./ops/reading.js").Class} Class */
/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./spec.js").InputStep} InputStep */

/**
 * A tensor as an engine takes it and gives it: row by row, batch of 1.
 *
 * @typedef {{data: import("./ops/arithmetic.js").Values, shape: readonly number[]}} TensorValue
 */

/**
 * Is given the picture as the model sees it, before the arithmetic.
 *
 * @typedef {{onView?: (view: Picture, colours: "RGB" | "BGR" | "GRAY") => void}} Watch
 */

/** What a tensor is where no artefact says otherwise. */
const FLOATS = /** @type {import("./spec.js").Tensor} */ ({ dtype: "float32" });

/**
 * What the model says: the classes that the spec's reading steps leave, best first.
 *
 * @typedef {{classes: Class[]}} Answer
 */

/**
 * One spec with its label lists, for one artefact.
 *
 * It keeps its working memory from one photo to the next: a prepared tensor is valid until the next `prepare`.
 */
export class Pipeline {
  #spec;
  #labels;
  #artefact;
  #output;
  /** @type {Scratch[][]} for each step of each input, and for its tensor: no step writes where it reads */
  #scratches;

  /**
   * @param {Spec} spec
   * @param {Readonly<Record<string, readonly string[]>>} labels each list of the spec, read from its file
   * @param {string} [artefact] `int8/tflite`; without it tensors stay binary32 and outputs are read as they come
   * @throws {SatchelError} the steps do not fit together
   */
  constructor(spec, labels, artefact) {
    this.#spec = spec;
    this.#labels = labels;
    this.#artefact = artefact;
    checkSteps(spec);
    this.#output = answerOutput(spec);
    this.#scratches = spec.inputs.map(({ steps }) => Array.from({ length: steps.length + 1 }, () => new Scratch()));
  }

  /**
   * Gives the tensor of each input.
   *
   * @param {Photo} photo
   * @param {Watch} [watch]
   * @returns {Record<string, TensorValue>} by input name; binary32, or the artefact's integers
   */
  prepare(photo, watch = {}) {
    /** @type {Record<string, TensorValue>} */
    const tensors = {};
    try {
      this.#spec.inputs.forEach((input, place) => {
        tensors[input.name] = this.#prepareInput(input, this.#scratches[place], photo, watch);
      });
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      throw new SatchelError(error.code, error.detail, { where: photo.name, hint: error.hint });
    }
    return tensors;
  }

  /**
   * @param {Input} input
   * @param {readonly Scratch[]} scratches
   * @param {Photo} photo
   * @param {Watch} watch
   * @returns {TensorValue}
   */
  #prepareInput({ steps, tensor }, scratches, photo, { onView }) {
    /** @type {Picture | Unread} */
    let image = photo.picture;
    /** @type {"NHWC" | "NCHW"} */
    let order = "NHWC";
    /** @type {"RGB" | "BGR" | "GRAY"} */
    let colours = "RGB";
    /** @type {import("./ops/arithmetic.js").Op[]} */
    let pending = [];
    let view = onView;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      const next = steps[i + 1];
      if (step.op === "rescale" || step.op === "normalize") {
        image = pixelsOf(image);
        view?.(image, colours);
        view = undefined;
        pending.push(step.op === "rescale" ? rescale(step) : normalize(step));
      } else if (step.op === "layout") order = step.to;
      else {
        if (pending.length > 0) image = settled(pixelsOf(image), pending, scratches[i]);
        pending = [];
        const then = step.op === "resize" && next?.op === "crop" ? next : undefined;
        image =
          step.op === "resize" ? resize(image, step, scratches[i], then) : moved(step, image, colours, scratches[i]);
        if (then) i++;
        if (step.op === "color") colours = step.to;
      }
    }
    image = pixelsOf(image);
    view?.(image, colours);
    const wanted = this.#artefact === undefined ? undefined : tensor[this.#artefact];
    return tensorOf(image, pending, order, scratches[steps.length], wanted);
  }

  /**
   * Gives the answer of a model's outputs.
   *
   * @param {Readonly<Record<string, ArrayLike<number>>>} outputs by output name, as the artefact gives them
   * @returns {Answer}
   */
  read(outputs) {
    const scores = this.scores(outputs);
    const ranking = this.#output.steps.filter((step) => step.op !== "softmax" && step.op !== "sigmoid");
    let classes = topK(scores, ranking[0]?.op === "top_k" ? ranking[0].k : scores.length);
    for (const step of ranking) {
      if (step.op === "threshold") classes = threshold(classes, step.score);
      else if (step.op === "label") classes = label(classes, this.#labels[step.labels]);
    }
    return { classes };
  }

  /**
   * Gives the score of every class: what the steps make of the output before they rank it.
   *
   * @param {Readonly<Record<string, ArrayLike<number>>>} outputs
   * @returns {Float32Array<ArrayBuffer>}
   */
  scores(outputs) {
    const { name, steps, tensor } = this.#output;
    const raw = outputs[name];
    if (raw === undefined) {
      const message = `the model gave no output '${name}'; it gave ${Object.keys(outputs).sort().join(", ") || "none"}`;
      throw new SatchelError("model/missing-output", message);
    }
    let scores = dequantize(raw, (this.#artefact === undefined ? undefined : tensor[this.#artefact]) ?? {});
    for (const step of steps) {
      if (step.op === "softmax") scores = softmax(scores);
      else if (step.op === "sigmoid") scores = sigmoid(scores);
    }
    return scores;
  }
}

/**
 * Carries out the arithmetic that was put off: what follows moves pixels about.
 *
 * @param {Picture} image
 * @param {readonly import("./ops/arithmetic.js").Op[]} ops
 * @param {Scratch} scratch
 * @returns {Picture}
 */
function settled(image, ops, scratch) {
  const { width, height, channels } = image;
  const out = scratch.take("settled", Float32Array, width * height * channels);
  return picture(applied(image, ops, out), width, height, channels);
}

/**
 * @param {InputStep} step
 * @param {Picture | Unread} unread
 * @param {"RGB" | "BGR" | "GRAY"} colours
 * @param {Scratch} scratch
 * @returns {Picture | Unread}
 */
function moved(step, unread, colours, scratch) {
  if (step.op === "decode") return unread;
  const image = pixelsOf(unread);
  switch (step.op) {
    case "color":
      return color(image, colours, step.to, scratch);
    case "crop":
      return crop(image, cropWindow(step, image.width, image.height));
    case "pad":
      return pad(image, step, step.value, scratch);
    case "flip":
      return flip(image, step.axis);
    default:
      return image;
  }
}

/**
 * Gives the values in the order and the dtype that the artefact takes.
 *
 * @param {Picture} image
 * @param {readonly import("./ops/arithmetic.js").Op[]} ops
 * @param {"NHWC" | "NCHW"} order
 * @param {Scratch} scratch
 * @param {import("./spec.js").Tensor} [tensor]
 * @returns {TensorValue}
 */
function tensorOf(image, ops, order, scratch, tensor = FLOATS) {
  const { height, width, channels } = image;
  const shape = order === "NHWC" ? [1, height, width, channels] : [1, channels, height, width];
  const out = scratch.take("tensor", arrayOf(tensor.dtype), height * width * channels);
  return { data: applied(image, [...ops, quantize(tensor)], out, order), shape };
}
