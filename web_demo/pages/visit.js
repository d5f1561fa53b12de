/**
 * Bundles that were dropped onto the gallery: kept for this visit in the browser's cache, so that every page can open them.
 */

import { SatchelError } from "../lib/errors.js";

/** @typedef {import("./catalogue.js").Entry} Entry */

const CACHE = "satchel-visit";
const LIST = "satchel-visit";

/**
 * Keeps a bundle, already checked, for this visit.
 *
 * @param {Blob} blob the .satchel file
 * @param {Omit<Entry, "id" | "blob">} about
 * @returns {Promise<Entry>}
 * @throws {SatchelError} env/no-storage
 */
export async function keepVisit(blob, about) {
  const entry = { ...about, id: `visit-${about.digest.slice(0, 12)}` };
  try {
    const cache = await caches.open(CACHE);
    await cache.put(placeOf(entry.id), new Response(blob));
    const others = listed().filter((each) => each.id !== entry.id);
    sessionStorage.setItem(LIST, JSON.stringify([...others, entry]));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SatchelError("env/no-storage", `this browser keeps nothing for this page (${reason})`, {
      hint: "Allow the page to store data or free some space, or serve the file: satchel serve FILE.",
    });
  }
  return { ...entry, blob };
}

/**
 * Gives the bundles of this visit that are still kept.
 *
 * @returns {Promise<Entry[]>}
 */
export async function visits() {
  const entries = listed();
  if (entries.length === 0) return [];
  const cache = await caches.open(CACHE).catch(() => undefined);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const kept = await cache?.match(placeOf(entry.id));
      return kept ? [{ ...entry, blob: await kept.blob() }] : [];
    }),
  );
  return found.flat();
}

/**
 * Forgets a bundle of this visit.
 *
 * @param {string} id
 */
export async function forgetVisit(id) {
  sessionStorage.setItem(LIST, JSON.stringify(listed().filter((each) => each.id !== id)));
  await (await caches.open(CACHE)).delete(placeOf(id));
}

/** @returns {Entry[]} */
function listed() {
  try {
    return JSON.parse(sessionStorage.getItem(LIST) ?? "[]");
  } catch {
    return []; // storage is refused, or another program wrote there
  }
}

/** @param {string} id */
function placeOf(id) {
  return `/visit/${id}.satchel`;
}
