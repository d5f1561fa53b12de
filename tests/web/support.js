/** What the tests share: vectors, arrays, and bundles made in memory. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";

const VECTORS = fileURLToPath(new URL("../../metadata/vectors/", import.meta.url));
const ARRAYS = { uint8: Uint8Array, int8: Int8Array, float32: Float32Array };

/** Gives every file of vectors in a folder; a folder without any is an error. */
export function vectors(folder) {
  const names = readdirSync(VECTORS + folder).filter((name) => name.endsWith(".json"));
  if (names.length === 0) throw new Error(`no vectors in ${folder}`);
  return names.map((name) => ({ name, ...JSON.parse(readFileSync(`${VECTORS}${folder}/${name}`, "utf8")) }));
}

/** Gives the array that a vector holds. */
export function arrayOf({ dtype, data }) {
  const bytes = Uint8Array.from(Buffer.from(data, "base64"));
  return new ARRAYS[dtype](bytes.buffer);
}

/** Gives a spec of image classification with these steps. */
export function specWith(steps, reading = [], tensors = {}) {
  return {
    satchel: "1.0",
    name: "test",
    task: "image_classification",
    inputs: [{ name: "image", steps, tensor: tensors.input ?? {} }],
    outputs: [{ name: "scores", steps: reading, tensor: tensors.output ?? {} }],
    labels: { classes: "labels.txt" },
  };
}

export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

const ROLES = [
  [/^spec\.json$/, "spec"],
  [/^golden\//, "golden"],
  [/\/tfjs\//, "tfjs"],
  [/^variants\//, "model"],
];

/** Gives the files of a small bundle by path; the model is not one that runs. */
export function bundleFiles(model = Buffer.from("not a model, but long enough to compress compress compress")) {
  const tensor = { name: "t", index: 0, shape: [1, 2, 2, 3], dtype: "float32" };
  const scores = { name: "s", index: 0, shape: [1, 2], dtype: "float32" };
  const tensors = { input: { "a/tflite": tensor }, output: { "a/tflite": scores } };
  const steps = [{ op: "decode" }, { op: "resize", method: "pillow.box", fit: "stretch", width: 2, height: 2 }];
  const spec = specWith(steps, [{ op: "top_k", k: 1 }], tensors);
  const pixels = Buffer.alloc(2 * 2 * 3, 7);
  const prepared = Buffer.from(Float32Array.from(pixels).buffer);
  const outputs = {
    dtype: "float32",
    shape: [1, 2],
    data: Buffer.from(Float32Array.of(0.25, 0.75).buffer).toString("base64"),
  };
  const answer = { classes: [{ index: 1, score: 0.75 }] };
  const expected = {
    prepared: { image: { sha256: sha256(prepared), min: 7, max: 7 } },
    outputs: { scores: outputs },
    answer,
  };
  const image = { file: "golden/one.rgb.z", width: 2, height: 2, sha256: sha256(pixels) };
  const cases = ["one", "two", "three"].map((id) => ({ id, input: { image }, artefacts: { "a/tflite": expected } }));
  return {
    "spec.json": Buffer.from(JSON.stringify(spec)),
    "labels.txt": Buffer.from("cat\ndog\n"),
    "variants/a/model.tflite.z": deflateRawSync(model),
    "golden/golden.json": Buffer.from(JSON.stringify({ satchel: "1.0", cases, bounds: { "a/tflite": 0 } })),
    "golden/one.rgb.z": deflateRawSync(pixels),
  };
}

/** Gives the manifest of such files. */
export function manifestOf(files, model) {
  const stored = files["variants/a/model.tflite.z"];
  const artefact = {
    file: "variants/a/model.tflite.z",
    bytes: model.length,
    sha256: sha256(model),
    stored_bytes: stored.length,
    ops: [],
    runtimes: ["litert-js"],
  };
  const list = Object.entries(files).map(([path, content]) => {
    const role = ROLES.find(([pattern]) => pattern.test(path))?.[1] ?? "labels";
    return { path, role, bytes: content.length, sha256: sha256(content) };
  });
  return {
    satchel: "1.0",
    name: "test",
    version: "1.0.0",
    files: list,
    variants: [{ name: "a", recipe: [], artefacts: { tflite: artefact } }],
    provenance: { source_sha256: "0".repeat(64), source_format: "keras", versions: {}, options: {} },
  };
}

/** Gives a .satchel file of [name, content] entries: stored, one after the other. */
export function zipOf(entries) {
  const locals = [];
  const centrals = [];
  let place = 0;
  for (const [name, content] of entries) {
    const raw = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(raw.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(place, 10);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), common, raw, content);
    centrals.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, raw);
    place += 30 + raw.length + content.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(place, 16);
  return Uint8Array.from(Buffer.concat([...locals, directory, end]));
}

/** Gives a .satchel file; `change` may alter golden cases, manifest, files and entries before it is written. */
export function satchelFile(change = {}) {
  const model = Buffer.from("not a model, but long enough to compress compress compress");
  const files = bundleFiles(model);
  if (change.golden) {
    const golden = JSON.parse(files["golden/golden.json"].toString());
    change.golden(golden);
    files["golden/golden.json"] = Buffer.from(JSON.stringify(golden));
  }
  const manifest = manifestOf(files, model);
  change.manifest?.(manifest);
  change.files?.(files);
  const entries = [["manifest.json", Buffer.from(JSON.stringify(manifest))], ...Object.entries(files)];
  return zipOf(change.entries?.(entries) ?? entries);
}
