/**
 * Golden inputs of a bundle: pictures, frames, rows or signals; what each artefact must make of them and answer.
 */

import { SatchelError } from "./errors.js";
import { frame, goldenFrame, goldenPixels, pixels, side } from "./golden_pictures.js";
import { loads } from "./json.js";
import { artefacts, SHA256 } from "./manifest.js";
import { exactly, integer, isObject, list, mapOf, need, number, oneOf, optional, record, string } from "./schema.js";
import { DTYPES, refuseNewer, SATCHEL } from "./spec.js";
import { NAME } from "./steps.js";

const prepared = record({ sha256: SHA256, min: number(), max: number() });

const KINDS = {
  float32: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
};

const row = record({ row: mapOf(string(), cell) });

const signal = record(
  { signal: list(list(number(), { min: 1 }), { min: 1 }), rate: optional(number({ above: 0 })) },
  ({ signal: samples }, path) => {
    const same = new Set(samples.map((each) => each.length)).size === 1;
    need(same, path, "the samples have different numbers of channels");
  },
);

/** @type {import("./schema.js").Kind<string | number | null>} */
function cell(value, path) {
  if (value === null) return value;
  return typeof value === "string" ? value : number()(value, path);
}

/** Golden inputs by a key that only they have; without any of these it is a picture. */
const INPUTS = { row, signal, format: frame };

/**
 * @type {import("./schema.js").Kind<ReturnType<typeof pixels> | ReturnType<typeof frame> | ReturnType<typeof row> |
 *   ReturnType<typeof signal>>}
 */
function goldenInput(value, path) {
  for (const [key, kind] of Object.entries(INPUTS)) if (isObject(value) && key in value) return kind(value, path);
  return pixels(value, path);
}

const values = record(
  {
    dtype: oneOf(DTYPES),
    shape: list(integer(0)),
    data: string(),
    every: optional(integer(2)),
    sha256: optional(SHA256),
    largest: optional(number({ min: 0 })),
  },
  ({ dtype, shape, data, every, sha256: hash, largest }, path) => {
    const sampled = [every, hash, largest].filter((each) => each !== undefined).length;
    need(sampled === 0 || sampled === 3, path, "every, sha256 and largest come together");
    const size = shape.reduce((product, each) => product * each, 1);
    const count = Math.ceil(size / (every ?? 1)) * KINDS[dtype].BYTES_PER_ELEMENT;
    const fits = bytesOfBase64(data)?.length === count;
    need(fits, path, `data is not base64 of the ${count} bytes that shape and dtype need`);
  },
);

const index = integer(0);
const classes = list(record({ index, score: number(), label: optional(string()) }));
const objects = list(record({ box: exactly(number(), 4), index, score: number(), label: optional(string()) }));
const keypoints = list(record({ x: number(), y: number(), score: optional(number()), name: optional(string()) }));
const mask = record(
  { width: side, height: side, indices: list(index), counts: list(integer(1)), labels: optional(list(string())) },
  ({ width, height, indices, counts }, path) => {
    need(indices.length === counts.length, path, "indices and counts have different lengths");
    const pixelsIn = counts.reduce((total, each) => total + each, 0);
    need(pixelsIn === width * height, path, "the runs are not width * height pixels long");
  },
);
const numbers = list(number());
const window = record({ start: index, classes: optional(classes), values: optional(numbers) });

const answer = record(
  {
    classes: optional(classes),
    objects: optional(objects),
    keypoints: optional(keypoints),
    mask: optional(mask),
    values: optional(numbers),
    windows: optional(list(window)),
  },
  (found, path) => {
    const kinds = [found.classes, found.objects, found.keypoints, found.mask, found.values];
    need(kinds.filter((each) => each !== undefined).length === 1, path, "an answer is of exactly one kind");
  },
);

const expected = record({ prepared: mapOf(NAME, prepared), outputs: mapOf(NAME, values), answer });

const goldenCase = record({ id: NAME, input: mapOf(NAME, goldenInput), artefacts: mapOf(string(), expected) });

const golden = record(
  {
    satchel: SATCHEL,
    cases: list(goldenCase, { min: 3 }),
    bounds: mapOf(string(), number({ min: 0, max: 0.1 })),
  },
  ({ cases, bounds }, path) => {
    const ids = cases.map((each) => each.id);
    need(new Set(ids).size === ids.length, path, `two cases have the same id: ${ids.join(", ")}`);
    const named = Object.keys(bounds).sort().join();
    for (const each of cases) {
      const same = Object.keys(each.artefacts).sort().join() === named;
      need(same, path, `the case '${each.id}' and bounds name different artefacts`);
    }
  },
);

/**
 * @typedef {ReturnType<typeof values>} GoldenValues
 * @typedef {ReturnType<typeof goldenInput>} GoldenInput
 * @typedef {ReturnType<typeof goldenCase>} GoldenCase
 * @typedef {ReturnType<typeof answer>} GoldenAnswer
 * @typedef {ReturnType<typeof expected>} Expected
 * @typedef {ReturnType<typeof golden>} Golden
 */

/**
 * Gives the golden cases of a golden.json.
 *
 * @param {Uint8Array} document
 * @returns {Golden}
 */
export function parseGolden(document) {
  const value = loads(document, "golden.json");
  refuseNewer(value, "golden.json $.satchel");
  return golden(value, "golden.json $");
}

/**
 * Gives the golden cases of a bundle: of exactly its artefacts and of all the spec's inputs and outputs.
 *
 * @param {import("./bundle_reader.js").BundleReader} reader
 * @param {Uint8Array} document
 * @returns {Golden}
 */
export function goldenOf({ manifest, spec }, document) {
  const golden = parseGolden(document);
  checkNames(golden, spec, [...artefacts(manifest).keys()]);
  return golden;
}

/**
 * Gives what a golden case is made of by input name: pixels, uint8 [height, width, 3], a row or a Signal.
 *
 * @param {GoldenCase} each
 * @param {(path: string) => Promise<Uint8Array<ArrayBuffer>>} read gives a golden file of the bundle
 * @returns {Promise<Record<string, any>>}
 */
export async function goldenThings(each, read) {
  const inputs = Object.entries(each.input).map(async ([name, input]) => [name, await goldenThing(input, read)]);
  return Object.fromEntries(await Promise.all(inputs));
}

/**
 * Refuses golden cases that leave out an artefact, an input or an output of the bundle, or name another.
 *
 * @param {Golden} found
 * @param {import("./spec.js").Spec} spec
 * @param {readonly string[]} artefacts
 * @throws {SatchelError} bundle/inconsistent
 */
function checkNames({ bounds, cases }, spec, artefacts) {
  same("the golden cases", bounds, artefacts);
  const [inputs, outputs] = [spec.inputs, spec.outputs].map((named) => named.map(({ name }) => name));
  for (const { id, input, artefacts: each } of cases) {
    same(id, each, artefacts);
    same(`${id}, input`, input, inputs);
    for (const [artefact, { prepared: tensors, outputs: values }] of Object.entries(each)) {
      same(`${id}, prepared for ${artefact}`, tensors, inputs);
      same(`${id}, outputs of ${artefact}`, values, outputs);
    }
  }
}

/**
 * @param {string} what
 * @param {Readonly<Record<string, unknown>>} found
 * @param {readonly string[]} expected
 */
function same(what, found, expected) {
  const there = Object.keys(found);
  if (there.length === expected.length && expected.every((name) => Object.hasOwn(found, name))) return;
  const message = `${what}: expected ${[...expected].sort().join(", ")}, found ${there.sort().join(", ") || "none"}`;
  throw new SatchelError("bundle/inconsistent", message, { where: "golden/golden.json" });
}

/**
 * Gives what a golden input is: pixels, uint8 [height, width, 3], a Frame, a row or a Signal.
 *
 * @param {GoldenInput} each
 * @param {(path: string) => Promise<Uint8Array<ArrayBuffer>>} read gives a file of the bundle by its path
 * @returns {Promise<{pixels: Uint8Array<ArrayBuffer>, width: number, height: number} | import("./values.js").Frame |
 *   import("./values.js").Row | import("./values.js").Signal>}
 */
async function goldenThing(each, read) {
  if ("row" in each) return each.row;
  if ("signal" in each) {
    return { values: Float64Array.from(each.signal.flat()), channels: each.signal[0].length, rate: each.rate };
  }
  const stored = await read(each.file);
  if ("format" in each) return goldenFrame(each, stored);
  return { pixels: await goldenPixels(each, stored), width: each.width, height: each.height };
}

/**
 * Gives the values that golden.json keeps of a tensor: all, or every n-th.
 *
 * @param {GoldenValues} tensor
 */
export function goldenArray({ dtype, data }) {
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (bytesOfBase64(data));
  return new KINDS[dtype](bytes.buffer, 0, bytes.length / KINDS[dtype].BYTES_PER_ELEMENT);
}

/**
 * Gives values as the array whose bytes a tensor of that dtype has.
 *
 * @param {keyof typeof KINDS} dtype
 * @param {readonly number[]} values
 */
export function goldenTensor(dtype, values) {
  return dtype === "int64" ? BigInt64Array.from(values, BigInt) : KINDS[dtype].from(values);
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | undefined}
 */
function bytesOfBase64(text) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}
