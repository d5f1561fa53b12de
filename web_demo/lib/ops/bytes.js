/**
 * Typed arrays as bytes.
 */

/**
 * Gives the bytes of a typed array, as they stand in memory (little-endian on every machine that browsers run on).
 *
 * @param {ArrayBufferView<ArrayBuffer>} view
 */
export function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
