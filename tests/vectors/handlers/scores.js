/** Vectors of the steps that make classes of scores, and of quantised tensors. */

import { applied } from "../../../web_demo/lib/ops/arithmetic.js";
import { picture } from "../../../web_demo/lib/ops/picture.js";
import { arrayOf, dequantize as dequantized } from "../../../web_demo/lib/ops/quantize.js";
import { Pipeline } from "../../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";
import { outputStep } from "../../../web_demo/lib/steps.js";
import { WHOLE } from "../../../web_demo/lib/whole.js";

function pipeline({ steps, labels }) {
  const document = {
    satchel: "1.0",
    name: "test",
    task: "image_classification",
    inputs: [{ name: "image", steps: [{ op: "decode" }] }],
    outputs: [{ name: "scores", steps }],
    ...(labels ? { labels: { classes: "labels.txt" } } : {}),
  };
  return new Pipeline(parseSpec(document), labels ? { classes: labels } : {});
}

function numbers(each) {
  const [step] = each.steps;
  if ("layout" in step) return WHOLE.readOps.softmax.run(outputStep(step, "$"), each.input, {});
  return {
    data: pipeline(each).scores({ scores: each.input }),
    shape: each.input.shape,
  };
}

function answer(each) {
  return pipeline(each).read({ scores: each.input });
}

function quantize({ input, tensor }) {
  const row = picture(input.data, input.data.length, 1, 1);
  const out = new (arrayOf(tensor.dtype))(new ArrayBuffer(input.data.length * 4), 0, input.data.length);
  return {
    data: applied(row, [], out, tensor),
    shape: input.shape,
  };
}

function dequantize({ input, tensor }) {
  return {
    data: dequantized(input.data, tensor),
    shape: input.shape,
  };
}

export const HANDLERS = {
  softmax: numbers,
  sigmoid: numbers,
  top_k: answer,
  threshold: answer,
  label: answer,
  quantize,
  dequantize,
};
