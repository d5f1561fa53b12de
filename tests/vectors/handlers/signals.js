/** Vectors of the steps on stretches of signals. */

import { Pipeline } from "../../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";
import { rowStep } from "./tables.js";

/** Gives the first sample and the tensor of each window. */
async function windowsOf(steps, { data, shape }) {
  const document = {
    satchel: "1.0",
    name: "case",
    task: "signal_classification",
    inputs: [{ name: "signal", steps }],
    outputs: [{ name: "scores", steps: [] }],
  };
  const pipeline = new Pipeline(parseSpec(document), {});
  const found = pipeline.windows(await pipeline.load({ values: data, channels: shape[1] }));
  return found.map(({ start, tensors }) => ({ start, ...tensors.signal }));
}

/** Gives arrays of one shape as one, along a new first axis. */
function stacked(found, shape) {
  const data = new Float32Array(found.reduce((count, each) => count + each.data.length, 0));
  found.forEach((each, place) => data.set(each.data, place * each.data.length));
  return { data, shape: [found.length, ...shape] };
}

async function step({ input, step: one }) {
  const [{ data, shape }] = await windowsOf([one], input);
  return { data, shape: shape.slice(1) };
}

async function standardize(each) {
  return Array.isArray(each.input) ? rowStep(each) : step(each);
}

async function window({ input, step: one }) {
  const found = await windowsOf([one], input);
  return {
    starts: found.map(({ start }) => start),
    windows: stacked(found, found[0].shape.slice(1)),
  };
}

async function signalPipeline({ input, steps }) {
  const found = await windowsOf(steps, input);
  return {
    starts: found.map(({ start }) => start),
    tensors: stacked(found, found[0].shape),
  };
}

export const HANDLERS = {
  resample: step,
  detrend: step,
  window,
  standardize,
  signal_pipeline: signalPipeline,
};
