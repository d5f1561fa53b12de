/**
 * Which artefacts this browser could run and by what: every variant in every runtime, with the reason for each that is not there.
 */

import { adapterOf } from "./engines/graphics.js";

/** @typedef {import("./bundle.js").Artefact} Artefact */

/**
 * @typedef {object} Candidate
 * @property {string} artefact `int8/tflite`
 * @property {"LiteRT.js" | "TF.js"} runtime
 * @property {"wasm" | "webgpu" | "webgl" | "cpu"} backend
 * @property {number} threads
 * @property {string | null} absent why this browser cannot try it, null where it can
 */

/** What a browser has: `threads` at most, and why it has no others. */
/** @typedef {{threads: number, noThreads: string | null, noWebgpu: string | null, noWebgl: string | null}} Surroundings */

const MOST = 4;

/**
 * Gives what this worker has.
 *
 * @returns {Promise<Surroundings>}
 */
export async function surroundings() {
  const cores = Math.min(MOST, navigator.hardwareConcurrency);
  const isolated = globalThis.crossOriginIsolated === true;
  const noThreads = !isolated
    ? "the page is not isolated, so it has one thread"
    : cores < 2
      ? "this device has one core"
      : null;
  const noWebgpu = (await adapterOf()) === null ? "this browser gives no graphics processor to WebGPU" : null;
  return { threads: noThreads === null ? cores : 1, noThreads, noWebgpu, noWebgl: webglMissing() };
}

function webglMissing() {
  const context = typeof OffscreenCanvas === "undefined" ? null : new OffscreenCanvas(1, 1).getContext("webgl2");
  if (context === null) return "this browser gives a worker no WebGL 2";
  context.getExtension("WEBGL_lose_context")?.loseContext();
  return null;
}

/**
 * Gives every candidate of a bundle, in the bundle's order.
 *
 * @param {readonly Artefact[]} artefacts
 * @param {Surroundings} there
 * @returns {Candidate[]}
 */
export function candidatesOf(artefacts, there) {
  return artefacts.flatMap((each) => (each.format === "tfjs" ? ofGraph(each, there) : ofFlatbuffer(each, there)));
}

/**
 * @param {Artefact} artefact
 * @param {Surroundings} there
 * @returns {Candidate[]}
 */
function ofFlatbuffer({ artefact, variant, runtimes }, there) {
  const candidate = (
    /** @type {Candidate["backend"]} */ backend,
    /** @type {number} */ threads,
    /** @type {string | null} */ absent,
  ) => /** @type {Candidate} */ ({ artefact, runtime: "LiteRT.js", backend, threads, absent });
  if (!runtimes.includes("litert-js")) return [candidate("wasm", 1, notForBrowsers(variant))];
  return [
    candidate("wasm", 1, null),
    candidate("wasm", Math.max(2, there.threads), there.noThreads),
    candidate("webgpu", 1, there.noWebgpu),
  ];
}

/**
 * @param {Artefact} artefact
 * @param {Surroundings} there
 * @returns {Candidate[]}
 */
function ofGraph({ artefact, variant, runtimes }, { noWebgl }) {
  const candidate = (/** @type {Candidate["backend"]} */ backend, /** @type {string | null} */ absent) =>
    /** @type {Candidate} */ ({ artefact, runtime: "TF.js", backend, threads: 1, absent });
  if (!runtimes.includes("tfjs")) return [candidate("wasm", notForBrowsers(variant))];
  return [candidate("wasm", null), candidate("webgl", noWebgl), candidate("cpu", null)];
}

/** @param {string} variant */
function notForBrowsers(variant) {
  return variant === "dynamic_range"
    ? "for Python and phones only: in a browser it is slow and its answers are not exact"
    : "the bundle says that no browser runs it";
}
