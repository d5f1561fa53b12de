/** Vectors of the steps that make a tensor of a picture. */

import { SatchelError } from "../../../web_demo/lib/errors.js";
import { fromPixels, loadPhoto } from "../../../web_demo/lib/photo.js";
import { Pipeline } from "../../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";
import { nv21 } from "../../../web_demo/lib/values.js";

/** Gives the pipeline of a spec with one input and one output. */
function pipeline(steps, tensor) {
  const common = { index: 0, layout: "NHWC" };
  const entry = tensor ? { "float32/tflite": { name: "t", ...common, ...tensor } } : {};
  const scores = tensor ? { "float32/tflite": { name: "s", index: 0, shape: [1, 2], dtype: "float32" } } : {};
  const document = {
    name: "test",
    task: "generic",
    inputs: [{ name: "image", steps, tensor: entry }],
    outputs: [{ name: "scores", steps: [], tensor: scores }],
  };
  return new Pipeline(parseSpec(document), {}, tensor ? "float32/tflite" : undefined);
}

/** Leaves out the batch axis. */
function single({ data, shape }) {
  return { data, shape: shape.slice(1) };
}

function photoOf({ data, shape }) {
  if (shape.length !== 3 || shape[2] !== 3 || !(data instanceof Uint8Array)) {
    throw new SatchelError("input/wrong-array", `expected uint8 [h, w, 3], found [${shape}]`, { where: "photo" });
  }
  return fromPixels(data, shape[1], shape[0]);
}

function step(each) {
  const steps = [{ op: "decode" }, ...(each.before ?? []), each.step];
  return single(pipeline(steps).prepare(photoOf(each.input)).image);
}

async function decode(each, _file, { bytesOf }) {
  pipeline([each.step]); // refuses what the step must not hold
  const photo = await loadPhoto(new Blob([bytesOf(each.input.base64)]), each.step.background ?? [0, 0, 0]);
  const pixels = single(pipeline([{ op: "decode" }]).prepare(photo).image);
  const { data, shape } = { data: pixels.data.slice(), shape: pixels.shape };
  photo.close();
  return { data, shape };
}

async function yuvToRgb(each) {
  const prepared = pipeline([each.step]);
  const { image } = await prepared.load(frameOf(each.input));
  return single(prepared.prepare(image).image);
}

/** Gives the frame that a case describes. */
function frameOf({ width, height, planes, row_strides: rows, pixel_strides: pixels, range, rotation }) {
  const [y, u, v] = planes.map(({ data }) => data);
  if (planes.length === 1) return nv21(y, width, height, { range, rotation });
  const strides = { yRowStride: rows[0], uRowStride: rows[1], vRowStride: rows[2] };
  const apart = { yPixelStride: pixels[0], uvPixelStride: pixels[1] };
  return { width, height, y, u, v, ...strides, ...apart, range, rotation };
}

async function wholePipeline(each, _file, { stored }) {
  const prepared = pipeline(each.steps, each.tensor);
  const { input } = each;
  if (input.planes) return prepared.prepare((await prepared.load(frameOf(input))).image).image;
  if (!input.file) return prepared.prepare(photoOf(input)).image;
  return prepared.prepare(fromPixels(await stored(input.file), input.width, input.height)).image;
}

const MOVED = ["color", "resize", "crop", "crop_content", "center_of_mass", "pad", "rescale", "normalize", "layout", "flip"];

export const HANDLERS = {
  ...Object.fromEntries(MOVED.map((op) => [op, step])),
  decode,
  yuv_to_rgb: yuvToRgb,
  pipeline: wholePipeline,
};

/** What only a browser can run, and why. */
export const BROWSER_ONLY = { decode: "Node has no decoder of pictures" };
