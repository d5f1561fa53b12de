/** Vectors of detectors, keypoints and masks: each reading step by itself. */

import { convert } from "../../../web_demo/lib/ops/box_forms.js";
import { outputStep } from "../../../web_demo/lib/steps.js";
import { WHOLE } from "../../../web_demo/lib/whole.js";

const big = ({ given, prepared, ...exact }) => ({
  given,
  prepared,
  ...Object.fromEntries(Object.entries(exact).map(([name, value]) => [name, BigInt(value)])),
});

function run({ step, input }, value, outputs) {
  const traces = Object.entries(input.traces ?? {}).map(([name, { x, y }]) => [name, { x: big(x), y: big(y) }]);
  const context = { outputs, labels: {}, traces: Object.fromEntries(traces), heads: WHOLE.heads };
  return WHOLE.readOps[step.op].run(outputStep(step, "$"), value, context);
}

function objects({ boxes, scores, classes }) {
  const count = scores.length;
  return {
    boxes: { data: boxes, shape: [count, 4] },
    scores: { data: scores, shape: [count] },
    classes: { data: classes, shape: [count] },
  };
}

function decodeBoxes(each) {
  return objects(run(each, undefined, each.input));
}

function nms(each) {
  const given = Object.entries(each.input).map(([name, { data }]) => [name, data]);
  return objects(run(each, Object.fromEntries(given), {}));
}

function mask({ indices }) {
  const [height, width] = indices.shape;
  return { width, height, indices: indices.data };
}

function reading(each) {
  const { value, outputs = {} } = each.input;
  const found = run(each, "indices" in value ? mask(value) : value, outputs);
  if ("xy" in found) {
    const count = found.scores.length;
    return {
      xy: { data: found.xy, shape: [count, 2] },
      scores: { data: found.scores, shape: [count] },
    };
  }
  return "indices" in found ? { indices: { data: found.indices, shape: [found.height, found.width] } } : found;
}

function convertBoxes({ input, step }) {
  return { data: convert(input.data, step.from, step.to), shape: input.shape };
}

export const HANDLERS = {
  decode_boxes: decodeBoxes,
  nms,
  heatmap_keypoints: reading,
  landmarks: reading,
  argmax_mask: reading,
  resize_mask: reading,
  convert_boxes: convertBoxes,
};
