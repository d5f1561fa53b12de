/**
 * A bundle that is a folder on a server. There is no listing: what the manifest does not name is never asked for.
 */

import { SatchelError } from "./errors.js";

/**
 * Where the bytes of a bundle lie. `sizes` has every file that is there, and is undefined where that cannot be known.
 *
 * @typedef {object} Store
 * @property {string} where
 * @property {ReadonlyMap<string, number> | undefined} sizes
 * @property {(path: string, limit: number, onBytes?: (count: number) => void) => Promise<Uint8Array<ArrayBuffer>>} read gives a
 *   file, at most `limit` bytes of it and one more
 */

/**
 * @param {string} url the folder that holds manifest.json
 * @returns {Store}
 */
export function openUrl(url) {
  const folder = url.endsWith("/") ? url : `${url}/`;
  return {
    where: folder,
    sizes: undefined,
    read: (path, limit, onBytes) => fetched(folder + path.split("/").map(encodeURIComponent).join("/"), limit, onBytes),
  };
}

/**
 * Gives what a server sends, at most `limit` bytes of it and one more.
 *
 * @param {string} url
 * @param {number} limit
 * @param {(count: number) => void} [onBytes] is told how many have come so far
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
  const parts = [];
  let count = 0;
  const reader = response.body.getReader();
  try {
    for (let part = await reader.read(); !part.done && count <= limit; part = await reader.read()) {
      parts.push(part.value);
      count += part.value.length;
      onBytes(Math.min(count, limit));
    }
  } catch (error) {
    throw unreadable(url, error instanceof Error ? error.message : String(error));
  }
  if (count > limit) void reader.cancel().catch(() => {});
  return joined(parts, Math.min(count, limit + 1));
}

/**
 * @param {readonly Uint8Array[]} parts
 * @param {number} length
 */
function joined(parts, length) {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part.subarray(0, length - at), at);
    at += Math.min(part.length, length - at);
  }
  return whole;
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
