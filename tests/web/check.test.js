/** A check holds what this machine gives against what the bundle says; headers and models that are garbage are refused. */

import assert from "node:assert/strict";
import test from "node:test";

import { BundleReader } from "../../web_demo/lib/bundle_reader.js";
import { checkGolden } from "../../web_demo/lib/check.js";
import { SatchelError } from "../../web_demo/lib/errors.js";
import { readHeader, takeWebpOrientation } from "../../web_demo/lib/photo_header.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { bindings } from "../../web_demo/lib/tflite_model.js";
import { satchelFile } from "./support.js";

/** Gives the report of a bundle whose model gives these scores, or in each run those of another list. */
async function reportOf(scores, change, options) {
  const reader = await BundleReader.open(satchelFile(change));
  const pipeline = new Pipeline(reader.spec, reader.labels, "a/tflite");
  const loaded = { artefact: "a/tflite", pipeline };
  let run = 0;
  const infer = async () => ({ scores: Array.isArray(scores) ? scores[run++ % scores.length] : scores });
  return checkGolden({ reader, loaded: () => loaded, infer }, options);
}

/** Gives a report without its times, which are positive. */
function timeless({ cases, ...report }) {
  const without = cases.map(({ milliseconds, ...each }) => {
    assert.ok(milliseconds.length === report.runs && milliseconds.every((each) => each >= 0));
    return each;
  });
  return { ...report, cases: without };
}

test("the golden answer passes", async () => {
  const seen = timeless(await reportOf(Float32Array.of(0.25, 0.75)));
  const held = { prepared: true, output: { ok: true, largest: 0 }, answer: true, verdict: "right" };
  const cases = ["one", "two", "three"].map((id) => ({ id, ...held }));
  assert.deepEqual(seen, { artefact: "a/tflite", bound: 0, runs: 2, cases, pass: true });
});

test("another output is found, and by how much it is off", async () => {
  const { cases, pass } = timeless(await reportOf(Float32Array.of(0.25, 0.5)));
  const wrong = { prepared: true, output: { ok: false, largest: 1 / 3 }, answer: false, verdict: "wrong" };
  assert.deepEqual(cases[0], { id: "one", ...wrong });
  assert.equal(pass, false);
});

test("an accelerator that is right only once is found by running every case again", async () => {
  const [right, wrong] = [Float32Array.of(0.25, 0.75), Float32Array.of(0.75, 0.25)];
  const twice = await reportOf([right, wrong]);
  assert.deepEqual(
    twice.cases.map(({ verdict, output: { ok }, answer }) => [verdict, ok, answer]),
    Array(3).fill(["right once", false, false]),
  );
  assert.equal(twice.pass, false);
  const once = await reportOf([right, wrong], undefined, { runs: 1 });
  assert.deepEqual(
    once.cases.map(({ verdict }) => verdict),
    ["right", "wrong", "right"],
  );
});

test("every case is told of when it is done", async () => {
  const told = [];
  const { cases } = await reportOf(Float32Array.of(0.25, 0.75), undefined, { onCase: (each) => told.push(each) });
  assert.deepEqual(told, cases);
});

test("an output of another length, or of no numbers, is as wrong as can be", async () => {
  const short = await reportOf(Float32Array.of(0.75));
  assert.deepEqual(short.cases[0].output, { ok: false, largest: Infinity });
  const nan = await reportOf(Float32Array.of(NaN, 0.75));
  assert.deepEqual([nan.cases[0].output, nan.cases[0].answer], [{ ok: false, largest: Infinity }, false]);
});

test("the header of a photo tells its size and whether anything is missing", () => {
  const png = Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
    ...[0, 0, 0, 5, 0, 0, 0, 3, 8, 6, 0, 0, 0, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0x49, 0x44, 0x41, 0x54],
  ]);
  const expected = { format: "PNG", width: 5, height: 3, alpha: true, profile: true, whole: true };
  assert.deepEqual(readHeader(png), expected);
  for (let length = 8; length < png.length; length++) assert.equal(readHeader(png.slice(0, length))?.whole, false);
  assert.equal(readHeader(new TextEncoder().encode("no picture")), undefined);
});

test("the EXIF of a WebP gives its orientation and is hidden from the browser", () => {
  const exif = [...Buffer.from("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0", "latin1")];
  const chunk = [...Buffer.from("EXIF"), exif.length, 0, 0, 0, ...exif];
  const file = Uint8Array.from([...Buffer.from("RIFF\0\0\0\0WEBP"), ...chunk]);
  assert.equal(takeWebpOrientation(file), 6);
  assert.equal(takeWebpOrientation(file), 1);
});

test("bytes that are no .tflite are refused, whatever they hold", () => {
  const garbage = Uint8Array.from({ length: 200 }, (_, i) => (i * 37) % 256);
  garbage.set([16, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33]);
  for (let length = 0; length <= garbage.length; length++) {
    assert.throws(
      () => bindings(garbage.slice(0, length)),
      (error) => error instanceof SatchelError && error.code === "model/not-a-model",
    );
  }
});
