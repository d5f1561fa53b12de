/**
 * A bundle that is a folder on a server. There is no listing: what the manifest does not name is never asked for.
 */

import { SatchelError } from "./errors.js";

/**
 * Where the bytes of a bundle lie.
 *
 * @typedef {object} Store
 * @property {string} where
 * @property {(path: string, limit: number, onBytes?: (count: number) => void) => Promise<Uint8Array<ArrayBuffer>>} read gives a
 *   file, at most `limit` bytes of it and one more
 * @property {(manifest: import("./manifest.js").Manifest) => void} [check] holds what lies there against the manifest, where that
 *   can be known
 */

/**
 * @param {string} url the folder that holds manifest.json
 * @returns {Store}
 */
export function openUrl(url) {
  const folder = url.endsWith("/") ? url : `${url}/`;
  return {
    where: folder,
    read: (path, limit, onBytes) => fetched(folder + path.split("/").map(encodeURIComponent).join("/"), limit, onBytes),
  };
}

/**
 * Gives what a server sends, at most `limit` bytes of it and one more.
 *
 * @param {string} url
 * @param {number} limit
 * @param {(count: number, bytes: Uint8Array) => void} [onBytes] is told how many have come so far, and shown them; what it throws
 *   ends the transfer
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {SatchelError} bundle/missing-file, bundle/unreadable
 */
export async function fetched(url, limit, onBytes = () => {}) {
  const response = await fetch(url, { credentials: "same-origin" }).catch((error) => {
    throw unreadable(url, error.message);
  });
  if (response.status === 404)
    throw new SatchelError("bundle/missing-file", "the server has no such file", { where: url });
  if (!response.ok || response.body === null) throw unreadable(url, `status ${response.status}`);
  // Of a compressed transfer the length is stated as it was sent: a hint, which saves a second copy where it is right.
  const stated = Number(response.headers.get("content-length")) || 0;
  let whole = new Uint8Array(0);
  let count = 0;
  const reader = response.body.getReader();
  try {
    for (let part = await reader.read(); !part.done && count <= limit; part = await reader.read()) {
      const next = count + part.value.length;
      if (next > whole.length) whole = enlarged(whole, Math.min(limit + 1, Math.max(next, stated, 2 * count)));
      whole.set(part.value.subarray(0, whole.length - count), count);
      count = Math.min(next, limit + 1);
      onBytes(Math.min(count, limit), whole);
    }
  } catch (error) {
    void reader.cancel().catch(() => {});
    if (error instanceof SatchelError) throw error;
    throw unreadable(url, error instanceof Error ? error.message : String(error));
  }
  if (count > limit) void reader.cancel().catch(() => {});
  return count < whole.length ? whole.slice(0, count) : whole;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} length
 */
function enlarged(bytes, length) {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/**
 * @param {string} url
 * @param {string} reason
 */
function unreadable(url, reason) {
  return new SatchelError("bundle/unreadable", `cannot be fetched (${reason})`, {
    where: url,
    hint: "Is the server running?",
  });
}
