/**
 * Golden inputs of a bundle: pixels, what each artefact must prepare from them, give back and answer.
 */

import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";
import { checkInflation, inflate } from "./inflate.js";
import { loads } from "./json.js";
import { RELATIVE_PATH, SHA256 } from "./manifest.js";
import { defaulted, integer, list, mapOf, need, number, oneOf, optional, record, string } from "./schema.js";
import { DTYPES, refuseNewer, VERSION } from "./spec.js";
import { NAME } from "./steps.js";

const side = integer(1, 16384);

const pixels = record({ file: RELATIVE_PATH, width: side, height: side, sha256: SHA256 });
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

const values = record(
  { dtype: oneOf(DTYPES), shape: list(integer(0)), data: string() },
  ({ dtype, shape, data }, path) => {
    const count = shape.reduce((product, each) => product * each, 1) * KINDS[dtype].BYTES_PER_ELEMENT;
    const fits = bytesOfBase64(data)?.length === count;
    need(fits, path, `data is not base64 of the ${count} bytes that shape and dtype need`);
  },
);

const answer = record({
  classes: list(record({ index: integer(0), score: number(), label: optional(string()) })),
});

const expected = record({ prepared: mapOf(NAME, prepared), outputs: mapOf(NAME, values), answer });

const goldenCase = record({ id: NAME, input: mapOf(NAME, pixels), artefacts: mapOf(string(), expected) });

const golden = record(
  {
    satchel: defaulted(oneOf([VERSION]), VERSION),
    cases: list(goldenCase, { min: 1 }),
    bounds: mapOf(string(), number({ low: 0 })),
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
 * @typedef {ReturnType<typeof pixels>} GoldenPicture
 * @typedef {ReturnType<typeof values>} GoldenValues
 * @typedef {ReturnType<typeof goldenCase>} GoldenCase
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
 * Gives the pixels of a golden input, uint8 [height, width, 3].
 *
 * @param {GoldenPicture} picture
 * @param {Uint8Array<ArrayBuffer>} stored raw DEFLATE
 * @throws {SatchelError} bundle/bomb, bundle/wrong-length, bundle/changed-file
 */
export async function goldenPixels(picture, stored) {
  const size = picture.width * picture.height * 3;
  checkInflation(stored.length, size, picture.file);
  const raw = await inflate(stored, size, picture.file);
  if ((await sha256(raw)) !== picture.sha256) {
    throw new SatchelError("bundle/changed-file", "the pixels are not those of golden.json", { where: picture.file });
  }
  return raw;
}

/**
 * Gives a whole tensor of golden.json.
 *
 * @param {GoldenValues} tensor
 */
export function goldenArray({ dtype, data }) {
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (bytesOfBase64(data));
  return new KINDS[dtype](bytes.buffer, 0, bytes.length / KINDS[dtype].BYTES_PER_ELEMENT);
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | undefined}
 */
function bytesOfBase64(text) {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
}
