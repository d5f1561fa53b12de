/**
 * DEFLATE undone by Node's zlib: Node's DecompressionStream passes over data behind the end, where those of browsers refuse it.
 */

import { nodeModule } from "./node.js";

/**
 * Inflates at most `size` bytes, as inflate.js does.
 *
 * @param {Uint8Array<ArrayBuffer>} stored raw DEFLATE
 * @param {number} size
 * @returns {ReturnType<typeof import("./inflate.js").inflated>}
 */
export async function inflatedByNode(stored, size) {
  const { inflateRawSync } = await nodeModule("zlib");
  try {
    // zlib refuses to make more than this, and has no way to make nothing.
    const { buffer, engine } = inflateRawSync(stored, { maxOutputLength: Math.max(size, 1), info: true });
    const raw = new Uint8Array(size);
    raw.set(buffer.subarray(0, size));
    return { raw, length: buffer.length, damaged: engine.bytesWritten !== stored.length };
  } catch (error) {
    const tooLong = /** @type {{code?: string}} */ (error).code === "ERR_BUFFER_TOO_LARGE";
    return { raw: new Uint8Array(size), length: tooLong ? size + 1 : 0, damaged: !tooLong };
  }
}
