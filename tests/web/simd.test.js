/** What is computed with WebAssembly is what plain JavaScript computes, to the bit: random pictures are prepared in two processes. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";

const PREPARING = fileURLToPath(new URL("preparing.js", import.meta.url));
const MAKING = fileURLToPath(new URL("../../web_demo/wasm/make.js", import.meta.url));
const WITHOUT = "data:text/javascript,WebAssembly.validate = () => false;";

function prepared(...flags) {
  return JSON.parse(execFileSync(process.execPath, [...flags, PREPARING], { encoding: "utf8" }));
}

test("every prepared tensor is the same with WebAssembly and without", () => {
  const [simd, plain] = [prepared(), prepared("--import", WITHOUT)];
  assert.equal(simd.programs, 3);
  assert.equal(plain.programs, 0);
  assert.ok(simd.hashes.length >= 400);
  assert.deepEqual(simd.hashes, plain.hashes);
});

test("the programs are what their sources assemble to", () => {
  execFileSync(process.execPath, [MAKING, "--check"]);
});
