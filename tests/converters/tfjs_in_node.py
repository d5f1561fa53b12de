"""What TF.js itself gives, in Node, with its plain JavaScript kernels."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[2]

IN_NODE = """
import fs from "node:fs";
import { createRequire } from "node:module";
const require = createRequire(process.env.WEB + "/");
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
const { loadGraphModel } = require("@tensorflow/tfjs-converter");
const [folder, given, outputs] = process.argv.slice(1);
const document = JSON.parse(fs.readFileSync(`${folder}/model.json`));
const paths = document.weightsManifest.flatMap((group) => group.paths);
const weights = Buffer.concat(paths.map((path) => fs.readFileSync(`${folder}/${path}`)));
await tf.setBackend("cpu");
const model = await loadGraphModel({
  load: async () => ({
    modelTopology: document.modelTopology,
    signature: document.signature,
    weightSpecs: document.weightsManifest.flatMap((group) => group.weights),
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.length),
  }),
});
const bytes = fs.readFileSync(given);
const input = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const tensor = tf.tensor(input, model.inputs[0].shape.map((side) => Math.max(side, 1)));
const found = [].concat(model.execute(tensor, JSON.parse(outputs)));
console.log(JSON.stringify(found.map((tensor) => [tensor.shape, Array.from(tensor.dataSync())])));
"""


def in_node(folder: Path, image: np.ndarray[Any, Any], outputs: list[str]) -> list[np.ndarray[Any, Any]]:
    """Gives the outputs that TF.js itself computes, with its plain JavaScript kernels."""
    given = folder / "given"
    given.write_bytes(image.astype("<f4").tobytes())
    command = ["node", "--input-type=module", "-e", IN_NODE, str(folder), str(given), json.dumps(outputs)]
    environment = {**os.environ, "WEB": str(ROOT / "web_demo")}
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    return [np.array(values, np.float32).reshape(shape) for shape, values in json.loads(said.splitlines()[-1])]
