/**
 * What lies in a bundle, held against its manifest, before anything of it is used.
 */

import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";
import { loads } from "./json.js";
import { MANIFEST, MAX_MANIFEST, parseManifest } from "./manifest.js";
import { refuseNewer } from "./spec.js";

/** @typedef {import("./bundle_url.js").Store} Store */
/** @typedef {import("./keep.js").Keep} Keep */
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
 * @param {Keep} [keep] where its files are kept for later visits
 * @returns {Promise<{store: Store, digest: string, manifest: Manifest}>}
 */
export async function openListing(source, digest, keep) {
  const store = await storeOf(source);
  const kept = digest && (await keep?.get(digest));
  const raw = kept || (await store.read(MANIFEST, MAX_MANIFEST));
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
  store.check?.(manifest);
  if (!kept) keep?.put(found, raw);
  return { store, digest: found, manifest };
}

/**
 * @param {Source} source
 * @returns {Promise<Store>}
 */
async function storeOf(source) {
  if (source instanceof Blob || source instanceof Uint8Array || source instanceof ArrayBuffer) {
    return (await import("./bundle_file.js")).openFile(source);
  }
  if (typeof source !== "string" && !(source instanceof URL)) {
    const message = `expected an address or a file, found ${source === null ? "null" : typeof source}`;
    throw new SatchelError("bundle/not-found", message, { hint: "Give an address, a Blob or bytes." });
  }
  const url = String(source);
  return url.endsWith(".satchel")
    ? (await import("./bundle_file.js")).openZipAt(url)
    : (await import("./bundle_url.js")).openUrl(url);
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
