/**
 * A trial: is a variant in a runtime right on this device, and how long does it take?
 */

import { checkGolden, goldenWindows } from "./check.js";
import { SatchelError } from "./errors.js";

/** @typedef {import("./candidates.js").Candidate} Candidate */
/** @typedef {import("./check.js").CaseReport} CaseReport */

/**
 * What a trial found. `right`: every golden case, in every run. `right once`: some runs of a case are right and others are not.
 * `failed`: it does not run here, `detail` says why. Times are of the model alone; `bytes` what the bundle holds of it.
 *
 * @typedef {object} Trial
 * @property {Candidate} candidate
 * @property {"right" | "right once" | "wrong" | "failed" | "absent"} verdict
 * @property {string} detail
 * @property {number | null} milliseconds the median
 * @property {number | null} p95
 * @property {number} runs that were timed
 * @property {number} bytes
 * @property {readonly CaseReport[]} cases
 */

/**
 * `runs` of each golden case, twice without it; then the model runs until there are `samples` times, or `budget` milliseconds have
 * gone by.
 *
 * @typedef {{onCase?: (report: CaseReport) => void, runs?: number, samples?: number, budget?: number}} TrialOptions
 */

/**
 * Loads a candidate, runs its golden cases and times it. It stays loaded.
 *
 * @param {import("./bundle.js").Bundle} bundle
 * @param {Candidate} candidate
 * @param {TrialOptions} [options]
 * @returns {Promise<Trial>}
 * @throws {SatchelError} bundle/..., where the model cannot be had at all
 */
export async function trialOf(bundle, candidate, { samples = 10, budget = 2000, ...options } = {}) {
  const { artefact, backend, threads, absent } = candidate;
  const { stored_bytes: bytes } = bundle.reader.artefact(artefact);
  const none = { candidate, milliseconds: null, p95: null, runs: 0, bytes, cases: [] };
  if (absent !== null) return { ...none, verdict: "absent", detail: absent };
  try {
    await bundle.load(artefact, { backend, threads });
    const { cases } = await checkGolden(bundle, options);
    const times = await timed(bundle, samples, budget);
    const verdict = verdictOf(cases);
    return { ...none, verdict, detail: detailOf(cases), ...middle(times), runs: times.length, cases };
  } catch (error) {
    if (error instanceof SatchelError && error.code.startsWith("bundle/")) throw error;
    return { ...none, verdict: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * @param {readonly CaseReport[]} cases
 * @returns {Trial["verdict"]}
 */
function verdictOf(cases) {
  if (cases.every(({ verdict }) => verdict === "right")) return "right";
  return cases.some(({ verdict }) => verdict === "wrong") ? "wrong" : "right once";
}

/** @param {readonly CaseReport[]} cases */
function detailOf(cases) {
  const bad = cases.filter(({ verdict }) => verdict !== "right");
  if (bad.length === 0) return "";
  const [first] = bad;
  const what = !first.prepared
    ? "another prepared tensor"
    : first.output.ok
      ? "another answer"
      : `outputs off by ${first.output.largest.toExponential(1)} of their largest`;
  return `${bad.length} of ${cases.length} golden cases: ${first.id} has ${what}`;
}

/**
 * Gives the milliseconds of runs of the first golden case, after those that the check has warmed up.
 *
 * @param {import("./bundle.js").Bundle} bundle
 * @param {number} samples
 * @param {number} budget
 */
async function timed(bundle, samples, budget) {
  const { cases } = await bundle.reader.golden();
  const [{ tensors }] = await goldenWindows(bundle, cases[0]);
  const times = [];
  for (const end = performance.now() + budget; times.length < samples; ) {
    const start = performance.now();
    await bundle.infer(tensors);
    times.push(performance.now() - start);
    if (performance.now() > end && times.length >= 3) break;
  }
  return times;
}

/** @param {readonly number[]} times */
function middle(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { milliseconds: at(0.5), p95: at(0.95) };
}
