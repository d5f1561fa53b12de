/** The package `satchel` is packed, installed and used as a stranger would. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { parseSpec } from "../../web_demo/lib/spec.js";
import { kitOf } from "../../web_demo/lib/needed.js";
import { WHOLE } from "../../web_demo/lib/whole.js";
import { satchelFile, specWith } from "./support.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WEB = join(ROOT, "web_demo");
const LIB = join(WEB, "lib");
const TSC = join(WEB, "node_modules/typescript/bin/tsc");

const folder = mkdtempSync(join(tmpdir(), "satchel-package-"));
const app = join(folder, "app");
let packed;

/** Packs a copy, so that nobody who reads the library meanwhile sees files come and go. */
before(() => {
  mkdirSync(join(folder, "web_demo"));
  cpSync(LIB, join(folder, "web_demo/lib"), { recursive: true });
  for (const name of ["tsconfig.json", "tsconfig.types.json"])
    copyFileSync(join(WEB, name), join(folder, "web_demo", name));
  copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  symlinkSync(join(WEB, "node_modules"), join(folder, "web_demo/node_modules"));
  [packed] = JSON.parse(npm(join(folder, "web_demo/lib"), "pack", "--json", "--loglevel=error"));
  mkdirSync(app);
  writeFileSync(join(app, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tarball = join(folder, "web_demo/lib", packed.filename);
  npm(app, "install", "--offline", "--ignore-scripts", "--loglevel=error", tarball);
});

after(() => rmSync(folder, { recursive: true }));

function npm(cwd, ...args) {
  const said = execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  return said.slice(Math.max(0, said.search(/^[[{]/m)));
}

test("the package has the version of the project", () => {
  const [, version] = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, "pyproject.toml"), "utf8"));
  assert.equal(packed.version, version);
});

test("only modules, their types, the manifest, the licence and the read-me are packed", () => {
  const belongs = /^((engines\/|ops\/)?\w+\.js|types\/(engines\/|ops\/)?\w+\.d\.ts|package\.json|LICENSE|README\.md)$/;
  const paths = packed.files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => !belongs.test(path)),
    [],
  );
  for (const path of ["LICENSE", "README.md", "satchel.js", "worker.js", "types/contract.d.ts"])
    assert.ok(paths.includes(path));
  for (const path of paths.filter((each) => each.endsWith(".js"))) {
    assert.ok(paths.includes(`types/${path.replace(/js$/, "d.ts")}`), path);
  }
});

test("it is installed without any other package", () => {
  const { packages } = JSON.parse(readFileSync(join(app, "package-lock.json"), "utf8"));
  assert.deepEqual(Object.keys(packages), ["", "node_modules/satchel"]);
});

test("Node prepares pixels and reads an answer with the installed package", () => {
  writeFileSync(join(app, "small.satchel"), satchelFile());
  const use = `
    import { readFile } from "node:fs/promises";
    import { BundleReader, checkGolden, fromPixels, openPipeline, SatchelError } from "satchel/contract";
    const reader = await BundleReader.open(new Uint8Array(await readFile("small.satchel")));
    const pipeline = await openPipeline(reader.spec, reader.labels, "a/tflite");
    const { image } = pipeline.prepare(fromPixels(Uint8Array.from({ length: 4 * 2 * 3 }, (_, i) => i), 4, 2));
    const data = [...image.data]; // Pillow's Image.BOX of them; the check prepares anew in the same memory
    const { classes } = pipeline.read({ scores: Float32Array.of(0.75, 0.25) });
    const checked = { reader, loaded: () => ({ artefact: "a/tflite", pipeline }), infer: async () => ({ scores: [0.25, 0.75] }) };
    const { pass } = await checkGolden(checked);
    const refused = await openPipeline({ ...reader.spec, outputs: [] }, {}).catch((error) => error instanceof SatchelError);
    console.log(JSON.stringify({ data, shape: image.shape, classes, pass, refused }));
    await import("satchel");
    await import("satchel/csv");
  `;
  writeFileSync(join(app, "use.js"), use);
  const found = JSON.parse(execFileSync(process.execPath, ["--no-warnings", "use.js"], { cwd: app, encoding: "utf8" }));
  assert.deepEqual(found, {
    data: [2, 3, 4, 8, 9, 10, 14, 15, 16, 20, 21, 22],
    shape: [1, 2, 2, 3],
    classes: [{ index: 0, score: 0.75, label: null }],
    pass: true,
    refused: true,
  });
});

test("the types hold in a strict program of another", () => {
  const use = `
    import { BundleReader, checkGolden, fromPixels, openPipeline, parseSpec, SatchelError } from "satchel/contract";
    import { startSatchel, type Satchel } from "satchel";
    import { readRows } from "satchel/csv";

    export async function main(file: Blob): Promise<number> {
      const reader = await BundleReader.open(file, { digest: "0" });
      const pipeline = await openPipeline(parseSpec("{}"), reader.labels, "int8/tflite");
      const tensors = pipeline.prepare(fromPixels(new Uint8Array(12), 2, 2));
      const first = Number(tensors["image"]!.data[0]);
      const { classes } = pipeline.read({ scores: new Float32Array(2) });
      const report = await checkGolden({ reader, loaded: () => ({ artefact: "a", pipeline }), infer: async () => ({}) });
      const satchel: Satchel = await startSatchel({ libraryUrl: "/satchel/", runtimesUrl: "/runtimes/" });
      const { timings } = await satchel.run(file);
      // @ts-expect-error a photo has a height
      fromPixels(new Uint8Array(12), 2);
      // @ts-expect-error a class has no name
      classes?.[0]?.name;
      for await (const row of readRows(file)) if (row.get("a") === "") throw new SatchelError("input/empty", "none");
      return first + report.cases.length + timings.total + (classes?.[0]?.score ?? 0);
    }
  `;
  writeFileSync(join(app, "use.ts"), use);
  const options = ["--noEmit", "--strict", "--noUncheckedIndexedAccess"];
  const platform = ["--lib", "es2022,dom,dom.iterable", "--target", "es2022", "--module", "nodenext"];
  const { stdout } = compiled([...options, ...platform, "use.ts"]);
  assert.equal(stdout, "");
});

function compiled(args) {
  try {
    return { stdout: execFileSync(process.execPath, [TSC, ...args], { cwd: app, encoding: "utf8" }) };
  } catch (error) {
    return error;
  }
}

test("what a spec names is loaded for it, and is what the whole library has", async () => {
  const steps = [{ op: "decode" }, { op: "resize", method: "opencv.area", fit: "stretch", width: 2, height: 2 }];
  const kit = await kitOf(
    parseSpec(
      specWith(steps, [
        { op: "argmax_mask", layout: "NHWC" },
        { op: "round", decimals: 1, rounding: "half_even" },
      ]),
    ),
  );
  const { photo, frame } = WHOLE.families;
  assert.deepEqual(kit.families, { photo, frame });
  assert.deepEqual(Object.keys(kit.resizers), ["opencv.linear", "opencv.area", "opencv.nearest"]);
  for (const op of ["argmax_mask", "round", "label"]) assert.equal(kit.readOps[op], WHOLE.readOps[op]);
  for (const method of Object.keys(WHOLE.resizers)) {
    const { resizers, chain } = await kitOf(parseSpec(specWith([steps[0], { ...steps[1], method }])));
    assert.equal(resizers[method], WHOLE.resizers[method], method);
    assert.ok(Object.keys(resizers).length <= 6, method);
    assert.equal(chain, method.startsWith("tf.") ? WHOLE.chain : undefined, method);
  }
  for (const head of Object.keys(WHOLE.heads)) {
    const { heads } = await kitOf({ inputs: [], outputs: [{ steps: [{ op: "decode_boxes", head }] }] });
    assert.deepEqual(heads, { [head]: WHOLE.heads[head] });
  }
  for (const op of Object.keys(WHOLE.readOps)) {
    const { readOps } = await kitOf({ inputs: [], outputs: [{ steps: [{ op }] }] });
    assert.equal(readOps[op], WHOLE.readOps[op], op);
  }
  const firsts = { photo: "decode", frame: "yuv_to_rgb", row: "columns", signal: "window" };
  assert.deepEqual(Object.keys(firsts), Object.keys(WHOLE.families));
  for (const [kind, op] of Object.entries(firsts)) {
    const { families } = await kitOf({ inputs: [{ steps: [{ op }] }], outputs: [] });
    assert.deepEqual(families, { photo, frame, [kind]: WHOLE.families[kind] });
  }
});
