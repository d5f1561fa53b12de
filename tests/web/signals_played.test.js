/** Signals that a page plays: windows in their place, answers the same in pieces, files and their mistakes, and the plot. */

import assert from "node:assert/strict";
import test from "node:test";

import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { endedBy, Playhead } from "../../web_demo/lib/playhead.js";
import { extremes, marksOf, rangeOf } from "../../web_demo/lib/plot_lanes.js";
import { measuredRate, readSignalFile } from "../../web_demo/lib/signal_file.js";
import { answerWindows, bandOf, countOf, cuttingOf, piecesOf, truthOf } from "../../web_demo/lib/signal_windows.js";
import { parseSpec } from "../../web_demo/lib/spec.js";

const COLUMNS = {
  op: "columns",
  columns: [
    { name: "x", kind: "number" },
    { name: "y", kind: "number" },
  ],
  missing: [""],
};
const LABELS = ["Still", "Moving"];

function specOf(...steps) {
  return parseSpec({
    satchel: "1.0",
    name: "test",
    task: "signal_classification",
    inputs: [{ name: "signal", steps: [COLUMNS, ...steps, { op: "layout", to: "NLC" }], tensor: {} }],
    outputs: [{ name: "scores", steps: [{ op: "top_k", k: 2 }], tensor: {} }],
    labels: {},
  });
}

const window = (length, hop, tail = "drop") => ({ op: "window", length, hop, tail });
const resample = (from, to) => ({ op: "resample", from_rate: from, to_rate: to, method: "polyphase" });

function signalOf(length) {
  const values = Float64Array.from({ length: 2 * length }, (_, place) => Math.sin(place * place));
  return { values, channels: 2, length };
}

/** Asks a model whose classes score the mean of each channel, by the library's own pipeline. */
function asker(spec) {
  const pipeline = new Pipeline(spec, {});
  const asked = [];
  const ask = async (values, channels) => {
    asked.push(values.length / channels);
    const windows = pipeline.windows(await pipeline.load({ values, channels }));
    const outputs = windows.map(({ tensors, start }) => {
      const { data } = tensors.signal;
      const sums = [0, 1].map((c) => data.reduce((sum, each, place) => sum + (place % 2 === c ? each : 0), 0));
      return { outputs: { scores: Float32Array.from(sums) }, start };
    });
    return pipeline.readWindows(outputs);
  };
  return { ask, asked };
}

async function windowsOf(spec, signal, wanted) {
  const { ask, asked } = asker(spec);
  const found = [];
  await answerWindows(signal, cuttingOf(spec), { ask, add: (windows) => found.push(...windows), wanted });
  return { found, asked };
}

test("windows lie in the samples of the file, also where the model takes another rate", () => {
  const { rate, length, hop, stretch, apart } = cuttingOf(specOf(resample(100, 40), window(20, 10)));
  assert.deepEqual(
    { rate, length, hop, stretch, apart },
    { rate: 100, length: 50, hop: 25, stretch: 2.5, apart: false },
  );
  assert.deepEqual(cuttingOf(specOf(window(20, 10))).channels, ["x", "y"]);
  assert.ok(cuttingOf(specOf(window(20, 10))).apart);
  assert.ok(cuttingOf(specOf(resample(10, 10), window(20, 10))).apart);
  assert.ok(!cuttingOf(specOf({ op: "detrend", kind: "linear" }, window(20, 10))).apart);
});

test("as many windows are counted as the steps cut", async () => {
  for (const tail of ["drop", "pad"]) {
    for (const [length, hop] of [
      [5, 5],
      [5, 2],
      [3, 5],
    ]) {
      const spec = specOf(window(length, hop, tail));
      const pipeline = new Pipeline(spec, {});
      for (let samples = tail === "pad" ? 1 : length; samples < 25; samples++) {
        const cut = pipeline.windows(await pipeline.load(signalOf(samples)));
        assert.equal(countOf(samples, cuttingOf(spec)), cut.length, `${tail} ${length} ${hop} ${samples}`);
      }
    }
  }
});

test("a long signal is answered in pieces with the answers that it has as a whole", async () => {
  for (const tail of ["drop", "pad"]) {
    const spec = specOf(window(8, 3, tail), { op: "standardize" });
    const signal = signalOf(700);
    const { found, asked } = await windowsOf(spec, signal);
    const whole = await asker(spec).ask(signal.values, 2);
    assert.ok(asked.length > 2);
    assert.deepEqual(
      found.map(({ start, answer }) => ({ start, ...answer })),
      whole.windows,
    );
    assert.ok(found.every(({ start, end }) => end === Math.min(700, start + 8)));
  }
});

test("a signal whose windows depend on all of it is asked about at once", async () => {
  const spec = specOf(resample(100, 50), window(4, 2));
  const { found, asked } = await windowsOf(spec, signalOf(1000));
  assert.deepEqual(asked, [1000]);
  assert.deepEqual(
    found.slice(0, 3).map(({ start, end }) => [start, end]),
    [
      [0, 8],
      [4, 12],
      [8, 16],
    ],
  );
});

test("a signal that nobody wants any more is asked about no longer", async () => {
  let left = 2;
  const { found } = await windowsOf(specOf(window(8, 1)), signalOf(700), () => left-- > 0);
  assert.equal(found.length, 64);
});

test("one window, and a model without windows, have one answer", async () => {
  const { found } = await windowsOf(specOf(window(8, 3)), signalOf(8));
  assert.deepEqual(
    found.map(({ start, end }) => [start, end]),
    [[0, 8]],
  );
  assert.deepEqual(piecesOf(9, cuttingOf(specOf())), [{ from: 0, to: 9 }]);
  const whole = await windowsOf(specOf(), signalOf(9));
  assert.deepEqual(
    whole.found.map(({ start, end }) => [start, end]),
    [[0, 9]],
  );
});

test("every moment has the answer of the window whose middle is nearest", () => {
  const windows = [0, 5, 10].map((start) => ({ start, end: start + 10 }));
  assert.deepEqual(
    windows.map((_, place) => bandOf(windows, place)),
    [
      [0, 7.5],
      [7.5, 12.5],
      [12.5, 20],
    ],
  );
});

test("a window is truly what most of its samples are", () => {
  const labels = ["a", "a", "", "b", "b", "b"];
  assert.equal(truthOf(labels, { start: 0, end: 5 }), "a");
  assert.equal(truthOf(labels, { start: 1, end: 6 }), "b");
  assert.equal(truthOf(labels, { start: 2, end: 3 }), undefined);
});

const CUTTING = cuttingOf(specOf(resample(10, 10), window(2, 1)));

test("a file gives its channels by name, its labels, and the rate of its times", async () => {
  const text = "time,y,x,what\n0,1,2,Still\n0.1,3,4,moving\n0.2,5,6,Moving\n";
  const found = await readSignalFile(new Blob([text]), CUTTING, LABELS);
  assert.deepEqual(found.names, ["x", "y"]);
  assert.deepEqual([...found.values], [2, 1, 4, 3, 6, 5]);
  assert.equal(found.length, 3);
  assert.equal(found.labelled, "what");
  assert.deepEqual(found.labels, ["Still", "moving", "Moving"]);
  assert.ok(Math.abs(found.measured - 10) < 1e-9);
});

test("a spec without names takes all columns of numbers but the times", async () => {
  const cutting = { ...CUTTING, channels: undefined, width: 2 };
  const found = await readSignalFile(new Blob(["t,a,b,what\n0,1,2,Still\n0.1,3,4,Still\n"]), cutting, LABELS);
  assert.deepEqual(found.names, ["a", "b"]);
  const one = readSignalFile(new Blob(["a\n1\n2\n"]), cutting, LABELS);
  await assert.rejects(one, { code: "input/wrong-channels" });
});

test("what is wrong with a file is told with its line", async () => {
  const cases = {
    "x,z\n1,2\n3,4\n": ["input/missing-column", /lacks the column 'y'; the model does not know its column 'z'/],
    "x,y\n1,2\n": ["input/too-short", /looks at 2 samples at a time, the file has 1/],
    "x,y\n": ["input/empty", /no rows/],
    "x,y\n1,2\n\n3,\n": ["input/empty-cell", /^line 4: .*'y', found an empty cell/],
    "x,y\n1,2\n3,four\n": ["input/not-a-number", /^line 3: .*'y', found "four"/],
    "x,y\n1,2\n3\n": ["input/ragged-row", /^line 3: expected 2 fields/],
    "ms,x,y\n0,1,2\n50,3,4\n100,3,4\n": ["input/wrong-rate", /takes 10 samples a second, .* those of 20/],
  };
  for (const [text, [code, message]] of Object.entries(cases)) {
    await assert.rejects(readSignalFile(new Blob([text]), CUTTING, LABELS), { code, message }, text);
  }
});

test("times that do not rise say no rate", () => {
  assert.equal(measuredRate([0, 20, 40, 61], 1000), 50);
  assert.equal(measuredRate([0, 1, 1], 1), undefined);
  assert.equal(measuredRate([3], 1), undefined);
  assert.equal(measuredRate([0, NaN, 2], 1), undefined);
});

test("a recording is played at its speed, never beyond what is answered", () => {
  const head = new Playhead(10);
  head.play();
  assert.ok(!head.playing);
  Object.assign(head, { end: 100, ready: 60 });
  head.play();
  assert.equal(head.advance(5000), 0);
  assert.equal(head.advance(5500), 5);
  head.speed = 4;
  assert.equal(head.advance(6000), 25);
  assert.equal(head.advance(7000), 60);
  head.ready = 100;
  head.speed = Infinity;
  assert.equal(head.advance(7001), 100);
  assert.ok(head.ended && !head.playing);
  head.play();
  assert.equal(head.place, 0);
  head.pause();
  assert.equal(head.advance(9000), 0);
  head.seek(300);
  assert.equal(head.place, 100);
  head.seek(-1);
  assert.equal(head.place, 0);
});

test("a window's answer is known once it has ended", () => {
  const windows = [10, 15, 20].map((end) => ({ end }));
  assert.deepEqual(
    [0, 9.9, 10, 19, 20, 99].map((place) => endedBy(windows, place)),
    [0, 0, 1, 2, 3, 3],
  );
});

test("a plot in few columns loses no peak", () => {
  const values = new Float64Array(2000);
  values[2 * 617 + 1] = 9;
  values[2 * 618 + 1] = -4;
  const signal = { values, channels: 2, length: 1000 };
  const found = extremes(signal, 1, { from: 0, to: 1000, columns: 10 });
  assert.equal(Math.max(...found), 9);
  assert.equal(Math.min(...found), -4);
  assert.deepEqual([...found.subarray(12, 14)], [-4, 9]);
  assert.deepEqual([...extremes(signal, 0, { from: 900, to: 1100, columns: 4 })], [0, 0, 0, 0, NaN, NaN, NaN, NaN]);
  assert.deepEqual([...extremes(signal, 0, { from: -100, to: 100, columns: 2 })], [NaN, NaN, 0, 0]);
  assert.deepEqual(rangeOf(signal, 1), [-4, 9]);
  assert.deepEqual(rangeOf(signal, 0), [-0.5, 0.5]);
});

test("the marks of an axis are round", () => {
  assert.deepEqual(marksOf(0, 30, 6), [0, 5, 10, 15, 20, 25, 30]);
  assert.deepEqual(marksOf(3, 10, 4), [4, 6, 8, 10]);
  assert.deepEqual(marksOf(-0.25, 0.25, 5), [-0.2, -0.1, 0, 0.1, 0.2]);
  assert.deepEqual(marksOf(1, 1, 5), []);
});
