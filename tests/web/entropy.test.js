/**
 * The entropy coded form, damaged: it is refused within its bound, or gives the stated length, and never anything else. What it holds is
 * in the vectors.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { decoded } from "../../web_demo/lib/entropy.js";
import { SatchelError } from "../../web_demo/lib/errors.js";

const FILE = fileURLToPath(new URL("../../metadata/vectors/entropy/contract.json", import.meta.url));
const { input } = JSON.parse(readFileSync(FILE, "utf8")).cases.find(({ id }) => id === "model");
const stored = Uint8Array.from(Buffer.from(input.stored.data, "base64"));

/** Gives numbers below a bound, the same in every run. */
function draws(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function outcome(code, size) {
  try {
    return decoded(code, size, "x").length;
  } catch (error) {
    assert.ok(error instanceof SatchelError, String(error));
    return error.code;
  }
}

test("flipped bits and noise are refused or give the stated length", () => {
  const draw = draws(7);
  const found = new Set();
  for (let round = 0; round < 300; round++) {
    const code = round % 3 ? stored.slice() : Uint8Array.from({ length: 60 }, () => draw(256));
    for (let flips = draw(3) + 1; flips > 0; flips--) code[draw(code.length)] ^= 1 << draw(8);
    found.add(outcome(code, input.size));
  }
  assert.ok(found.has("bundle/changed-file"));
  for (const each of found) assert.ok(["bundle/bomb", "bundle/changed-file", input.size].includes(each), String(each));
});

test("every cut is refused", () => {
  for (let length = 0; length < stored.length; length++) {
    assert.equal(outcome(stored.subarray(0, length), input.size), "bundle/changed-file");
  }
});
