/** A bundle is whole, or refused before anything of it is used. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";
import { gzipSync } from "node:zlib";

import { BundleReader } from "../../web_demo/lib/bundle_reader.js";
import { openBundle } from "../../web_demo/lib/bundle.js";
import { inflate } from "../../web_demo/lib/inflate.js";
import { parseLabels } from "../../web_demo/lib/labels.js";
import { refuseMissing } from "../../web_demo/lib/loading.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { satchelFile, sha256, zipOf } from "./support.js";

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);

test("a whole bundle opens with its spec, labels, model and golden cases", async () => {
  const reader = await BundleReader.open(satchelFile());
  assert.equal(reader.spec.name, "test");
  assert.deepEqual(reader.labels, { classes: ["cat", "dog"] });
  assert.match(new TextDecoder().decode(await reader.model("a")), /^not a model/);
  const { cases } = await reader.golden();
  const { image } = await reader.goldenInput(cases[0]);
  assert.deepEqual(image, { pixels: new Uint8Array(12).fill(7), width: 2, height: 2 });
});

test("the digest is the hash of manifest.json, and can be required", async () => {
  const file = satchelFile();
  const { digest } = await BundleReader.open(file);
  assert.equal((await BundleReader.open(file, { digest: digest.toUpperCase() })).digest, digest);
  await assert.rejects(BundleReader.open(file, { digest: sha256(Buffer.alloc(0)) }), { code: "bundle/digest" });
});

/** @type {[string, string, object][]} */
const REFUSED = [
  [
    "a changed label file",
    "bundle/changed-file",
    { files: (files) => (files["labels.txt"] = Buffer.from("cat\ndig\n")) },
  ],
  [
    "a longer label file",
    "bundle/wrong-length",
    { files: (files) => (files["labels.txt"] = Buffer.from("cat\ndog\nx")) },
  ],
  ["a missing file", "bundle/missing-file", { files: (files) => delete files["labels.txt"] }],
  ["an extra file", "bundle/extra-file", { files: (files) => (files["more.txt"] = Buffer.from("x")) }],
  ["a climbing path", "bundle/climbing-path", { manifest: ({ files }) => (files[1].path = "../labels.txt") }],
  ["an absolute path", "bundle/absolute-path", { manifest: ({ files }) => (files[1].path = "/labels.txt") }],
  ["a device's name", "bundle/unsafe-name", { manifest: ({ files }) => (files[1].path = "aux.txt") }],
  [
    "a name twice but for case",
    "bundle/duplicate-name",
    { manifest: ({ files }) => files.push({ ...files[1], path: "LABELS.txt" }) },
  ],
  ["an entry twice", "bundle/duplicate-name", { entries: (entries) => [...entries, entries[1]] }],
  [
    "a newer version",
    "spec/newer-version",
    { manifest: (manifest) => Object.assign(manifest, { satchel: "9.1", x: 1 }) },
  ],
  ["an unknown key", "spec/unknown-key", { manifest: (manifest) => Object.assign(manifest, { extra: 1 }) }],
  ["a role that is not the file's", "bundle/inconsistent", { manifest: ({ files }) => (files[1].role = "model") }],
  [
    "an artefact of another length",
    "bundle/inconsistent",
    { manifest: ({ variants }) => (variants[0].artefacts.tflite.stored_bytes += 1) },
  ],
  [
    "a model that claims to be a bomb",
    "bundle/bomb",
    { manifest: ({ variants }) => (variants[0].artefacts.tflite.bytes = 2 ** 30) },
  ],
  ["no manifest", "bundle/not-a-bundle", { entries: (entries) => entries.slice(1) }],
];

for (const [what, code, change] of REFUSED) {
  test(`${what} is refused`, async () => {
    await assert.rejects(BundleReader.open(satchelFile(change)), { code });
  });
}

/** @param {Record<string, unknown>} names */
function renamed(names) {
  const [[old, value]] = Object.entries(names);
  delete names[old];
  names.other = value;
}

/** @type {[string, string, (golden: any) => void][]} */
const UNBOUND = [
  ["two golden cases", "spec/out-of-range", ({ cases }) => cases.pop()],
  ["a bound that holds nothing back", "spec/out-of-range", ({ bounds }) => (bounds["a/tflite"] = 1e30)],
  ["a golden case of another input", "bundle/inconsistent", ({ cases }) => renamed(cases[2].input)],
  ["a golden case of no input", "bundle/inconsistent", ({ cases }) => (cases[2].input = {})],
  ["another prepared tensor", "bundle/inconsistent", ({ cases }) => renamed(cases[2].artefacts["a/tflite"].prepared)],
  ["no prepared tensor", "bundle/inconsistent", ({ cases }) => (cases[2].artefacts["a/tflite"].prepared = {})],
  ["another golden output", "bundle/inconsistent", ({ cases }) => renamed(cases[2].artefacts["a/tflite"].outputs)],
  ["no golden output", "bundle/inconsistent", ({ cases }) => (cases[2].artefacts["a/tflite"].outputs = {})],
  [
    "golden cases of another artefact",
    "bundle/inconsistent",
    ({ cases, bounds }) => [bounds, ...cases.map(({ artefacts }) => artefacts)].forEach(renamed),
  ],
];

for (const [what, code, golden] of UNBOUND) {
  test(`${what} is refused`, async () => {
    const reader = await BundleReader.open(satchelFile({ golden }));
    await assert.rejects(reader.golden(), { code });
  });
}

test("what is no bundle and what is no photo is told, whatever it is", async () => {
  for (const nothing of [null, undefined, 3]) {
    await assert.rejects(openBundle(nothing), { code: "bundle/not-found" });
    const { spec, labels } = await BundleReader.open(satchelFile());
    await assert.rejects(new Pipeline(spec, labels).load(nothing), { code: "input/wrong-type" });
  }
});

test("a model without a tensor that the spec names is refused", async () => {
  const { spec } = await BundleReader.open(satchelFile());
  refuseMissing(spec, "a/tflite", { inputs: ["t"], outputs: ["s"] });
  const refused = { code: "model/tensor-not-found" };
  assert.throws(() => refuseMissing(spec, "a/tflite", { inputs: ["t"], outputs: ["other"] }), refused);
  assert.throws(() => refuseMissing(spec, "a/tflite", { inputs: [], outputs: ["s"] }), refused);
});

test("a file that is no zip, or cut short, or followed by more is refused", async () => {
  const whole = satchelFile();
  await assert.rejects(BundleReader.open(bytes("hello, this is not a bundle at all")), { code: "bundle/not-a-bundle" });
  await assert.rejects(BundleReader.open(whole.slice(0, -1)), { code: "bundle/zip-form" });
  await assert.rejects(BundleReader.open(Uint8Array.of(...whole, 0)), { code: "bundle/zip-form" });
});

test("a central directory of more than 8 MiB is refused before it is read", async () => {
  const names = Array.from({ length: 140 }, (_, i) => `${i}${"a".repeat(60_000)}`);
  const file = zipOf(names.map((name) => [name, Buffer.alloc(0)]));
  await assert.rejects(BundleReader.open(file), { code: "bundle/zip-form", message: /central directory/ });
  await assert.rejects(BundleReader.open(zipOf([[names[0], Buffer.alloc(0)]])), { code: "bundle/not-a-bundle" });
});

test("a file or address that does not begin as a bundle is not read further", async (context) => {
  const endless = createServer((_, response) => {
    const more = () => response.write(Buffer.alloc(2 ** 16, 32)) && setImmediate(more);
    response.on("drain", more);
    more();
  });
  await new Promise((resolve) => endless.listen(0, "127.0.0.1", resolve));
  context.after(() => endless.close());
  const ended = new Promise((resolve) => endless.on("connection", (socket) => socket.on("close", resolve)));
  const url = `http://127.0.0.1:${endless.address().port}/endless.satchel`;
  await assert.rejects(BundleReader.open(url), { code: "bundle/not-a-bundle", where: url });
  await ended;
  const other = new Blob(["hello, this is not a bundle at all"]);
  other.arrayBuffer = () => assert.fail("the whole file was read");
  await assert.rejects(BundleReader.open(other), { code: "bundle/not-a-bundle" });
});

test("a bundle comes whole from a server, whatever length that states", async (context) => {
  const file = satchelFile();
  const server = createServer(({ url }, response) => {
    const packed = url.startsWith("/packed");
    const sent = packed ? gzipSync(file) : Buffer.from(file);
    if (packed) response.setHeader("Content-Encoding", "gzip");
    if (url !== "/chunked.satchel") response.setHeader("Content-Length", sent.length);
    for (let at = 0; at < sent.length; at += 100) response.write(sent.subarray(at, at + 100));
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close());
  for (const name of ["plain", "packed", "chunked"]) {
    const reader = await BundleReader.open(`http://127.0.0.1:${server.address().port}/${name}.satchel`);
    assert.deepEqual([reader.digest, reader.spec.name], [(await BundleReader.open(file)).digest, "test"], name);
  }
});

test("a changed byte in any file is found when it is read", async () => {
  const { manifest } = await BundleReader.open(satchelFile());
  for (const { path } of manifest.files) {
    const files = (all) => (all[path][all[path].length >> 1] ^= 1);
    const read = async () => (await BundleReader.open(satchelFile({ files }))).read(path);
    await assert.rejects(read, { code: "bundle/changed-file", where: new RegExp(path) }, path);
  }
});

test("a compressed, an encrypted and a linked entry are refused", async () => {
  const plain = zipOf([["manifest.json", Buffer.from("{}")]]);
  const central = 30 + "manifest.json".length + 2;
  const cases = [
    [10, 8, "bundle/compressed-entry"],
    [8, 1, "bundle/encrypted"],
  ];
  for (const [at, value, code] of cases) {
    const changed = plain.slice();
    changed[central + at] = value;
    await assert.rejects(BundleReader.open(changed), { code });
  }
  const linked = plain.slice();
  linked[central + 5] = 3;
  linked[central + 41] = 0xa0;
  await assert.rejects(BundleReader.open(linked), { code: "bundle/link" });
});

test("inflating stops at the stated size", async () => {
  const { deflateRawSync } = await import("node:zlib");
  const stored = Uint8Array.from(deflateRawSync(Buffer.alloc(10_000_000)));
  await assert.rejects(inflate(stored, 1000, "x"), { code: "bundle/bomb" });
  await assert.rejects(inflate(stored.slice(0, 50), 10_000_000, "x"), { code: "bundle/changed-file" });
  assert.deepEqual(await inflate(Uint8Array.from(deflateRawSync(bytes("abc"))), 3, "x"), bytes("abc"));
  await assert.rejects(inflate(Uint8Array.from(deflateRawSync(bytes("abc"))), 4, "x"), { code: "bundle/wrong-length" });
});

test("labels are the lines of the file", () => {
  assert.deepEqual(parseLabels(bytes("\ufeffa\r\nb c\n\u00e9")), ["a", "b c", "\u00e9"]);
  assert.throws(() => parseLabels(bytes("a\n\nb")), { code: "spec/blank-label", where: "labels, line 2" });
  assert.throws(() => parseLabels(bytes("")), { code: "spec/no-labels" });
  assert.throws(() => parseLabels(Uint8Array.of(0x61, 0xff)), { code: "spec/label-encoding" });
});

test("an artefact that no browser runs is refused by name", async () => {
  const change = { manifest: ({ variants }) => (variants[0].artefacts.tflite.runtimes = ["litert-python"]) };
  const bundle = await openBundle(satchelFile(change));
  await assert.rejects(bundle.load("a/tflite"), { code: "model/not-for-browser", message: /a\/tflite/ });
  await assert.rejects(bundle.load("b/tflite"), { code: "bundle/unknown-artefact", message: /a\/tflite/ });
  await assert.rejects(bundle.check(), { code: "env/nothing-loaded" });
});
