/**
 * Holds a spec against the tensors of an artefact: once, before anything runs, when packing and in every reader.
 */

import { placed, refusal } from "./errors.js";
import { answerOutput, checkSteps, ranks, readShapes } from "./infer_base.js";
import { kindOf } from "./kit.js";
import { KINDS } from "./ops/quantize.js";
import { inBrackets, sizeOf } from "./ops/shapes.js";
import { rowOf } from "./readers_base.js";

/** @typedef {import("./families.js").Prepares} Prepares */
/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./readers_base.js").Read} Read */
/** @typedef {import("./spec.js").Output} Output */
/** @typedef {import("./spec.js").Spec} Spec */
/** @typedef {import("./spec.js").Tensor} Tensor */

/** The largest tensor: more is no input or output of a model, and would take the reader's memory. */
const MAX_VALUES = 2 ** 27;

/** What there is one label for, by the kind that is labelled. */
const LABELLED = /** @type {Record<string, string>} */ ({
  classes: "scores",
  objects: "classes",
  points: "points",
  mask: "classes",
});

/** The integers that take the bytes of a picture as they are. */
const FILLED = ["uint8", "int16", "int32", "int64"];

/** The integers that a scale belongs to. */
const QUANTISED = { input: ["int8", "uint8", "int16"], output: ["int8", "uint8", "int16", "int32"] };

/**
 * Holds prepared values against the artefact's input tensors, and reading steps and labels against its outputs. The inputs come
 * first, in their order: each one's shape, then its dtype. Then come the tensors of all outputs, the steps of the one that makes the
 * answer, and the labels.
 *
 * @param {Kit} kit
 * @param {Spec} spec
 * @param {string} artefact `int8/tflite`
 * @param {Readonly<Record<string, readonly string[]>>} labels by the names that spec.labels has
 * @throws {import("./errors.js").SatchelError} spec/shape-mismatch, spec/dtype-mismatch, spec/out-of-range, spec/channel-count,
 *   spec/label-count, spec/no-labels or spec/no-tensor; or what checkSteps refuses
 */
export function checkAgainstTensors(kit, spec, artefact, labels) {
  checkSteps(kit, spec).forEach((shapes, place) => {
    const where = `$.inputs[${place}]`;
    const tensor = tensorOf(spec.inputs[place], artefact, where);
    const { prepares: of } = kit.families[kindOf(spec.inputs[place])];
    const prepares = of(shapes[shapes.length - 1], tensor.shape.slice(1));
    checkShape(prepares, tensor, where);
    checkDtype(prepares, tensor, where);
    checkScale(tensor, "input", where);
  });
  /** @type {Record<string, Read>} */
  const reads = {};
  spec.outputs.forEach((output, place) => {
    const where = `$.outputs[${place}]`;
    const tensor = tensorOf(output, artefact, where);
    checkScale(tensor, "output", where);
    reads[output.name] = { kind: "numbers", shape: tensor.shape };
  });
  const output = answerOutput(spec);
  const where = `$.outputs[${spec.outputs.indexOf(output)}]`;
  const found = readShapes(kit, spec, output, reads, where);
  if (ranks(spec)) checkRow(found[found.length - 1], where);
  checkLabels(output, found, labels, where);
}

/**
 * Refuses numbers that are left as the scores of classes, and are not one row.
 *
 * @param {Read} last
 * @param {string} where
 */
function checkRow({ kind, shape }, where) {
  if (kind !== "numbers" && kind !== "shares") return;
  placed(
    () => rowOf(shape),
    () => where,
  );
}

/**
 * Gives the tensor for an artefact, no larger than any model's.
 *
 * @param {{name: string, tensor: Readonly<Record<string, Tensor>>}} each
 * @param {string} artefact
 * @param {string} where
 */
function tensorOf({ name, tensor }, artefact, where) {
  const path = `${where}.tensor`;
  if (!Object.hasOwn(tensor, artefact)) {
    const hint = `It has one for: ${Object.keys(tensor).sort().join(", ") || "no artefact"}.`;
    throw refusal("no-tensor", `'${name}' has no tensor for '${artefact}'`, path, hint);
  }
  const { shape } = tensor[artefact];
  if (sizeOf(shape) <= MAX_VALUES) return tensor[artefact];
  const message = `a tensor of ${inBrackets(shape)}, expected at most ${MAX_VALUES} values`;
  throw refusal("out-of-range", message, path, "Pack a smaller model.");
}

/**
 * @param {Prepares} prepares
 * @param {Tensor} tensor
 * @param {string} where
 */
function checkShape({ sides, layout }, { shape, layout: stated }, where) {
  const takes = `the model takes ${inBrackets(shape)}`;
  if (sides.includes(undefined)) {
    const message = `the steps leave a size that depends on the input, ${takes}`;
    throw refusal("shape-mismatch", message, `${where}.steps`, "Add a crop, a resize to a size, or a window.");
  }
  if ([1, ...sides].join() === shape.join() && (!layout || !stated || layout === stated)) return;
  const named = layout ? ` (${layout})` : "";
  const message = `the steps prepare ${inBrackets([1, ...sides])}${named}, ${takes}`;
  const hint = "Change the steps that decide the size, or the layout step, so that the shapes are equal.";
  throw refusal("shape-mismatch", message, `${where}.steps`, hint);
}

/**
 * @param {Prepares} prepares
 * @param {Tensor} tensor
 * @param {string} where
 */
function checkDtype({ dtype: made }, { dtype, scale }, where) {
  const fits = scale === undefined ? made === "uint8" && FILLED.includes(dtype) : QUANTISED.input.includes(dtype);
  if (dtype === "float32" || fits) return;
  const message = `the steps prepare ${made} values, the model takes ${dtype} ${scale === undefined ? "without" : "with"} a scale`;
  const hint = "Leave out the steps that make float32 values, or pack a model whose input tensor has a scale.";
  throw refusal("dtype-mismatch", message, `${where}.steps`, hint);
}

/**
 * Refuses a scale that the dtype cannot have, or that is infinite or 0 in the binary32 in which it is used.
 *
 * @param {Tensor} tensor
 * @param {"input" | "output"} kind
 * @param {string} where
 */
function checkScale({ dtype, scale, zero_point: zeroPoint = 0 }, kind, where) {
  if (scale === undefined) return;
  if (!QUANTISED[kind].includes(dtype)) {
    const message = `an ${kind} of ${dtype} has a scale, expected one of ${QUANTISED[kind].join(", ")}`;
    throw refusal("dtype-mismatch", message, `${where}.tensor`, "Leave scale and zero_point out.");
  }
  const used = Math.fround(scale);
  const { low, high } = KINDS[/** @type {keyof typeof KINDS} */ (dtype)];
  if (used > 0 && used < Infinity && zeroPoint >= low && zeroPoint <= high) return;
  const message = `scale ${scale} and zero_point ${zeroPoint} of ${dtype}`;
  const hint = `The scale is a binary32 above 0, zero_point from ${low} to ${high}.`;
  throw refusal("out-of-range", message, `${where}.tensor`, hint);
}

/**
 * @param {Output} output
 * @param {readonly Read[]} reads
 * @param {Readonly<Record<string, readonly string[]>>} labels
 * @param {string} where
 */
function checkLabels({ steps }, reads, labels, where) {
  steps.forEach((step, place) => {
    if (step.op !== "label") return;
    const path = `${where}.steps[${place}].labels`;
    const { kind, count } = reads[place + 1];
    if (!Object.hasOwn(labels, step.labels)) {
      throw refusal("no-labels", `the list '${step.labels}' is not there`, path, "Give it to the pipeline.");
    }
    const found = labels[step.labels].length;
    if (count === undefined || count === found) return;
    const what = LABELLED[kind];
    const message = `the list '${step.labels}' has ${found} labels, the output has ${count} ${what}`;
    const hint = `Give one label a line, in the order of the ${what}; a background class counts too.`;
    throw refusal("label-count", message, path, hint);
  });
}
