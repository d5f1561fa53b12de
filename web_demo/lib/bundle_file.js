/**
 * A bundle that is one .satchel file, of which all that lies in it is known.
 */

import { tooLarge, wrongLength } from "./bundle_listing.js";
import { checkBeginning, MARK_SIZE, openZip } from "./bundle_zip.js";
import { SatchelError } from "./errors.js";
import { CARD, MANIFEST, MAX_TOTAL, MEASUREMENTS, outside } from "./manifest.js";
import { checkDistinct, checkPath } from "./paths.js";
import { fetched } from "./transfer.js";

/** @typedef {import("./bundle_url.js").Store} Store */
/** @typedef {import("./manifest.js").Manifest} Manifest */

/** Bytes of all that the manifest does not list. */
const MAX_OUTSIDE = 64 * 2 ** 20;

/**
 * Gives the files of a .satchel file; one that does not begin as such a file is not read further.
 *
 * @param {Blob | ArrayBuffer | Uint8Array<ArrayBuffer>} source
 * @returns {Promise<Store>}
 * @throws {SatchelError} bundle/not-a-bundle, and as openZip
 */
export async function openFile(source) {
  if (source instanceof Uint8Array) return stored(source, "bundle");
  if (source instanceof ArrayBuffer) return stored(new Uint8Array(source), "bundle");
  const name = "name" in source ? String(source.name) : "bundle";
  checkBeginning(new Uint8Array(await source.slice(0, MARK_SIZE).arrayBuffer()), source.size, name);
  return stored(new Uint8Array(await source.arrayBuffer()), name);
}

/**
 * Gives the files of a .satchel file on a server; what does not begin as such a file is not read further.
 *
 * @param {string} url
 * @returns {Promise<Store>}
 * @throws {SatchelError} as openZip; bundle/missing-file, bundle/unreadable
 */
export async function openZipAt(url) {
  return stored(await fetched(url, MAX_TOTAL, (count, bytes) => checkBeginning(bytes, count, url)), url);
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} where
 * @returns {Store}
 */
function stored(bytes, where) {
  const { sizes, read } = openZip(bytes, where);
  if (sizes.has(MANIFEST)) return { where, read, check: (manifest) => checkListing(sizes, manifest, where) };
  const message = `expected a folder with ${MANIFEST} or a .satchel file, found no ${MANIFEST} in it`;
  throw new SatchelError("bundle/not-a-bundle", message, { where });
}

/**
 * Refuses what is in the bundle and not in the manifest, what is not and should be, and lengths that differ.
 *
 * @param {ReadonlyMap<string, number>} sizes
 * @param {Manifest} manifest
 * @param {string} where
 */
function checkListing(sizes, manifest, where) {
  for (const path of sizes.keys()) checkPath(path, where);
  checkDistinct(sizes.keys(), where);
  const loose = new Map(sizes);
  for (const { path, bytes } of manifest.files) {
    const size = loose.get(path);
    if (size === undefined) {
      throw new SatchelError("bundle/missing-file", `expected ${JSON.stringify(path)}, which is not there`, { where });
    }
    if (size !== bytes) throw wrongLength(`${where}: ${path}`, bytes, String(size));
    loose.delete(path);
  }
  checkLoose(loose, where);
}

/**
 * @param {Map<string, number>} loose
 * @param {string} where
 */
function checkLoose(loose, where) {
  loose.delete(MANIFEST);
  for (const path of loose.keys()) {
    if (outside(path)) continue;
    throw new SatchelError("bundle/extra-file", `found ${JSON.stringify(path)}, which the manifest does not list`, {
      where,
      hint: `Only ${MEASUREMENTS} and ${CARD} may hold what the manifest does not list.`,
    });
  }
  const total = [...loose.values()].reduce((sum, each) => sum + each, 0);
  if (total > MAX_OUTSIDE) throw tooLarge(`${where}: ${MEASUREMENTS} and ${CARD}`, String(total), MAX_OUTSIDE);
}
