/**
 * DEFLATE undone within a stated size, by the browser's own decoder.
 */

import { SatchelError } from "./errors.js";
import { IN_NODE } from "./node.js";

/**
 * Gives the raw bytes of raw DEFLATE data (RFC 1951); stops as soon as they pass the stated size.
 *
 * @param {Uint8Array<ArrayBuffer>} stored
 * @param {number} size
 * @param {string} where
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {SatchelError} bundle/bomb, bundle/wrong-length, bundle/changed-file
 */
export async function inflate(stored, size, where) {
  const result = await inflated(stored, size, "deflate-raw");
  if (result.length > size) {
    throw new SatchelError("bundle/bomb", `the data inflates past the stated ${size} bytes`, { where });
  }
  if (result.damaged) {
    throw new SatchelError("bundle/changed-file", "the DEFLATE data is damaged, cut short or has an end too many", {
      where,
    });
  }
  if (result.length < size) {
    throw new SatchelError("bundle/wrong-length", `expected ${size} bytes inflated, found ${result.length}`, { where });
  }
  return result.raw;
}

/**
 * Inflates at most `size` bytes.
 *
 * @param {Uint8Array<ArrayBuffer>} stored
 * @param {number} size
 * @param {CompressionFormat} format
 * @returns {Promise<{raw: Uint8Array<ArrayBuffer>, length: number, damaged: boolean}>} length is beyond `size` when there was more
 */
export async function inflated(stored, size, format) {
  if (IN_NODE && format === "deflate-raw") return (await import("./inflate_node.js")).inflatedByNode(stored, size);
  const raw = new Uint8Array(size);
  const reader = new Blob([stored]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      raw.set(part.value.subarray(0, Math.max(0, size - length)), Math.min(length, size));
      length += part.value.length;
      if (length > size) break;
    }
    void reader.cancel().catch(() => {});
    return { raw, length, damaged: false };
  } catch {
    return { raw, length, damaged: true };
  }
}
