/**
 * The device chooses: what runs a bundle here, measured once and remembered.
 *
 * What is measured is the variant that is loaded already, so that choosing costs no download, in a worker of its own, when the first
 * answers are given, and for SECONDS at most. The choice counts from the next time that the bundle is opened.
 */

import { startSatchel } from "../lib/client.js";
import { fastest, reasonOf } from "../lib/fastest.js";
import { VERSION } from "../lib/version.js";

/** @typedef {import("../lib/trial.js").Trial} Trial */
/** @typedef {Pick<Trial["candidate"], "artefact"> & Partial<Pick<Trial["candidate"], "backend" | "threads">>} Way */
/** @typedef {{way: Way, reason: string, byHand: boolean}} Choice */

const SECONDS = 8;
const PLACE = "satchel-choice:";
const BY_HAND = "You chose this variant; this device remembers it.";

/**
 * Gives what was chosen for a bundle in this very browser by this very library.
 *
 * @param {string} digest
 * @returns {Choice | undefined}
 */
export function remembered(digest) {
  try {
    const { under, choice } = JSON.parse(localStorage.getItem(PLACE + digest) ?? "{}");
    return under === surroundings() ? choice : undefined;
  } catch {
    return undefined; // where storage is refused, or holds something else, it is measured again
  }
}

/**
 * @param {string} digest
 * @param {Choice} choice
 */
function remember(digest, choice) {
  try {
    localStorage.setItem(PLACE + digest, JSON.stringify({ under: surroundings(), choice }));
  } catch {
    // Where storage is refused it is measured again.
  }
}

/** Gives what a choice depends on beside the bundle. */
function surroundings() {
  const { userAgent, hardwareConcurrency } = navigator;
  return JSON.stringify([VERSION, userAgent, hardwareConcurrency, crossOriginIsolated]);
}

/**
 * Remembers what a visitor chose himself.
 *
 * @param {string} digest
 * @param {string} artefact
 */
export function chooseByHand(digest, artefact) {
  remember(digest, { way: { artefact }, reason: BY_HAND, byHand: true });
}

/**
 * Measures what runs an artefact fastest and right, and remembers it.
 *
 * @param {import("./catalogue.js").Entry} entry
 * @param {string} artefact
 * @param {() => boolean} wanted whether anybody still waits
 * @returns {Promise<Choice | undefined>} undefined where nothing was right, or nobody waits
 */
export async function chooseFor(entry, artefact, wanted) {
  await new Promise((done) => (globalThis.requestIdleCallback ?? setTimeout)(done));
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  try {
    await satchel.open(entry.blob ?? entry.url, { digest: entry.digest });
    const candidates = (await satchel.candidates()).filter((each) => each.artefact === artefact);
    /** @type {Trial[]} */
    const trials = [];
    const end = performance.now() + SECONDS * 1000;
    for (const candidate of candidates) {
      if (!wanted() || performance.now() > end) break;
      trials.push(await satchel.trial(candidate, { samples: 8, budget: 500 }));
    }
    const best = fastest(trials);
    if (best === undefined || !wanted()) return undefined;
    const { backend, threads } = best.candidate;
    const choice = { way: { artefact, backend, threads }, reason: reasonOf(best, trials), byHand: false };
    remember(entry.digest, choice);
    return choice;
  } finally {
    satchel.close();
  }
}
