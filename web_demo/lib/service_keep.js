/**
 * What the worker does to keep the bundle that is open for later visits.
 */

import { openKeep } from "./keep.js";
import { keepWhole, versionOf } from "./keeping.js";

/** @typedef {import("./bundle_reader.js").BundleReader} BundleReader */
/** @typedef {import("./keeping.js").Kept} Kept */

/** @type {Promise<import("./keep.js").Keep> | undefined} */
let opening;

/** @type {{reader: BundleReader, url: string, release: () => void} | undefined} */
let held;

/** Gives the store of this browser. */
export function theKeep() {
  return (opening ??= openKeep());
}

/**
 * Notes that a bundle is open here, so that no other tab removes its files.
 *
 * @param {BundleReader} reader which reads through the store
 * @param {string} url
 */
export async function hold(reader, url) {
  const keep = await theKeep();
  held?.release();
  held = { reader, url, release: keep.hold(reader.digest) };
  keep.begin(versionOf(reader, url)).catch(() => {}); // nobody need wait for it; keepHeld does it again
}

/**
 * Keeps all of the open bundle that a browser can use.
 *
 * @param {unknown} entry what the page wants to know of it offline
 * @param {(progress: import("./bundle_reader.js").Progress) => void} onProgress
 * @returns {Promise<Kept>}
 */
export async function keepHeld(entry, onProgress) {
  const keep = await theKeep();
  if (held === undefined) return { kept: false, bytes: 0, reason: keep.trouble ?? "refused" };
  return keepWhole(held.reader, keep, { url: held.url, entry }, onProgress);
}

/** Removes every version of the open bundle from the store; it goes on from the server. */
export async function forgetHeld() {
  const keep = await theKeep();
  if (held) await keep.forget(versionOf(held.reader, held.url).bundle);
}

/**
 * Gives the addresses of the runtimes' files that were used here.
 *
 * @param {string} folder where they are served
 */
export function runtimesUsed(folder) {
  const names = performance.getEntriesByType("resource").map(({ name }) => name);
  return [...new Set(names.filter((name) => name.startsWith(folder)))];
}
