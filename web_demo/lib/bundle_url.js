/**
 * A bundle that is a folder on a server. There is no listing: what the manifest does not name is never asked for.
 */

import { fetched } from "./transfer.js";

/** @typedef {import("./transfer.js").OnBytes} OnBytes */

/**
 * Where the bytes of a bundle lie.
 *
 * @typedef {object} Store
 * @property {string} where
 * @property {(path: string, limit: number, onBytes?: OnBytes) => Promise<Uint8Array<ArrayBuffer>>} read gives a file, at most
 *   `limit` bytes of it and one more
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
