/**
 * The contract stays small: what a page loads of it for its task, in one file and in pieces as they are asked for, and all of it in
 * one file. Bundled and minified by esbuild; the pieces by terser, too, which is what webpack and Rollup minify with.
 */

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { loads } from "./loads.js";

const WEB = fileURLToPath(new URL("../../web_demo/", import.meta.url));
const LIB = join(WEB, "lib");
const DOOR = join(LIB, "contract.js");
const BUDGET = 25_000;
const WHOLE_BUDGET = 36_000;

const installed = createRequire(join(WEB, "package.json"));
const { build } = installed("esbuild");
const terser = installed("terser");
const TERSER = { module: true, ecma: 2022, compress: { passes: 2 } };
const OPTIONS = { bundle: true, minify: true, format: "esm", target: "es2022", write: false, metafile: true };

/** Gives an entry minified in one file, without what is loaded on demand and without the modules of `there`. */
async function minified(entry, there = new Set(), more = {}) {
  const onDemand = new Set();
  const leave = {
    name: "leave",
    setup({ onResolve }) {
      onResolve({ filter: /^[./]/ }, ({ path, kind, resolveDir }) => {
        const file = resolve(resolveDir, path);
        if (kind === "dynamic-import") onDemand.add(file);
        return kind === "dynamic-import" || there.has(file) ? { path, external: true } : undefined;
      });
    },
  };
  const given = typeof entry === "string" ? { entryPoints: [entry] } : { stdin: entry };
  const built = await build({ ...OPTIONS, ...given, ...more, plugins: [leave], absWorkingDir: LIB });
  const modules = Object.keys(built.metafile.inputs).map((path) => resolve(LIB, path));
  return { bytes: compressed(built.outputFiles[0].contents), text: built.outputFiles[0].text, modules, onDemand };
}

function compressed(content) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return brotliCompressSync(content, { params }).length;
}

const door = await minified(DOOR);

const asked = new Map([[DOOR, door.onDemand]]);

/** Gives the modules, of those that are loaded, that others ask for on demand. */
async function askedFor(modules) {
  const found = [DOOR];
  for (const file of found) {
    if (!asked.has(file)) asked.set(file, (await minified(file)).onDemand);
    found.push(...[...asked.get(file)].filter((each) => modules.has(each) && !found.includes(each)));
  }
  return found.slice(1);
}

/** What was measured of pages, by their modules. */
const files = new Map();

/** Gives the bytes of all that a page loads, in one file. */
async function inOneFile(modules) {
  const key = [...modules].sort().join();
  if (!files.has(key)) files.set(key, await together(modules));
  return files.get(key);
}

async function together(modules) {
  const parts = (await askedFor(modules)).map(
    (file, place) => `export * as part${place} from ${JSON.stringify(file)};`,
  );
  const contents = ['export * from "./contract.js";', ...parts].join("\n");
  const { bytes, modules: counted } = await minified({ contents, resolveDir: LIB });
  const uncounted = [...modules].filter((file) => !counted.includes(file));
  assert.deepEqual(uncounted, [], "loaded and not counted");
  return bytes;
}

/** What was measured of a module, by itself and by those that were there already. */
const pieces = new Map();

/** Gives a module whole, without those of `there`, and its bytes as terser minifies it. */
async function piece(file, there) {
  const key = JSON.stringify([file, ...[...there].sort()]);
  if (!pieces.has(key)) {
    const made = await minified(file, there, { treeShaking: false });
    const { code } = await terser.minify(made.text, TERSER);
    pieces.set(key, { ...made, terser: compressed(Buffer.from(code)) });
  }
  return pieces.get(key);
}

/** Gives the bytes of the door and of each module that is asked for, each whole, without those that are there already. */
async function inPieces(modules) {
  const there = new Set();
  const total = { esbuild: 0, terser: 0 };
  for (const file of [DOOR, ...(await askedFor(modules))]) {
    if (there.has(file)) continue;
    const made = await piece(file, there);
    total.esbuild += made.bytes;
    total.terser += made.terser;
    for (const each of made.modules) there.add(each);
  }
  return total;
}

const float = (shape) => ({ "a/tflite": { name: "t", index: 0, shape, dtype: "float32" } });
const PICTURE = {
  shape: [1, 4, 4, 3],
  methods: ["pillow.bicubic", "opencv.area", "tf.bilinear", "tf.area", "tf.bicubic"],
};
const PHOTO = {
  ...PICTURE,
  steps: [{ op: "decode" }],
  thing: ({ fromPixels }) => fromPixels(new Uint8Array(108), 6, 6),
};
const FRAME = {
  ...PICTURE,
  steps: [{ op: "yuv_to_rgb", format: "NV21", range: "full", rotation: 0 }],
  thing: ({ nv21 }) => nv21(new Uint8Array(54), 6, 6),
};
const ROW = {
  shape: [1, 2],
  steps: [
    { op: "columns", columns: ["x", "y"].map((name) => ({ name, kind: "number" })), missing: [""] },
    { op: "standardize", columns: ["x", "y"], mean: [0, 0], scale: [1, 1] },
  ],
  thing: () => ({ x: 1, y: 2 }),
};
const SIGNAL = {
  shape: [1, 8, 2],
  steps: [{ op: "window", length: 8, hop: 8, tail: "drop" }, { op: "standardize" }],
  thing: () => ({ values: Float64Array.from({ length: 16 }, (_, i) => i), channels: 2, rate: 50 }),
};

const CLASSES = [
  { op: "softmax" },
  { op: "top_k", k: 2 },
  { op: "threshold", score: 0 },
  { op: "label", labels: "names" },
];
const NUMBERS = [
  { op: "denormalize", mean: [1], std: [2] },
  { op: "round", decimals: 1, rounding: "half_even" },
];
const placed = (...steps) => [...steps, { op: "label", labels: "names" }];
const uncropped = { op: "uncrop", input: "input", units: "pixels", clip: true };
const best = { activation: "sigmoid", candidates: "best" };
const scores = { ...best, background: "none" };
const LEVELS = [{ output: "a", stride: 8, anchors: [[10, 13]] }];
const ANCHORS = { grids: [[2, 2]], min_scale: 0.2, max_scale: 0.95, aspect_ratios: [1], reduce_lowest: false };
const found = (head) =>
  placed({ op: "decode_boxes", ...head }, { op: "nms", iou: 0.5, score: 0.1, per_class: true, max: 10 }, uncropped);

/** How each kind of answer is read, and the shapes of the outputs that it is read from. */
const READINGS = {
  classes: [CLASSES, { a: [1, 2] }],
  numbers: [NUMBERS, { a: [1, 3] }],
  "objects of an SSD head": [
    found({ head: "ssd", boxes: "a", scores: "b", anchors: ANCHORS, scales: [10, 10, 5, 5], ...scores }),
    { a: [1, 4, 4], b: [1, 4, 2] },
  ],
  "objects of YOLO grids": [
    found({ head: "yolo_grid", levels: LEVELS, coding: "yolov5", ...best }),
    { a: [1, 2, 2, 7] },
  ],
  "objects of a YOLO head without anchors": [
    found({
      head: "yolo_free",
      boxes: "a",
      coding: "decoded",
      layout: "columns",
      objectness: false,
      form: "center",
      order: "xy",
      ...best,
    }),
    { a: [1, 6, 5] },
  ],
  "objects of a set": [
    found({ head: "set", boxes: "a", scores: "b", form: "corners", order: "yx", ...scores }),
    { a: [1, 4, 4], b: [1, 4, 2] },
  ],
  keypoints: [
    placed(
      { op: "heatmap_keypoints", layout: "NHWC", activation: "none", refine: "quarter", position: "center" },
      {
        ...uncropped,
        units: "normalized",
      },
    ),
    { a: [1, 4, 4, 2] },
  ],
  mask: [
    placed(
      { op: "resize_mask", method: "tf.bilinear", to: "size", layout: "NHWC", width: 6, height: 6 },
      { op: "argmax_mask", layout: "NHWC" },
      { op: "uncrop", input: "input" },
    ),
    { a: [1, 4, 4, 2] },
  ],
};

/** The readings of what each kind of input is for. */
const PAGES = [
  ["photo", PHOTO, Object.keys(READINGS)],
  ["frame", FRAME, Object.keys(READINGS)],
  ["row", ROW, ["classes", "numbers"]],
  ["signal", SIGNAL, ["classes", "numbers"]],
];

/** Opens a spec for its artefact, prepares a thing and reads an answer, with the library that is given. */
function page({ steps, thing, shape }, resize, [reading, shapes]) {
  const outputs = Object.entries(shapes).map(([name, each], place) => {
    return { name, steps: place === 0 ? reading : [], tensor: float(each) };
  });
  const spec = {
    satchel: "1.0",
    name: "page",
    task: "generic",
    inputs: [{ name: "input", steps: [...steps, ...resize], tensor: float(shape) }],
    outputs,
    labels: { names: "names.txt" },
  };
  const given = Object.entries(shapes).map(([name, each]) => [name, new Float32Array(each.reduce((a, b) => a * b))]);
  return async (library) => {
    const pipeline = await library.openPipeline(library.parseSpec(spec), { names: ["one", "two"] }, "a/tflite");
    const loaded = await pipeline.load(thing(library));
    const [{ trace }] = pipeline.windows(loaded);
    pipeline.read(Object.fromEntries(given), trace);
  };
}

function resizeOf(method) {
  const resize = { op: "resize", method, fit: "stretch", width: 4, height: 4 };
  return [resize, { op: "rescale", divisor: 255, offset: 0 }];
}

for (const [kind, input, readings] of PAGES) {
  for (const reading of readings) {
    test(`a page that reads ${reading} of a ${kind} loads under 25,000 bytes, minified and compressed`, async (context) => {
      const one = [];
      const apart = [];
      for (const method of input.methods ?? [""]) {
        const doing = page(input, method ? resizeOf(method) : [], READINGS[reading]);
        const modules = await loads(DOOR, doing);
        const { esbuild, terser } = await inPieces(modules);
        one.push([await inOneFile(modules), method]);
        apart.push([esbuild, method, terser]);
      }
      const [[bytes, method], [pieces, other, byTerser]] = [one, apart].map(
        (each) => each.sort(([a], [b]) => b - a)[0],
      );
      const told = (each) => (each ? ` with ${each}, the largest` : "");
      const inFile = `${bytes} bytes in one file${told(method)}`;
      context.diagnostic(`${kind} -> ${reading}: ${inFile}; ${pieces} in pieces${told(other)}, ${byTerser} by terser`);
      assert.ok(bytes < BUDGET - 500, `${bytes} bytes in one file, of ${BUDGET - 500}`);
      assert.ok(pieces < BUDGET, `${pieces} bytes in pieces, of ${BUDGET}`);
      assert.ok(byTerser < BUDGET - 500, `${byTerser} bytes in pieces by terser, of ${BUDGET - 500}`);
    });
  }
}

/** What exports the contract with all its ops. */
const ALL_OPS = { contents: 'export * from "./contract.js"; export { WHOLE } from "./whole.js";', resolveDir: LIB };

/** Gives the bytes of one file with all the ops, all that is loaded for some files only, and the golden check. */
async function everything() {
  const built = await build({ ...OPTIONS, stdin: ALL_OPS, absWorkingDir: LIB });
  return compressed(built.outputFiles[0].contents);
}

test("the door has nothing of engines and workers, and all ops fit in one file of 36,000 bytes", async (context) => {
  const { bytes: one } = await minified(ALL_OPS);
  context.diagnostic(`the door: ${door.bytes} bytes; every op in one file: ${one} bytes`);
  context.diagnostic(`photo files, CSV, .satchel files and the golden check in it, too: ${await everything()} bytes`);
  for (const file of [...door.onDemand].sort()) {
    const { bytes } = await minified(file, new Set(door.modules));
    context.diagnostic(`beside the door, when needed: ${basename(file, ".js")} ${bytes} bytes`);
  }
  const foreign = ["client.js", "service.js", "worker.js", "bundle.js", "litert.js", "tfjs.js", "tflite_model.js"];
  const names = door.modules.map((file) => basename(file));
  assert.deepEqual(
    names.filter((name) => foreign.includes(name)),
    [],
  );
  assert.ok(one < WHOLE_BUDGET, `${one} bytes, of ${WHOLE_BUDGET}`);
});
