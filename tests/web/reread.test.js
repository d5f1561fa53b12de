/** Outputs are read anew with other parameters, which the spec's own steps take. */

import assert from "node:assert/strict";
import test from "node:test";

import { BundleReader } from "../../web_demo/lib/bundle_reader.js";
import { openBundle } from "../../web_demo/lib/bundle.js";
import { rereading, rereadingPipeline } from "../../web_demo/lib/reread.js";
import { WHOLE } from "../../web_demo/lib/whole.js";
import { satchelFile } from "./support.js";

const STEPS = [
  { op: "nms", iou: 0.5, score: 0.1, per_class: true, max: 10 },
  { op: "threshold", score: 0.2 },
  { op: "top_k", k: 5 },
];

test("every step that has a parameter takes it, and only that", () => {
  const spec = { outputs: [{ name: "out", steps: STEPS }] };
  const [{ steps }] = rereading(spec, { score: 0.4, k: 2 }).outputs;
  assert.deepEqual(steps, [
    { op: "nms", iou: 0.5, score: 0.4, per_class: true, max: 10 },
    { op: "threshold", score: 0.4 },
    { op: "top_k", k: 2 },
  ]);
  assert.deepEqual(spec.outputs[0].steps, STEPS);
});

test("outputs give more classes with a larger k", async () => {
  const reader = await BundleReader.open(satchelFile());
  const scores = Float32Array.of(0.25, 0.75);
  const read = (reading) => {
    const { classes } = rereadingPipeline(WHOLE, reader, "a/tflite", reading).read({ scores });
    return classes.map(({ index, score }) => [index, score]);
  };
  const both = [
    [1, 0.75],
    [0, 0.25],
  ];
  assert.deepEqual(read({}), both.slice(0, 1));
  assert.deepEqual(read({ k: 2 }), both);
});

test("a parameter outside its range is refused as in a spec", async () => {
  const reader = await BundleReader.open(satchelFile());
  assert.throws(() => rereadingPipeline(WHOLE, reader, "a/tflite", { k: 0 }), { code: /^spec\// });
});

test("without a model there is nothing to read anew", async () => {
  const bundle = await openBundle(satchelFile());
  assert.throws(() => bundle.reread({ k: 1 }), { code: "env/nothing-loaded" });
});
