/** Vectors of denormalize, round and uncrop. */

import { inputStep, outputStep } from "../../../web_demo/lib/steps.js";
import { traced } from "../../../web_demo/lib/trace.js";
import { WHOLE } from "../../../web_demo/lib/whole.js";

function numbers({ input, step: given }) {
  const step = outputStep(given, "$");
  const op = WHOLE.readOps[step.op];
  op.after(step, { kind: "numbers", shape: input.value.shape }, {});
  return op.run(step, input.value, { outputs: {}, labels: {}, traces: {} });
}

function uncrop({ input, step: given }) {
  const step = outputStep(given, "$");
  const steps = input.steps.map((each) => inputStep(each, "$"));
  const traces = { image: traced(steps, input.width, input.height) };
  const value = valueOf(input);
  WHOLE.readOps.uncrop.after(step, { kind: input.boxes ? "objects" : input.xy ? "points" : "mask" }, {});
  const found = WHOLE.readOps.uncrop.run(step, value, {
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
