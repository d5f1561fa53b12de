/** Answers for every row of a CSV file: node classify.mjs BUNDLE.satchel ROWS.csv. The contract is Satchel's, the engine TF.js. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { BundleReader, openPipeline } from "../../web_demo/lib/contract.js"; // "satchel/contract" in a project of its own
import { readRows } from "../../web_demo/lib/csv.js"; // "satchel/csv"

const require = createRequire(new URL("../../web_demo/", import.meta.url));
const tf = require("@tensorflow/tfjs-core");
const { loadGraphModel } = require("@tensorflow/tfjs-converter");
require("@tensorflow/tfjs-backend-cpu");

const [bundle, table] = process.argv.slice(2).map((path) => new Uint8Array(readFileSync(path)));
const reader = await BundleReader.open(bundle);
const pipeline = await openPipeline(reader.spec, reader.labels, "float32/tfjs");
const model = await loadGraphModel({ load: async () => graphOf(await reader.tfjs("float32")) });
const [input, output] = [reader.spec.inputs[0], reader.spec.outputs[0]];

for await (const row of readRows(table)) {
  const { data, shape } = pipeline.prepare(row)[input.name];
  const scores = model.predict(tf.tensor(data, shape)).dataSync();
  const { classes } = pipeline.read({ [output.name]: scores });
  console.log(`${classes[0].label} ${classes[0].score.toFixed(3)}`);
}

/** Gives what TF.js asks of a model's storage. */
function graphOf(files) {
  const { weightsManifest, ...rest } = JSON.parse(new TextDecoder().decode(files.get("model.json")));
  const weightData = Buffer.concat(weightsManifest.flatMap(({ paths }) => paths.map((path) => files.get(path))));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return {
    ...rest,
    weightSpecs,
    weightData: weightData.buffer.slice(weightData.byteOffset).slice(0, weightData.length),
  };
}
