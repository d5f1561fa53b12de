/** The fastest way that is right is chosen, with a reason; the library's version is the package's. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { fastest, reasonOf } from "../../web_demo/lib/fastest.js";
import { VERSION } from "../../web_demo/lib/version.js";

const trial = (threads, verdict, milliseconds, backend = "wasm") => ({
  candidate: { artefact: "int8/tflite", runtime: "LiteRT.js", backend, threads },
  verdict,
  milliseconds,
  cases: Array(4),
});

test("what is wrong, or right only once, is never chosen, however fast", () => {
  const right = trial(2, "right", 9);
  const all = [trial(1, "right", 14), right, trial(1, "wrong", 1, "webgpu"), trial(4, "right once", 2)];
  assert.equal(fastest(all), right);
  assert.equal(
    reasonOf(right, all),
    "int8 on LiteRT.js, 2 threads: right in all 4 golden cases, 9.0 ms; 1 thread 14.0 ms; WebGPU is wrong; 4 threads is right once.",
  );
});

test("of those that take the same time within the noise, the one that is preferred", () => {
  const preferred = trial(2, "right", 9.9);
  assert.equal(fastest([preferred, trial(1, "right", 9.1)]), preferred);
  const tiny = trial(2, "right", 0.05);
  assert.equal(fastest([tiny, trial(1, "right", 0.01)]), tiny);
  const faster = trial(1, "right", 8);
  assert.equal(fastest([preferred, faster]), faster);
});

test("another variant or runtime is named whole, and of many only some", () => {
  const chosen = trial(2, "right", 9);
  const graph = {
    ...trial(1, "right", 31, "webgl"),
    candidate: { artefact: "float32/tfjs", runtime: "TF.js", backend: "webgl", threads: 1 },
  };
  assert.match(reasonOf(chosen, [chosen, graph]), /9\.0 ms; float32 on TF\.js, webgl 31\.0 ms\.$/);
  const many = [chosen, ...Array.from({ length: 6 }, () => trial(1, "right", 12))];
  assert.match(reasonOf(chosen, many), /12\.0 ms; 2 more\.$/);
  assert.match(reasonOf(chosen, [chosen], 3), /9\.0 ms; no time for 3 others\.$/);
});

test("where nothing is right nothing is chosen", () => {
  assert.equal(fastest([trial(1, "failed", null), trial(2, "wrong", 1)]), undefined);
});

test("the library's version is its package's", () => {
  const path = new URL("../../web_demo/lib/package.json", import.meta.url);
  assert.equal(VERSION, JSON.parse(readFileSync(path, "utf8")).version);
});
