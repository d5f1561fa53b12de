/** The JavaScript part of nms.py: Satchel and TensorFlow.js in turns on the boxes of a file; prints JSON. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { nms } from "../web_demo/lib/ops/nms.js";

const require = createRequire(
  new URL("../web_demo/package.json", import.meta.url),
);
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");

const { iou, score, max, rounds, kinds, ...given } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
const found = {
  boxes: Float32Array.from(given.boxes),
  scores: Float32Array.from(given.scores),
  classes: Int32Array.from(given.classes),
};

function ours() {
  return Array.from(nms(found, iou, score, true, max).scores);
}

const groups = Array.from({ length: kinds }, (_, kind) => {
  const places = Array.from(found.classes.keys()).filter(
    (place) => found.classes[place] === kind,
  );
  const rows = places.map((place) =>
    [1, 0, 3, 2].map((side) => found.boxes[4 * place + side]),
  );
  return {
    places,
    boxes: rows.length && tf.tensor2d(rows),
    scores: tf.tensor1d(places.map((i) => found.scores[i])),
  };
}).filter(({ places }) => places.length > 0);

function theirs() {
  const kept = groups.flatMap(({ places, boxes, scores }) => {
    const chosen = tf.image.nonMaxSuppression(boxes, scores, max, iou, score);
    const indices = Array.from(
      chosen.dataSync(),
      (place) => found.scores[places[place]],
    );
    chosen.dispose();
    return indices;
  });
  return kept.sort((a, b) => b - a).slice(0, max);
}

function seconds(run) {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

await tf.setBackend("cpu");
for (let i = 0; i < 5; i++) [ours(), theirs()];
const pairs = Array.from({ length: rounds }, () => [
  seconds(ours),
  seconds(theirs),
]);
const result = {
  ours: ours(),
  theirs: theirs(),
  seconds: [pairs.map(([a]) => a), pairs.map(([, b]) => b)],
};
process.stdout.write(JSON.stringify(result));
