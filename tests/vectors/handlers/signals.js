/** Vectors of the steps on stretches of signals. */

import { Pipeline } from "../../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";
import { rowStep } from "./tables.js";

/** Gives the first sample and the tensor of each window, or of the only one; of a signal that may state its rate. */
async function windowsOf(steps, { data, shape }, { rate, tensor, single } = {}) {
  const bound = (name, given) => (tensor ? { "a/tflite": { name, index: 0, ...given } } : {});
  const scores = { shape: [1, 2], dtype: "float32" };
  const document = {
    satchel: "1.0",
    name: "case",
    task: "signal_classification",
    inputs: [{ name: "signal", steps, tensor: bound("t", tensor) }],
    outputs: [{ name: "scores", steps: [], tensor: bound("s", scores) }],
  };
  const pipeline = new Pipeline(parseSpec(document), {}, tensor ? "a/tflite" : undefined);
  const loaded = await pipeline.load({ values: data, channels: shape[1], rate });
  if (single) return [{ start: 0, ...pipeline.prepare(loaded.signal).signal }];
  const found = pipeline.windows(loaded);
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

async function signalPipeline({ input, steps, ...how }) {
  const found = await windowsOf(steps, input, how);
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
