/**
 * Carries out a spec: photo -> prepared tensors, and a model's outputs -> answer. Runs in a page, in a worker and in Node.
 */

import { SatchelError } from "./errors.js";
import { dequantize, layout, normalize, quantize, rescale } from "./ops/arithmetic.js";
import { color } from "./ops/color.js";
import { crop, cropWindow, flip, pad } from "./ops/geometry.js";
import { Scratch } from "./ops/picture.js";
import { classesOf, label, sigmoid, softmax, threshold, topK } from "./ops/reading.js";
import { resize } from "./ops/resize.js";

/** @typedef {import("./ops/picture.js").Picture} Picture */
/** @typedef {import("./ops/reading.js").Class} Class */
/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./spec.js").InputStep} InputStep */
/** @typedef {import("./spec.js").Output} Output */

/**
 * A tensor as an engine takes it and gives it: row by row, batch of 1.
 *
 * @typedef {{data: import("./ops/arithmetic.js").Values, shape: readonly number[]}} TensorValue
 */

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
  #scratch = new Scratch();

  /**
   * @param {Spec} spec
   * @param {Readonly<Record<string, readonly string[]>>} labels each list of the spec, read from its file
   * @param {string} [artefact] `int8/tflite`; without it tensors stay binary32 and outputs are read as they come
   */
  constructor(spec, labels, artefact) {
    this.#spec = spec;
    this.#labels = labels;
    this.#artefact = artefact;
  }

  /**
   * Gives the tensor of each input.
   *
   * @param {Photo} photo
   * @param {{onView?: (view: Picture, colours: "RGB" | "BGR" | "GRAY") => void}} [watch] is given the picture as the model sees it, before the arithmetic
   * @returns {Record<string, TensorValue>} by input name; binary32, or the artefact's integers
   */
  prepare(photo, watch = {}) {
    /** @type {Record<string, TensorValue>} */
    const tensors = {};
    for (const input of this.#spec.inputs) tensors[input.name] = this.#prepareInput(input, photo, watch);
    return tensors;
  }

  /**
   * @param {Input} input
   * @param {Photo} photo
   * @param {{onView?: (view: Picture, colours: "RGB" | "BGR" | "GRAY") => void}} watch
   * @returns {TensorValue}
   */
  #prepareInput(input, photo, watch) {
    const { steps } = input;
    let image = photo.picture;
    /** @type {"NHWC" | "NCHW"} */
    let order = "NHWC";
    /** @type {"RGB" | "BGR" | "GRAY"} */
    let colours = "RGB";
    let shown = false;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (!shown && (step.op === "rescale" || step.op === "normalize" || step.op === "layout")) {
        watch.onView?.(image, colours);
        shown = true;
      }
      if (step.op === "layout") order = step.to;
      else if (step.op === "color") {
        image = color(image, colours, step.to, this.#scratch);
        colours = step.to;
      } else if (step.op === "resize" && steps[i + 1]?.op === "crop") {
        image = resize(image, step, this.#scratch, /** @type {import("./spec.js").Crop} */ (steps[++i]));
      } else image = this.#apply(step, image);
    }
    if (!shown) watch.onView?.(image, colours);
    return this.#tensor(input, image, order);
  }

  /**
   * @param {InputStep} step
   * @param {Picture} image
   * @returns {Picture}
   */
  #apply(step, image) {
    switch (step.op) {
      case "resize":
        return resize(image, step, this.#scratch);
      case "crop":
        return crop(image, cropWindow(step, image.width, image.height));
      case "pad":
        return pad(image, step, step.value, this.#scratch);
      case "flip":
        return flip(image, step.axis);
      case "rescale":
        return rescale(image, step, this.#scratch);
      case "normalize":
        return normalize(image, step, this.#scratch);
      default:
        return image;
    }
  }

  /**
   * @param {Input} input
   * @param {Picture} image
   * @param {"NHWC" | "NCHW"} order
   * @returns {TensorValue}
   */
  #tensor(input, image, order) {
    const { height, width, channels } = image;
    const shape = order === "NHWC" ? [1, height, width, channels] : [1, channels, height, width];
    const values = layout(image, order, this.#scratch);
    const tensor = this.#artefact === undefined ? undefined : input.tensor[this.#artefact];
    return { data: tensor ? quantize(values, tensor, this.#scratch) : values, shape };
  }

  /**
   * Gives the answer of a model's outputs.
   *
   * @param {Readonly<Record<string, ArrayLike<number>>>} outputs by output name, as the artefact gives them
   * @returns {Answer}
   */
  read(outputs) {
    const classes = this.#spec.outputs.flatMap((output) => this.#readOutput(output, outputs[output.name]));
    return { classes };
  }

  /**
   * @param {Output} output
   * @param {ArrayLike<number> | undefined} raw
   * @returns {Class[]}
   */
  #readOutput(output, raw) {
    if (raw === undefined) {
      throw new SatchelError("model/missing-output", `the model gave no output for ${JSON.stringify(output.name)}`);
    }
    const tensor = this.#artefact === undefined ? undefined : output.tensor[this.#artefact];
    let scores = dequantize(raw, tensor ?? {});
    /** @type {Class[] | undefined} */
    let classes;
    for (const step of output.steps) {
      if (step.op === "softmax") scores = softmax(scores);
      else if (step.op === "sigmoid") scores = sigmoid(scores);
      else if (step.op === "top_k") classes = topK(classes ?? classesOf(scores), step.k);
      else if (step.op === "threshold") classes = threshold(classes ?? classesOf(scores), step.score);
      else classes = label(classes ?? classesOf(scores), this.#labels[step.labels]);
    }
    return classes ?? classesOf(scores);
  }
}
