/**
 * The JavaScript side of android.py: for each method it is told on a line, it prints the least milliseconds of a preparation.
 *
 *     node peer.mjs FOLDER
 *
 * FOLDER holds photo.rgb, 640 x 480, and for each method its spec.json and the expected tensor.
 */

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { fromPixels } from "../../web_demo/lib/photo_pixels.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../web_demo/lib/spec.js";

const [WIDTH, HEIGHT] = [640, 480];
const [WARM_MS, BATCHES, BATCH_MS] = [1000, 5, 200];
const folder = process.argv[2];
const rgb = readFileSync(`${folder}/photo.rgb`);

/** Gives the photo as a browser's decoder leaves it: four bytes a pixel. */
function photo() {
  const rgba = new Uint8Array(WIDTH * HEIGHT * 4).fill(255);
  for (let i = 0, o = 0; i < rgb.length; i += 3, o += 4) rgba.set(rgb.subarray(i, i + 3), o);
  return fromPixels(rgba, WIDTH, HEIGHT, { channels: 4 });
}

/** Gives the milliseconds of one of as many runs as take so long. */
function each(run, ms) {
  const start = performance.now();
  let count = 0;
  while (performance.now() < start + ms) {
    run();
    count++;
  }
  return (performance.now() - start) / count;
}

const given = photo();
for await (const method of createInterface({ input: process.stdin })) {
  const pipeline = new Pipeline(parseSpec(JSON.parse(readFileSync(`${folder}/${method}.json`, "utf8"))), {});
  const run = () => pipeline.prepare(given);
  const { data } = run().image;
  if (!Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(readFileSync(`${folder}/${method}.f32`))) {
    throw new Error(`${method}: JavaScript gives another tensor`);
  }
  each(run, WARM_MS);
  console.log(Math.min(...Array.from({ length: BATCHES }, () => each(run, BATCH_MS))));
}
