/** Camera frames: prepared for specs of photos and of frames, and checked as golden inputs. */

import assert from "node:assert/strict";
import test from "node:test";
import { deflateRawSync } from "node:zlib";

import { BundleReader } from "../../web_demo/lib/bundle_reader.js";
import { checkGolden } from "../../web_demo/lib/check.js";
import { frameOfPhoto } from "../../web_demo/lib/frame_of_photo.js";
import { parseGolden } from "../../web_demo/lib/golden.js";
import { openPipeline } from "../../web_demo/lib/needed.js";
import { fromPixels } from "../../web_demo/lib/photo_pixels.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../web_demo/lib/spec.js";
import { nv21 } from "../../web_demo/lib/values.js";
import { bundleFiles, manifestOf, sha256, specWith, zipOf } from "./support.js";

const DECODE = { op: "decode" };
const YUV = { op: "yuv_to_rgb", format: "NV21", range: "full", rotation: 90 };
const GREY = Uint8Array.from({ length: 24 }, (_, i) => (i < 16 ? 10 * i : 128));
const refuses = (code) => (error) => error.code === code;

/** Gives the pipeline of a spec with an input for each first step. */
function taking(...firsts) {
  const inputs = firsts.map((first, place) => ({ name: `input${place}`, steps: [first] }));
  return new Pipeline(parseSpec({ ...specWith([DECODE]), task: "generic", inputs }), {});
}

/** Gives the tensor that a pipeline makes of a thing. */
async function prepared(pipeline, thing) {
  return pipeline.windows(await pipeline.load(thing))[0].tensors.input0;
}

test("a frame is prepared for photos as for frames, also where only what the spec names was loaded", async () => {
  const expected = await prepared(taking(YUV), nv21(GREY, 4, 4));
  assert.deepEqual([...expected.data.slice(0, 6)], [120, 120, 120, 80, 80, 80]);
  const whole = expected.data.slice();
  const told = nv21(GREY, 4, 4, { range: "full", rotation: 90 });
  assert.deepEqual((await prepared(taking(DECODE), told)).data, whole);
  const little = await openPipeline(parseSpec(specWith([DECODE])), {});
  assert.deepEqual(little.prepare((await little.load(told)).image).image.data, whole);
});

test("a frame that does not say how it becomes a photo is refused", async () => {
  for (const told of [{}, { range: "full" }, { rotation: 0 }, { range: "video", rotation: 0 }]) {
    await assert.rejects(prepared(taking(DECODE), nv21(GREY, 4, 4, told)), refuses("input/wrong-frame"));
  }
  await assert.rejects(prepared(taking(YUV), nv21(GREY, 4, 4, { rotation: 0 })), refuses("input/wrong-frame"));
  await assert.rejects(prepared(taking(YUV), new Blob([GREY])), refuses("input/wrong-frame"));
});

test("the coordinates of a turned frame are those of the upright picture", async () => {
  const pipeline = taking(DECODE);
  const loaded = await pipeline.load(nv21(new Uint8Array(24), 8, 2, { range: "full", rotation: 90 }));
  const { x, y } = pipeline.windows(loaded)[0].trace.input0;
  assert.deepEqual([x.given, y.given], [2, 8]);
});

test("inputs of different kinds are named where one thing is given", async () => {
  const both = taking(YUV, { ...DECODE });
  const frame = nv21(GREY, 4, 4, { range: "full", rotation: 90 });
  const { tensors } = both.windows(await both.load({ input0: frame, input1: frame }))[0];
  assert.deepEqual(tensors.input0.data, tensors.input1.data);
  for (const thing of [frame, { input0: frame }, undefined]) {
    await assert.rejects(both.load(thing), (error) => {
      assert.match(error.message, /input0 \(a frame\), input1 \(a photo\)/);
      return error.code === "input/wrong-type";
    });
  }
});

/** Y [4, 4] in rows of 5, U and V [2, 2] with 2 bytes from one to the next and other rows: the picture of GREY. */
const APART = { row_strides: [5, 3, 4], pixel_strides: [1, 2] };
const PLANES = Uint8Array.from([
  ...[0, 10, 20, 30, 0, 40, 50, 60, 70, 0, 80, 90, 100, 110, 0, 120, 130, 140, 150],
  ...[128, 0, 128, 128, 0, 128],
  ...[128, 0, 128, 0, 128, 0, 128],
]);

/** Gives a bundle whose golden inputs are a frame, with the step that its input begins with. */
function bundleOf(step, raw, record) {
  const model = Buffer.from("not a model, but long enough to compress compress compress");
  const files = bundleFiles(model);
  const spec = JSON.parse(files["spec.json"]);
  spec.inputs[0].steps[0] = step;
  files["spec.json"] = Buffer.from(JSON.stringify(spec));
  const golden = JSON.parse(files["golden/golden.json"]);
  const hash = sha256(
    Buffer.from(Float32Array.from([105, 25, 125, 45].flatMap((level) => [level, level, level])).buffer),
  );
  const image = { file: "golden/one.yuv.z", width: 4, height: 4, sha256: sha256(raw), ...record };
  for (const each of golden.cases) {
    each.input = { image };
    each.artefacts["a/tflite"].prepared.image.sha256 = hash;
  }
  files["golden/golden.json"] = Buffer.from(JSON.stringify(golden));
  delete files["golden/one.rgb.z"];
  files["golden/one.yuv.z"] = deflateRawSync(raw);
  const manifest = Buffer.from(JSON.stringify(manifestOf(files, model)));
  return zipOf([["manifest.json", manifest], ...Object.entries(files)]);
}

/** Gives the report of such a bundle whose model gives the golden scores. */
async function reportOf(...given) {
  const reader = await BundleReader.open(bundleOf(...given));
  const loaded = { artefact: "a/tflite", pipeline: new Pipeline(reader.spec, reader.labels, "a/tflite") };
  return checkGolden({ reader, loaded: () => loaded, infer: async () => ({ scores: Float32Array.of(0.25, 0.75) }) });
}

test("golden frames are checked, in NV21 and in planes, of specs for frames and for photos", async () => {
  const planar = { ...YUV, format: "YUV_420_888" };
  const told = { range: "full", rotation: 90 };
  for (const given of [
    [YUV, GREY, { format: "NV21" }],
    [YUV, GREY, { format: "NV21", ...told }],
    [planar, PLANES, { format: "YUV_420_888", ...APART }],
    [DECODE, GREY, { format: "NV21", ...told }],
    [DECODE, PLANES, { format: "YUV_420_888", ...APART, ...told }],
  ]) {
    const { cases, pass } = await reportOf(...given);
    assert.ok(pass, JSON.stringify([given, cases]));
  }
  const turned = await reportOf(DECODE, GREY, { format: "NV21", ...told, rotation: 0 });
  assert.deepEqual(
    turned.cases.map(({ prepared: same }) => same),
    [false, false, false],
  );
});

test("a golden frame of another length or hash is refused", async () => {
  const nothing = { format: "NV21", range: "full", rotation: 90 };
  await assert.rejects(reportOf(DECODE, GREY.slice(1), nothing), refuses("bundle/wrong-length"));
  await assert.rejects(reportOf(DECODE, Uint8Array.of(...GREY, 0), nothing), refuses("bundle/bomb"));
  await assert.rejects(reportOf(DECODE, GREY, { ...nothing, sha256: "0".repeat(64) }), refuses("bundle/changed-file"));
});

test("records of frames that contradict themselves are refused where they stand", () => {
  const files = bundleFiles();
  const whole = { file: "golden/a.yuv.z", format: "YUV_420_888", width: 4, height: 4, sha256: "0".repeat(64) };
  const frame = { ...whole, row_strides: [4, 2, 2], pixel_strides: [1, 1], range: "full", rotation: 0 };
  for (const [change, code, where] of [
    [{ format: "NV12" }, "spec/unknown-value", ".format"],
    [{ rotation: 45 }, "spec/unknown-value", ".rotation"],
    [{ row_strides: [4, 2] }, "spec/missing-key", ".row_strides"],
    [{ row_strides: [0, 2, 2] }, "spec/out-of-range", ".row_strides[0]"],
    [{ pixel_strides: [1, 17] }, "spec/out-of-range", ".pixel_strides[1]"],
    [{ row_strides: [3, 2, 2] }, "spec/inconsistent", ""],
    [{ pixel_strides: [1, 2] }, "spec/inconsistent", ""],
    [{ format: "NV21" }, "spec/inconsistent", ""],
    [{ pixel_strides: undefined }, "spec/inconsistent", ""],
  ]) {
    const golden = JSON.parse(files["golden/golden.json"]);
    golden.cases[0].input.image = { ...frame, ...change };
    const read = () => parseGolden(Uint8Array.from(Buffer.from(JSON.stringify(golden))));
    assert.throws(read, (error) => {
      assert.deepEqual([error.code, error.where], [code, `golden.json $.cases[0].input.image${where}`]);
      return true;
    });
  }
});

test("a photo becomes the frame that Python makes of it", () => {
  const flat = fromPixels(
    Uint8Array.from({ length: 12 }, (_, i) => [200, 30, 30][i % 3]),
    2,
    2,
  );
  const levels = { full: [81, 99, 213], limited: [85, 103, 203] };
  for (const [range, expected] of Object.entries(levels)) {
    const { y, u, v } = frameOfPhoto(flat, { format: "YUV_420_888", range, rotation: 0 });
    assert.deepEqual([[...y], [...u], [...v]], [Array(4).fill(expected[0]), [expected[1]], [expected[2]]]);
  }
});

test("the frame of a photo is upright when it is prepared, also of an odd size", async () => {
  const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, i) => 5 * Math.floor(i / 3));
  for (const format of ["NV21", "YUV_420_888"]) {
    for (const rotation of [0, 90, 180, 270]) {
      const frame = frameOfPhoto(fromPixels(pixels, 5, 3), { format, range: "full", rotation });
      assert.deepEqual([frame.width, frame.height], rotation % 180 ? [3, 5] : [5, 3]);
      for (const first of [DECODE, { ...YUV, format, rotation }]) {
        const { data, shape } = await prepared(taking(first), frame);
        assert.deepEqual([shape, [...data]], [[1, 3, 5, 3], [...pixels]]);
      }
    }
  }
});
