/**
 * The manifest of a bundle: every file with its length and hash, every variant, and where it all comes from.
 */

import { SatchelError } from "./errors.js";
import { checkInflation } from "./inflation.js";
import { loads } from "./json.js";
import { checkDistinct, checkPath } from "./paths.js";
import { anything, integer, list, mapOf, need, oneOf, record, string } from "./schema.js";
import { refuseNewer, SATCHEL } from "./spec.js";
import { NAME } from "./steps.js";

/** @typedef {import("./spec.js").Spec} Spec */

export const MANIFEST = "manifest.json";
export const SPEC = "spec.json";
export const CARD = "card.md";
export const GOLDEN = "golden/golden.json";
export const MEASUREMENTS = "measurements/";

/** Bytes of the longest manifest that is read. */
export const MAX_MANIFEST = 4 * 2 ** 20;
/** Files that a bundle may hold. */
export const MAX_FILES = 4096;
/** Bytes of all files together: what a zip without 64-bit fields can hold. */
export const MAX_TOTAL = 2 ** 32 - 2 ** 24;

const size = integer(0, MAX_TOTAL);
export const SHA256 = string({ pattern: /^[0-9a-f]{64}$/ });
export const RELATIVE_PATH = string({ min: 1, max: 400 });

const file = record({
  path: RELATIVE_PATH,
  role: oneOf(/** @type {const} */ (["spec", "labels", "model", "tfjs", "golden"])),
  bytes: size,
  sha256: SHA256,
});

const artefact = record({
  file: RELATIVE_PATH,
  bytes: size,
  sha256: SHA256,
  stored_bytes: size,
  ops: list(string()),
  runtimes: list(oneOf(/** @type {const} */ (["litert-python", "litert-js", "tfjs", "tflite-android"]))),
});

const variant = record({
  name: NAME,
  recipe: list(mapOf(string(), anything)),
  artefacts: mapOf(oneOf(/** @type {const} */ (["tflite", "tfjs"])), artefact, { min: 1 }),
});

const provenance = record({
  source_sha256: SHA256,
  source_format: string(),
  versions: mapOf(string(), string()),
  options: mapOf(string(), anything),
});

const manifest = record(
  {
    satchel: SATCHEL,
    name: string({ min: 1, max: 200 }),
    version: string(),
    files: list(file, { max: MAX_FILES }),
    variants: list(variant, { min: 1 }),
    provenance,
  },
  ({ variants }, path) => {
    const names = variants.map((each) => each.name.toLowerCase());
    need(new Set(names).size === names.length, path, `two variants have the same name: ${names.join(", ")}`);
  },
);

/**
 * @typedef {ReturnType<typeof file>} File
 * @typedef {ReturnType<typeof artefact>} Artefact
 * @typedef {ReturnType<typeof manifest>} Manifest
 */

/**
 * Gives the manifest of a manifest.json, its paths safe and its parts consistent.
 *
 * @param {Uint8Array} document
 * @returns {Manifest}
 * @throws {SatchelError} spec/newer-version before anything else, then what is wrong with its form, then a path, too much, or
 *   parts that contradict each other (bundle/inconsistent)
 */
export function parseManifest(document) {
  const value = loads(document, MANIFEST);
  refuseNewer(value, `${MANIFEST} $.satchel`);
  const found = manifest(value, `${MANIFEST} $`);
  for (const each of found.files) checkPath(each.path, MANIFEST);
  checkDistinct(
    found.files.map((each) => each.path),
    MANIFEST,
  );
  const total = found.files.reduce((sum, each) => sum + each.bytes, 0);
  if (total > MAX_TOTAL) {
    const message = `the files are ${total} bytes together, expected at most ${MAX_TOTAL}`;
    throw new SatchelError("bundle/too-large", message, { where: MANIFEST });
  }
  checkRoles(found);
  for (const [id, each] of artefacts(found)) checkArtefact(found, id, each);
  return found;
}

/**
 * Gives every artefact by its id, `float32/tflite`.
 *
 * @param {Manifest} found
 * @returns {Map<string, Artefact>}
 */
export function artefacts(found) {
  return new Map(
    found.variants.flatMap(({ name, artefacts: each }) =>
      Object.entries(each).map(([kind, one]) => /** @type {[string, Artefact]} */ ([`${name}/${kind}`, one])),
    ),
  );
}

/**
 * Refuses a spec that does not say, for each artefact of the manifest and no other, where its tensors go.
 *
 * @param {Spec} spec
 * @param {Manifest} found
 */
export function checkTensors(spec, found) {
  const expected = [...artefacts(found).keys()].sort().join(", ");
  for (const each of [...spec.inputs, ...spec.outputs]) {
    const given = Object.keys(each.tensor).sort().join(", ");
    if (given === expected) continue;
    const message = `expected a tensor for each of ${expected}, found ${given || "none"}`;
    throw new SatchelError("bundle/inconsistent", message, { where: `${SPEC}: ${each.name}` });
  }
}

/**
 * Says whether a path is outside the digest: the manifest itself, measurements/ and card.md.
 *
 * @param {string} path
 */
export function outside(path) {
  return path === MANIFEST || path === CARD || path.startsWith(MEASUREMENTS);
}

/**
 * Gives the role that a path has by its place; a file with no place of its own holds labels.
 *
 * @param {string} path
 */
function roleOf(path) {
  if (path === SPEC) return "spec";
  if (path.startsWith("golden/")) return "golden";
  if (path.startsWith("variants/")) return path.split("/")[2] === "tfjs" ? "tfjs" : "model";
  return "labels";
}

/** @param {Manifest} found */
function checkRoles(found) {
  for (const { path, role } of found.files) {
    if (outside(path) || role !== roleOf(path)) {
      throw inconsistent(`a file of role ${JSON.stringify(role)} has no place at ${JSON.stringify(path)}`);
    }
  }
  for (const needed of [SPEC, GOLDEN]) {
    if (!found.files.some((each) => each.path === needed)) {
      const message = `expected ${needed} among the files, found none`;
      throw new SatchelError("bundle/missing-file", message, { where: MANIFEST });
    }
  }
}

/** The names that an artefact's file may have in its variant's folder. */
const ALLOWED = /** @type {Record<string, string[]>} */ ({
  tflite: ["model.tflite", "model.tflite.z", "model.tflite.rz"],
  tfjs: ["tfjs/model.json"],
});

/**
 * @param {Manifest} found
 * @param {string} id
 * @param {Artefact} each
 */
function checkArtefact(found, id, each) {
  const [name, kind] = id.split("/");
  const folder = `variants/${name}/`;
  const own = found.files.find((one) => one.path === each.file);
  if (own === undefined || !ALLOWED[kind].some((one) => each.file === folder + one)) {
    throw inconsistent(`the artefact ${id} has no file '${folder}${ALLOWED[kind][0]}' among the files`);
  }
  if (!agrees(found, each, own, kind === "tfjs" ? `${folder}tfjs/` : "")) {
    throw inconsistent(`the artefact ${id} and its file '${each.file}' disagree on length or hash`);
  }
}

/**
 * @param {Manifest} found
 * @param {Artefact} each
 * @param {File} own
 * @param {string} folder of a TF.js model, else empty
 */
function agrees(found, each, own, folder) {
  if (each.file.endsWith("z")) {
    checkInflation(own.bytes, each.bytes, each.file);
    return each.stored_bytes === own.bytes;
  }
  const parts = folder ? found.files.filter((one) => one.path.startsWith(folder)) : [own];
  const stored = parts.reduce((sum, one) => sum + one.bytes, 0);
  return each.bytes === stored && each.stored_bytes === stored && each.sha256 === own.sha256;
}

/** @param {string} message */
function inconsistent(message) {
  return new SatchelError("bundle/inconsistent", message, { where: MANIFEST });
}
