/**
 * What lies in a bundle, held against its manifest, before anything of it is used.
 */

import { openUrl } from "./bundle_url.js";
import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";
import { loads } from "./json.js";
import { CARD, MANIFEST, MAX_MANIFEST, MAX_OUTSIDE, MEASUREMENTS, outside, parseManifest } from "./manifest.js";
import { checkDistinct, checkPath } from "./paths.js";
import { refuseNewer } from "./spec.js";

/** @typedef {import("./bundle_url.js").Store} Store */
/** @typedef {import("./manifest.js").Manifest} Manifest */

/**
 * What a bundle may be opened from: the address of its folder or of a .satchel file, such a file, or its bytes.
 *
 * @typedef {string | URL | Blob | ArrayBuffer | Uint8Array<ArrayBuffer>} Source
 */

/**
 * Gives the files of a bundle, its digest and its manifest, all listed files there and no other as far as that can be known.
 *
 * @param {Source} source
 * @param {string} [digest] the digest that the bundle must have, 64 hexadecimal digits
 * @returns {Promise<{store: Store, digest: string, manifest: Manifest}>}
 */
export async function openListing(source, digest) {
  const store = await storeOf(source);
  if (store.sizes && !store.sizes.has(MANIFEST)) {
    const message = `expected a folder with ${MANIFEST} or a .satchel file, found no ${MANIFEST} in it`;
    throw new SatchelError("bundle/not-a-bundle", message, { where: store.where });
  }
  const raw = await store.read(MANIFEST, MAX_MANIFEST);
  if (raw.length > MAX_MANIFEST) throw tooLarge(`${store.where}: ${MANIFEST}`, "more", MAX_MANIFEST);
  refuseNewer(loads(raw, MANIFEST), `${MANIFEST} $.satchel`);
  const found = await sha256(raw);
  if (digest !== undefined && digest.toLowerCase() !== found) {
    throw new SatchelError("bundle/digest", `expected the digest ${digest}, found ${found}`, {
      where: store.where,
      hint: "This is another bundle than the one that was promised; get the right one.",
    });
  }
  const manifest = parseManifest(raw);
  if (store.sizes) checkListing(store.sizes, manifest, store.where);
  return { store, digest: found, manifest };
}

/**
 * @param {Source} source
 * @returns {Promise<Store>}
 */
async function storeOf(source) {
  if (source instanceof Blob || source instanceof Uint8Array || source instanceof ArrayBuffer) {
    return (await import("./bundle_zip.js")).openFile(source);
  }
  if (typeof source !== "string" && !(source instanceof URL)) {
    const message = `expected an address or a file, found ${source === null ? "null" : typeof source}`;
    throw new SatchelError("bundle/not-found", message, { hint: "Give an address, a Blob or bytes." });
  }
  const url = String(source);
  return url.endsWith(".satchel") ? (await import("./bundle_zip.js")).openZipAt(url) : openUrl(url);
}

/**
 * Gives the error for a file that is shorter or longer than the manifest says.
 *
 * @param {string} where
 * @param {number} expected
 * @param {string} found
 */
export function wrongLength(where, expected, found) {
  return new SatchelError("bundle/wrong-length", `expected ${expected} bytes, found ${found}`, { where });
}

/**
 * Gives the error for something beyond a limit of this reader.
 *
 * @param {string} where
 * @param {string} found
 * @param {number} limit
 */
export function tooLarge(where, found, limit) {
  return new SatchelError("bundle/too-large", `expected at most ${limit} bytes, found ${found}`, { where });
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
