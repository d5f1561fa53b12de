/** Vectors of denormalize, round and uncrop. */

import { READ_OPS } from "../../../web_demo/lib/readers.js";
import { inputStep, outputStep } from "../../../web_demo/lib/steps.js";
import { traced } from "../../../web_demo/lib/trace.js";

function numbers({ input, step: given }) {
  const step = outputStep(given, "$");
  const op = READ_OPS[step.op];
  op.after(step, { kind: "numbers", shape: input.value.shape }, {});
  return op.run(step, input.value, { outputs: {}, labels: {}, traces: {} });
}

function uncrop({ input, step: given }) {
  const step = outputStep(given, "$");
  const steps = input.steps.map((each) => inputStep(each, "$"));
  const traces = { image: traced(steps, input.width, input.height) };
  const value = valueOf(input);
  READ_OPS.uncrop.after(step, { kind: input.boxes ? "objects" : input.xy ? "points" : "mask" }, {});
  const found = READ_OPS.uncrop.run(step, value, {
    outputs: {},
    labels: {},
    traces,
  });
  if (found.boxes) return { boxes: { data: found.boxes, shape: input.boxes.shape } };
  if (found.xy) return { xy: { data: found.xy, shape: input.xy.shape } };
  return {
    indices: { data: found.indices, shape: [found.height, found.width] },
  };
}

function valueOf({ boxes, xy, indices }) {
  if (boxes)
    return {
      boxes: boxes.data,
      scores: new Float32Array(boxes.shape[0]),
      classes: new Int32Array(boxes.shape[0]),
    };
  return xy
    ? { xy: xy.data }
    : {
        width: indices.shape[1],
        height: indices.shape[0],
        indices: indices.data,
      };
}

export const HANDLERS = { denormalize: numbers, round: numbers, uncrop };
