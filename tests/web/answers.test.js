/** Answers have the same JSON as in Python, and an answer that is near enough counts as the expected one. */

import assert from "node:assert/strict";
import test from "node:test";

import { answerJson, answerOf } from "../../web_demo/lib/answers.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { sameAnswer } from "../../web_demo/lib/same_answer.js";
import { parseSpec } from "../../web_demo/lib/spec.js";

const BOUND = 1e-3;
const classes = (...pairs) => ({
  classes: pairs.map(([index, score]) => ({ index, label: null, score })),
});
const values = (...each) => ({ values: each });
const objects = (...each) => ({
  objects: each.map(([index, score, left]) => ({
    index,
    score,
    box: [left, 0, 100, 100],
  })),
});
const mask = (ones, width = 100) => ({
  mask: {
    width,
    height: 100,
    indices: [0, 1],
    counts: [width * 100 - ones, ones],
  },
});
const points = (x, score = null) => ({ keypoints: [{ x, y: 200, score }] });

const ALIKE = {
  "classes that change places": [classes([0, 0.5], [1, 0.4999]), classes([1, 0.5], [0, 0.4999])],
  "objects that change places": [objects([0, 0.9, 5], [0, 0.9, 50]), objects([0, 0.9, 50], [0, 0.9, 5])],
  "an object a little away": [objects([0, 0.9, 5]), objects([0, 0.9001, 5.5])],
  "a few pixels of a mask": [mask(5000), mask(5009)],
  "a point a little away": [points(10, 0.5), points(10.5, 0.5005)],
  "a value a little away": [values(100, 1), values(100.1, 1.1)],
};
const APART = {
  "another class": [classes([0, 0.9], [1, 0.1]), classes([1, 0.9], [0, 0.1])],
  "an object of another class": [objects([0, 0.9, 5]), objects([1, 0.9, 5])],
  "two objects for one": [objects([0, 0.9, 5], [0, 0.9, 60]), objects([0, 0.9, 5], [0, 0.9, 5])],
  "many pixels of a mask": [mask(5000), mask(5011)],
  "a mask of another size": [mask(5000), mask(5000, 101)],
  "a point far away": [points(10), points(40)],
  "a value more": [values(1), values(1, 1)],
  "another kind of answer": [values(1), classes([0, 1])],
  "windows where there were none": [values(1), { ...values(1), windows: [{ start: 4, ...values(1) }] }],
};

for (const [name, [wanted, found]] of Object.entries(ALIKE)) {
  test(`${name}: within the bound, not identical`, () => {
    assert.ok(sameAnswer(wanted, found, BOUND));
    assert.ok(!sameAnswer(wanted, found, 0));
    assert.ok(sameAnswer(wanted, wanted, 0));
  });
}

for (const [name, [wanted, found]] of Object.entries(APART)) {
  test(`${name}: another answer`, () => assert.ok(!sameAnswer(wanted, found, BOUND)));
}

test("each kind of value becomes its answer, and its JSON", () => {
  const found = {
    boxes: Float32Array.of(1, 2, 3, 4),
    scores: Float32Array.of(0.5),
    classes: Int32Array.of(7),
  };
  assert.deepEqual(answerJson(answerOf(found)), {
    objects: [{ box: [1, 2, 3, 4], index: 7, label: null, score: 0.5 }],
  });
  const places = { xy: Float32Array.of(1, 2, 3, 4), names: ["nose", "tail"] };
  assert.deepEqual(answerJson(answerOf(places)), {
    keypoints: [
      { x: 1, y: 2, score: null, name: "nose" },
      { x: 3, y: 4, score: null, name: "tail" },
    ],
  });
  const cells = {
    width: 3,
    height: 2,
    indices: Uint8Array.of(0, 0, 1, 1, 1, 2),
    labels: ["a", "b", "c"],
  };
  const runs = {
    width: 3,
    height: 2,
    indices: [0, 1, 2],
    counts: [2, 3, 1],
    labels: ["a", "b", "c"],
  };
  assert.deepEqual(answerJson(answerOf(cells)), { mask: runs });
  const numbers = { data: Float32Array.of(0.5, 2, 1), shape: [1, 3] };
  assert.deepEqual(answerJson(answerOf(numbers)), { values: [0.5, 2, 1] });
});

test("the answer of several windows is that of their mean, with each window's own", () => {
  const spec = parseSpec({
    satchel: "1.0",
    name: "test",
    task: "signal_classification",
    inputs: [
      {
        name: "in",
        steps: [{ op: "window", length: 2, hop: 2, tail: "drop" }],
      },
    ],
    outputs: [{ name: "out", steps: [{ op: "label", labels: "classes" }] }],
    labels: { classes: "labels.txt" },
  });
  const pipeline = new Pipeline(spec, { classes: ["cat", "dog"] });
  const windows = pipeline.windows({
    in: { values: Float64Array.of(0, 1, 2, 3, 4, 5), channels: 1 },
  });
  assert.deepEqual(
    windows.map(({ start, tensors }) => [start, [...tensors.in.data]]),
    [
      [0, [0, 1]],
      [2, [2, 3]],
      [4, [4, 5]],
    ],
  );
  const scores = [Float32Array.of(0.1, 0.2), Float32Array.of(0.7, 0.1), Float32Array.of(0.3, 0.4)];
  const f = Math.fround;
  const mean = [0, 1].map((at) => f(f(f(scores[0][at] + scores[1][at]) + scores[2][at]) / 3));
  const answer = pipeline.readWindows(scores.map((out, i) => ({ outputs: { out }, start: 2 * i })));
  assert.deepEqual(answer.classes, [
    { index: 0, label: "cat", score: mean[0] },
    { index: 1, label: "dog", score: mean[1] },
  ]);
  assert.deepEqual(
    answer.windows.map(({ start, classes: [{ label }] }) => [start, label]),
    [
      [0, "dog"],
      [2, "cat"],
      [4, "dog"],
    ],
  );
});
