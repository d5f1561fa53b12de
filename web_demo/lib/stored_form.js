/**
 * How a .tflite is stored in a bundle, undone: raw DEFLATE or entropy coded.
 */

import { SatchelError } from "./errors.js";

/**
 * Gives the bytes of a compressed model.
 *
 * @param {{manifest: import("./manifest.js").Manifest}} reader
 * @param {Uint8Array<ArrayBuffer>} stored
 * @param {number} size as stated
 * @param {string} where ends in the file's name, which says the form
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {SatchelError} bundle/bomb, bundle/wrong-length, bundle/changed-file, and bundle/inconsistent where the manifest is of a
 *   version that has not this form
 */
export async function unpacked({ manifest }, stored, size, where) {
  if (!where.endsWith(".rz")) return (await import("./inflate.js")).inflate(stored, size, where);
  if (manifest.satchel === "1.0") {
    throw new SatchelError("bundle/inconsistent", "an entropy coded model needs a manifest of version 1.1", { where });
  }
  return (await import("./entropy.js")).decoded(stored, size, where);
}
