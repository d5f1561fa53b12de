/** What vectors do not show: that every way through the pipeline gives the same, and what it refuses. */

import assert from "node:assert/strict";
import test from "node:test";

import { openPipeline } from "../../web_demo/lib/needed.js";
import { fromPixels } from "../../web_demo/lib/photo.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../web_demo/lib/spec.js";
import { oriented, picture } from "../../web_demo/lib/ops/picture.js";
import { arrayOf, specWith, vectors } from "./support.js";

const METHODS = [
  ...["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"].map((name) => `pillow.${name}`),
  ...["bilinear", "bilinear_antialias", "nearest", "bicubic", "area"].map((name) => `tf.${name}`),
  ...["linear", "area", "nearest"].map((name) => `opencv.${name}`),
];
const DECODE = { op: "decode" };

/** Gives a pipeline of these steps, with tensors of one artefact where given. */
function pipelineOf(steps, { reading = [], tensors = {}, labels = {} } = {}) {
  return new Pipeline(parseSpec(specWith(steps, reading, tensors)), labels, tensors.input ? "a/tflite" : undefined);
}

/** Gives RGB pixels as a canvas holds them. */
function rgba(rgb) {
  const out = new Uint8ClampedArray((rgb.length / 3) * 4).fill(255);
  for (let i = 0; i < rgb.length; i++) out[Math.floor(i / 3) * 4 + (i % 3)] = rgb[i];
  return out;
}

test("four bytes a pixel, as a canvas gives them, are resized to the bits of three", () => {
  for (const { cases } of vectors("resize")) {
    for (const { id, input, step, before, expected } of cases) {
      if (expected === undefined || before !== undefined) continue;
      const [height, width] = input.shape;
      const photo = fromPixels(rgba(arrayOf(input)), width, height, { channels: 4 });
      const { data } = pipelineOf([DECODE, step]).prepare(photo).image;
      assert.deepEqual(data, Float32Array.from(arrayOf(expected)), id);
    }
  }
});

test("a tensor of integers is quantised half away from zero, and clamped", () => {
  const tensors = {
    input: { "a/tflite": { name: "t", index: 0, shape: [1, 1, 6, 3], dtype: "uint8", scale: 0.5, zero_point: 10 } },
    output: { "a/tflite": { name: "s", index: 0, shape: [1, 3], dtype: "uint8", scale: 0.25, zero_point: 2 } },
  };
  const normalize = { op: "normalize", mean: [100], std: [4], range: "0..255" };
  const same = { op: "resize", method: "pillow.nearest", fit: "stretch", width: 6, height: 1 };
  const pipeline = pipelineOf([DECODE, same, normalize], { tensors, reading: [{ op: "top_k", k: 2 }] });
  const pixels = Uint8Array.from([99, 100, 101, 98, 102, 103, 0, 255, 97, 104, 96, 105, 79, 78, 80, 1, 254, 90]);
  const half = (x) => Math.sign(x) * Math.round(Math.abs(x));
  const expected = Array.from(pixels, (x) => Math.min(255, Math.max(0, half((x - 100) / 4 / 0.5) + 10)));
  assert.deepEqual(pipeline.prepare(fromPixels(pixels, 6, 1)).image.data, Uint8Array.from(expected));
  const { classes } = pipeline.read({ scores: Uint8Array.of(6, 255, 6) });
  assert.deepEqual(classes, [
    { index: 1, label: null, score: 63.25 },
    { index: 0, label: null, score: 1 },
  ]);
});

test("classes are ranked best first, the lower index first among equals, with their labels", () => {
  const reading = [
    { op: "top_k", k: 3 },
    { op: "threshold", score: 0.3 },
    { op: "label", labels: "classes" },
  ];
  const pipeline = pipelineOf([DECODE], { reading, labels: { classes: ["a", "b", "c", "d"] } });
  const { classes } = pipeline.read({ scores: Float32Array.of(0.3, 0.5, 0.5, 0.1) });
  assert.deepEqual(
    classes.map(({ index, label }) => [index, label]),
    [
      [1, "b"],
      [2, "c"],
      [0, "a"],
    ],
  );
});

test("a score that is NaN, a missing output and a photo smaller than the crop are refused", () => {
  const pipeline = pipelineOf([DECODE, { op: "crop", width: 9, height: 9, offset_rounding: "floor" }]);
  assert.throws(() => pipeline.read({ scores: Float32Array.of(0, NaN) }), {
    code: "model/nan-output",
    message: /class 1/,
  });
  assert.throws(() => pipeline.read({}), { code: "model/missing-output" });
  const small = fromPixels(new Uint8Array(3), 1, 1, { name: "dot.png" });
  assert.throws(() => pipeline.prepare(small), { code: "input/too-small", where: "dot.png" });
  assert.throws(() => pipeline.windows({ image: small }), { code: "input/too-small", where: "dot.png" });
  assert.throws(() => fromPixels(new Uint8Array(0), 0, 5), { code: "input/empty" });
  assert.throws(() => fromPixels(new Uint8Array(12), -2, -2), { code: "input/empty" });
  assert.throws(() => fromPixels(new Uint8Array(12), NaN, 2), { code: "input/empty" });
  assert.throws(() => fromPixels(new Uint8Array(5), 1, 1), { code: "input/wrong-array" });
  assert.throws(() => fromPixels(new Uint8Array(5), 2 ** 14, 2 ** 14), { code: "input/too-large" });
});

test("only bytes are pixels, and only photos, rows and signals are prepared", () => {
  for (const kind of [Uint16Array, Float32Array, Int8Array, DataView]) {
    const values = kind === DataView ? new DataView(new ArrayBuffer(12)) : new kind(12);
    assert.throws(() => fromPixels(values, 2, 2, { name: "a.raw" }), { code: "input/wrong-array", where: "a.raw" });
  }
  assert.throws(() => fromPixels(new Uint8Array(12), 2.5, 1.6), { code: "input/wrong-array" });
  const columns = { op: "columns", columns: [{ name: "a", kind: "number" }], missing: [] };
  const kinds = [
    [DECODE, "input/wrong-type"],
    [columns, "input/wrong-row"],
    [{ op: "detrend", kind: "linear" }, "input/wrong-array"],
  ];
  for (const thing of [undefined, null, 1, "photo", [0, 0, 0]]) {
    assert.throws(() => fromPixels(thing, 2, 2), { code: "input/wrong-type" });
    for (const [step, code] of kinds) assert.throws(() => pipelineOf([step]).prepare(thing), { code });
  }
});

test("outputs that are no numbers at all are missing", () => {
  for (const given of [undefined, null, 1, {}, { scores: null }, { scores: "0.5" }]) {
    assert.throws(() => pipelineOf([DECODE]).read(given), { code: "model/missing-output" });
  }
});

test("a pipeline for an artefact is refused where the labels or the sizes do not fit its tensors", async () => {
  const box = { op: "resize", method: "pillow.box", fit: "stretch", width: 6, height: 1 };
  const tensor = { name: "t", index: 0, shape: [1, 1, 6, 3], dtype: "float32" };
  const scores = { name: "s", index: 0, shape: [1, 3], dtype: "float32" };
  const tensors = { input: { "a/tflite": tensor }, output: { "a/tflite": scores } };
  const spec = parseSpec(specWith([DECODE, box], [{ op: "label", labels: "classes" }], tensors));
  const wider = parseSpec(specWith([DECODE, { ...box, width: 7 }], [], tensors));
  const where = "$.outputs[0].steps[0].labels";
  for (const open of [openPipeline, async (...given) => new Pipeline(...given)]) {
    await open(spec, { classes: ["a", "b", "c"] }, "a/tflite");
    await open(spec, { classes: ["a"] });
    await assert.rejects(open(spec, { classes: ["a", "b"] }, "a/tflite"), { code: "spec/label-count", where });
    await assert.rejects(open(wider, {}, "a/tflite"), { code: "spec/shape-mismatch", where: "$.inputs[0].steps" });
    await assert.rejects(open(spec, {}, "b/tflite"), { code: "spec/no-tensor", where: "$.inputs[0].tensor" });
  }
});

test("alpha is composited over the background: (c * a + b * (255 - a) + 127) div 255", () => {
  const photo = fromPixels(Uint8Array.of(255, 0, 9, 128, 1, 2, 3, 0), 2, 1, { channels: 4, background: [0, 255, 9] });
  assert.equal(photo.hadAlpha, true);
  assert.deepEqual(Array.from(photo.picture.data), [128, 127, 9, 255, 0, 255, 9, 255]);
});

test("a prepared tensor is not touched by preparing another input, nor by a step that reads its own kind", () => {
  const box = { op: "resize", method: "tf.bilinear", fit: "stretch", width: 4, height: 4 };
  const twice = pipelineOf([
    DECODE,
    box,
    { op: "flip", axis: "horizontal" },
    { ...box, width: 3, method: "tf.nearest" },
  ]);
  const pixels = Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => i * 5);
  const { data } = twice.prepare(fromPixels(pixels, 4, 4)).image;
  const rows = Array.from({ length: 4 }, (_, y) =>
    [3, 1, 0].map((x) => [0, 1, 2].map((c) => (y * 12 + x * 3 + c) * 5)),
  );
  assert.deepEqual(Array.from(data), rows.flat(2));
});

test("the eight orientations of EXIF turn the picture that they describe upright", () => {
  // Each row of numbers is how a picture of 1 2 3 over 4 5 6 is stored under that orientation.
  const stored = {
    1: [3, [1, 2, 3, 4, 5, 6]],
    2: [3, [3, 2, 1, 6, 5, 4]],
    3: [3, [6, 5, 4, 3, 2, 1]],
    4: [3, [4, 5, 6, 1, 2, 3]],
    5: [2, [1, 4, 2, 5, 3, 6]],
    6: [2, [3, 6, 2, 5, 1, 4]],
    7: [2, [6, 3, 5, 2, 4, 1]],
    8: [2, [4, 1, 5, 2, 6, 3]],
  };
  for (const [orientation, [width, values]] of Object.entries(stored)) {
    const image = picture(Uint8Array.from(values), width, 6 / width, 1);
    const up = oriented(image, Number(orientation));
    const found = [];
    for (let y = 0; y < up.height; y++) {
      for (let x = 0; x < up.width; x++) found.push(up.data[up.offset + y * up.row + x * up.step]);
    }
    assert.deepEqual([up.width, found], [3, [1, 2, 3, 4, 5, 6]], `orientation ${orientation}`);
  }
});

test("a crop behind a resize gives the middle of the whole, whatever the method and the fit", () => {
  const crop = { op: "crop", width: 5, height: 4, offset_rounding: "floor" };
  const fits = [
    { fit: "stretch", width: 12, height: 10 },
    { fit: "cover", width: 9, height: 11, side_rounding: "half_even", offset_rounding: "half_even" },
    { fit: "contain", width: 14, height: 13, side_rounding: "floor", pad_value: [3] },
    { fit: "shorter_side", side: 8, side_rounding: "floor" },
  ];
  const flip = { op: "flip", axis: "horizontal" };
  const pixels = Uint8Array.from({ length: 23 * 17 * 3 }, (_, i) => (i * i) % 251);
  const photo = fromPixels(pixels, 23, 17);
  for (const method of METHODS) {
    for (const fit of fits) {
      const resize = { op: "resize", method, ...fit };
      const together = pipelineOf([DECODE, resize, crop]).prepare(photo).image;
      assert.deepEqual(together.shape, [1, 4, 5, 3]);
      assert.deepEqual(together.data, pipelineOf([DECODE, resize, flip, flip, crop]).prepare(photo).image.data);
    }
  }
});
