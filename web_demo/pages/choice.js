/**
 * The device chooses: what runs a bundle here, measured once and remembered.
 *
 * Choosing costs no download: where all of the bundle is kept in this browser every variant in every runtime is measured, else the
 * one that is loaded. It is done in a worker of its own, when the first answers are given and nobody asks anything, for SECONDS at
 * most. The choice counts from the next time that the bundle is opened: nothing changes under a visitor's hands.
 */

import { startSatchel } from "../lib/client.js";
import { fastest, reasonOf } from "../lib/fastest.js";
import { VERSION } from "../lib/version.js";

/** @typedef {import("../lib/trial.js").Trial} Trial */
/** @typedef {Pick<Trial["candidate"], "artefact"> & Partial<Pick<Trial["candidate"], "backend" | "threads">>} Way */
/** @typedef {{way: Way, reason: string, byHand: boolean}} Choice */
/** @typedef {import("../lib/candidates.js").Candidate} Candidate */

const SECONDS = 10;
const PAUSE = 1500;
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

/**
 * Forgets what was chosen for a bundle: it does not hold any more.
 *
 * @param {string} digest
 */
export function forget(digest) {
  try {
    localStorage.removeItem(PLACE + digest);
  } catch {
    // Where storage is refused nothing is remembered.
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
 * Measures what runs a bundle fastest and right, and remembers it.
 *
 * @param {import("./catalogue.js").Entry} entry
 * @param {import("./page.js").Loaded} loaded what is tried first
 * @param {{here: boolean, wanted: () => boolean}} how whether all of the bundle is here; whether anybody still waits
 * @returns {Promise<{choice: Choice, runtimes: string[]} | undefined>} with the files of the runtimes that were tried; undefined
 *   where nothing was right, or nobody waits
 */
export async function chooseFor(entry, loaded, { here, wanted }) {
  await new Promise((done) => setTimeout(done, PAUSE));
  if (!wanted()) return undefined;
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  const late = setTimeout(() => satchel.close(), SECONDS * 1000);
  /** @type {Trial[]} */
  const trials = [];
  /** @type {Candidate[]} */
  let candidates = [];
  /** @type {string[]} */
  let runtimes = [];
  try {
    await satchel.open(entry.blob ?? entry.url, { digest: entry.digest, keep: here && entry.blob === undefined });
    candidates = tried(await satchel.candidates(), loaded, here || entry.blob !== undefined);
    for (const candidate of candidates) {
      if (!wanted()) return undefined;
      trials.push(await satchel.trial(candidate, { samples: 8, budget: 500 }));
      runtimes = await satchel.runtimes();
    }
  } catch {
    // What was measured in time counts; where that is nothing, nothing is chosen.
  } finally {
    clearTimeout(late);
    satchel.close();
  }
  const best = fastest(trials);
  if (best === undefined || !wanted()) return undefined;
  const { artefact, backend, threads } = best.candidate;
  const choice = {
    way: { artefact, backend, threads },
    reason: reasonOf(best, trials, candidates.length - trials.length),
    byHand: false,
  };
  remember(entry.digest, choice);
  return { choice, runtimes };
}

/**
 * Gives what is tried, in the order of preference: what is loaded, other ways to run that variant, other variants. TF.js in plain
 * JavaScript is tried only where nothing else is there: it is tens of times slower.
 *
 * @param {readonly Candidate[]} candidates
 * @param {import("./page.js").Loaded} loaded
 * @param {boolean} here
 */
function tried(candidates, loaded, here) {
  const there = candidates.filter(({ absent, artefact }) => absent === null && (here || artefact === loaded.artefact));
  const able = there.filter(({ backend }) => backend !== "cpu");
  const rank = (/** @type {Candidate} */ { artefact, backend, threads }) =>
    (artefact === loaded.artefact ? 0 : 4) +
    (backend === loaded.backend ? 0 : 2) +
    (threads === loaded.threads ? 0 : 1);
  return [...(able.length > 0 ? able : there)].sort((one, other) => rank(one) - rank(other));
}
