/** Reads golden vectors and says where what was found is not what is expected. Runs in Node and in Chromium. */

import { SatchelError } from "../../web_demo/lib/errors.js";
import { HANDLERS } from "./handlers/index.js";

const KINDS = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
};

/**
 * What a handler may need of the place it runs in.
 *
 * @typedef {object} Tools
 * @property {(base64: string) => Uint8Array} bytesOf
 * @property {(file: string) => Promise<Uint8Array>} stored gives what a `.z` file beside the vectors holds
 */

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Gives a JSON value with its arrays as {data, shape}; one of which only the hash is stored stays as it is. */
export function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (typeof value !== "object" || value === null) return value;
  if ("dtype" in value && "data" in value) {
    const bytes = bytesOf(value.data);
    if (value.dtype === "int64") return { data: integers(new BigInt64Array(bytes.buffer)), shape: value.shape };
    return { data: new KINDS[value.dtype](bytes.buffer), shape: value.shape };
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unpacked(each)]));
}

/** Gives whole numbers as numbers, where these hold them. */
function integers(wide) {
  const plain = Array.from(wide, Number);
  return plain.every(Number.isSafeInteger) ? plain : wide;
}

/** Gives why a case is not as it should be; undefined when it is. */
export async function complaint(op, packed, file, tools) {
  const each = unpacked(packed);
  let found;
  try {
    found = await HANDLERS[op](each, file, tools);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    if (each.result === "valid") return `refused: ${error.code} ${error.where}: ${error.message}`;
    const wanted = `${each.code} ${each.where ?? error.where}`;
    return `${error.code} ${error.where}` === wanted
      ? undefined
      : `expected ${wanted}, found ${error.code} ${error.where}`;
  }
  if (each.result === "invalid") return `expected ${each.code}, found an answer`;
  return difference(found, each.expected, each.tolerance ?? {});
}

/** Gives the complaints about a file's cases. */
export async function complaints(op, file, tools) {
  const wrong = [];
  for (const each of file.cases) {
    const why = await complaint(op, each, file, tools);
    if (why) wrong.push(`${each.id}: ${why}`);
  }
  return wrong;
}

/** Gives the first place where two values differ, in words; undefined where they agree. */
export async function difference(found, expected, tolerance, path = "$") {
  if (typeof expected === "number") {
    return near(found, expected, tolerance) ? undefined : `${path}: expected ${expected}, found ${found}`;
  }
  if (typeof expected !== "object" || expected === null) {
    return found === expected ? undefined : `${path}: expected ${expected}, found ${JSON.stringify(found)}`;
  }
  if ("sha256" in expected) return hashDifference(found, expected, path);
  if ("data" in expected && "shape" in expected) return arrayDifference(found, expected, tolerance, path);
  const keys = (value) =>
    Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .join();
  if (typeof found !== "object" || found === null || keys(found) !== keys(expected)) {
    return `${path}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`;
  }
  for (const key of Object.keys(expected)) {
    const why = await difference(found[key], expected[key], tolerance, `${path}.${key}`);
    if (why) return why;
  }
  return undefined;
}

async function hashDifference({ data, shape }, expected, path) {
  const digest = await crypto.subtle.digest("SHA-256", data);
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const same = hex === expected.sha256 && `${shape}` === `${expected.shape}` && data instanceof KINDS[expected.dtype];
  return same ? undefined : `${path}: expected ${expected.sha256} [${expected.shape}], found ${hex} [${shape}]`;
}

function arrayDifference(found, expected, tolerance, path) {
  if (`${found?.shape}` !== `${expected.shape}` || found.data.length !== expected.data.length) {
    return `${path}: expected the shape [${expected.shape}], found [${found?.shape}]`;
  }
  const kind = expected.data.constructor;
  const exact = kind === Uint8Array ? [Uint8Array, Uint8ClampedArray, Float32Array] : [kind];
  if (kind !== Array && !exact.includes(found.data.constructor)) {
    return `${path}: expected ${kind.name}, found ${found.data.constructor.name}`;
  }
  for (let i = 0; i < expected.data.length; i++) {
    if (near(Number(found.data[i]), expected.data[i], tolerance)) continue;
    return `${path}[${i}]: expected ${expected.data[i]}, found ${found.data[i]}`;
  }
  return undefined;
}

const word = new DataView(new ArrayBuffer(4));

/** Gives whole numbers that lie as the binary32 values do, one apart for one unit in the last place. */
function ordered(value) {
  word.setFloat32(0, value);
  const bits = word.getInt32(0);
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}

function near(found, expected, { ulp, absolute }) {
  if (Object.is(found, expected)) return true;
  if (typeof found !== "number" || Number.isNaN(found) || Number.isNaN(expected)) return false;
  if (ulp !== undefined) return Math.abs(ordered(found) - ordered(expected)) <= ulp;
  return absolute !== undefined && Math.abs(found - expected) <= absolute;
}
