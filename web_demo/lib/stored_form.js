/**
 * How a .tflite is stored in a bundle, undone: raw DEFLATE or entropy coded.
 */

import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";

/**
 * Gives the bytes of a compressed model, their hash checked.
 *
 * @param {{manifest: import("./manifest.js").Manifest}} reader
 * @param {import("./manifest.js").Artefact} artefact
 * @param {Uint8Array<ArrayBuffer>} stored
 * @param {string} where
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {SatchelError} bundle/bomb, bundle/wrong-length, bundle/changed-file, and bundle/inconsistent where the manifest is of a
 *   version that has not this form
 */
export async function unpacked({ manifest }, { file, bytes, sha256: expected }, stored, where) {
  const raw = await (file.endsWith(".rz")
    ? coded(manifest.satchel, stored, bytes, where)
    : (await import("./inflate.js")).inflate(stored, bytes, where));
  const found = await sha256(raw);
  if (found === expected) return raw;
  throw new SatchelError(
    "bundle/changed-file",
    `expected the SHA-256 ${expected}, found ${found} of the opened model`,
    {
      where,
      hint: "The file was changed or damaged after packing; get the bundle again.",
    },
  );
}

/**
 * @param {string} version of the manifest
 * @param {Uint8Array<ArrayBuffer>} stored
 * @param {number} size
 * @param {string} where
 */
async function coded(version, stored, size, where) {
  if (version === "1.0") {
    throw new SatchelError("bundle/inconsistent", "an entropy coded model needs a manifest of version 1.1", { where });
  }
  return (await import("./entropy.js")).decoded(stored, size, where);
}
