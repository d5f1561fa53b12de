/**
 * How far two runs lie apart.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { differenceOf, quantile, realOf } from "../../web_demo/lib/difference.js";

test("a difference is the largest, the mean and the signal-to-noise ratio", () => {
  const found = differenceOf([3, -4, 0], [3, -4.5, 0.5]);
  assert.deepEqual([found.count, found.identical, found.largest, found.scale], [3, false, 0.5, 4]);
  assert.ok(Math.abs(found.mean - 1 / 3) < 1e-12);
  assert.ok(Math.abs(found.snr - 10 * Math.log10(25 / 0.5)) < 1e-9);
});

test("what is the same is identical, and what cannot be compared says so", () => {
  assert.deepEqual(differenceOf([1, NaN], [1, NaN]).largest, 0);
  assert.equal(differenceOf([1, 2], [1, 2]).snr, Infinity);
  assert.equal(differenceOf([0, 0], [0, 1]).snr, -Infinity);
  assert.ok(Number.isNaN(differenceOf([1, 2], [1, NaN]).largest));
  assert.equal(differenceOf([1], [1, 2]).count, 0);
});

test("quantised numbers are compared as what they stand for", () => {
  assert.deepEqual([...realOf(Int8Array.of(-128, 0, 127), { scale: 0.5, zero_point: -128 })], [0, 64, 127.5]);
  assert.deepEqual([...realOf(BigInt64Array.of(7n), {})], [7]);
});

test("quantiles are numpy's", () => {
  // numpy.quantile([4, 1, 3, 2], [0.5, 0.95]) gives 2.5 and 3.85
  assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.ok(Math.abs(quantile([4, 1, 3, 2], 0.95) - 3.85) < 1e-12);
  assert.equal(quantile([7], 0.95), 7);
});
