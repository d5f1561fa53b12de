/** Prints the hashes of tensors of random pictures by random steps, for simd.test.js. */

import { createHash } from "node:crypto";

import { bytesOf } from "../../web_demo/lib/ops/bytes.js";
import { checkSteps } from "../../web_demo/lib/infer.js";
import { fromPixels } from "../../web_demo/lib/photo.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../web_demo/lib/spec.js";
import { specWith } from "./support.js";

const METHODS = ["bilinear", "hamming", "box", "bicubic", "lanczos"].map((name) => `pillow.${name}`);
METHODS.push("tf.bilinear", "tf.bilinear", "tf.bilinear", "tf.area", "opencv.linear");
const COUNT = 400;

let programs = 0;
const instance = WebAssembly.Instance;
WebAssembly.Instance = class extends instance {
  constructor(...given) {
    super(...given);
    programs++;
  }
};

let state = 20260;
/** Gives a whole number from 0 to before `below` (Knuth's linear congruences). */
function random(below) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const among = (values) => values[random(values.length)];

function steps(channels) {
  const size = { width: 1 + random(70), height: 1 + random(70) };
  const found = [{ op: "resize", method: among(METHODS), fit: "stretch", ...size }];
  if (random(3) === 0) {
    const crop = { width: 1 + random(size.width), height: 1 + random(size.height) };
    found.push({ op: "crop", ...crop, offset_rounding: among(["floor", "half_even"]) });
  }
  if (random(4) === 0) found.push({ op: "flip", axis: among(["horizontal", "vertical"]) });
  if (random(6) === 0)
    found.push({ op: "pad", left: random(3), top: 1, right: random(3), bottom: 0, value: [random(256)] });
  const numbers = () => Array.from({ length: among([1, channels]) }, () => 0.05 + random(1000) / 999);
  if (random(5) > 0)
    found.push(
      among([
        { op: "rescale", divisor: 255 },
        { op: "rescale", factor: 1 / 255, offset: 0 },
      ]),
    );
  if (found.at(-1).op === "rescale" && random(4) > 0) {
    found.push({ op: "normalize", mean: numbers(), std: numbers(), range: "0..1" });
  }
  if (random(4) === 0) found.push({ op: "layout", to: "NCHW" });
  return found;
}

function photo() {
  const [width, height, channels] = [1 + random(90), 1 + random(200), among([3, 4])];
  const pixels = Uint8Array.from({ length: width * height * channels }, () => random(256));
  if (channels === 4) for (let p = 3; p < pixels.length; p += 4) pixels[p] = 255;
  return fromPixels(pixels, width, height, { channels });
}

function tensorOf(dtype, shape) {
  const numbers = dtype === "float32" ? {} : { scale: 0.0078, zero_point: dtype === "int8" ? -3 : 128 };
  return { "a/tflite": { name: "in", index: 0, shape, dtype, ...numbers } };
}

/** Gives the shape of what the steps of a spec prepare. */
function shapeOf(spec) {
  const [shapes] = checkSteps(parseSpec(spec));
  const { width, height, channels, layout } = shapes.at(-1);
  return layout === "NCHW" ? [1, channels, height, width] : [1, height, width, channels];
}

const hashes = [];
for (let i = 0; i < COUNT; i++) {
  const grey = random(5) === 0;
  const spec = specWith([{ op: "decode" }, ...(grey ? [{ op: "color", to: "GRAY" }] : []), ...steps(grey ? 1 : 3)]);
  const tensor = tensorOf(among(["float32", "float32", "uint8", "int8"]), shapeOf(spec));
  const inputs = spec.inputs.map((each) => ({ ...each, tensor }));
  const outputs = spec.outputs.map((each) => ({ ...each, tensor: tensorOf("float32", [1, 2]) }));
  const pipeline = new Pipeline(parseSpec({ ...spec, inputs, outputs }), { labels: ["a", "b"] }, "a/tflite");
  const { data } = Object.values(pipeline.prepare(photo()))[0];
  hashes.push(createHash("sha256").update(bytesOf(data)).digest("hex"));
}
console.log(JSON.stringify({ programs, hashes }));
