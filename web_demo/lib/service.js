/**
 * The worker's own part: carries out what client.js asks, one thing at a time.
 */

import { openBundle } from "./bundle.js";
import { SatchelError } from "./errors.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */

/**
 * What a page learns of a bundle when it opens it.
 *
 * @typedef {object} Info
 * @property {string} name
 * @property {string} digest
 * @property {string} task
 * @property {Record<string, string[]>} labels
 * @property {import("./bundle.js").Artefact[]} variants
 * @property {import("./spec.js").Spec} spec
 */

/**
 * What is loaded: `bytes` of the model itself, `wire` of its files' bodies as the server sent them now, 0 where they were here.
 *
 * @typedef {{ms: number, bytes: number, wire: number, runtime: string, version: string, backend: string, threads: number}}
 *   Loaded
 */

/** @typedef {Omit<import("./bundle.js").Run, "view"> & {view?: ImageData}} RunResult */

/** @typedef {{id: number, verb: string} & Record<string, any>} Request */

/** @type {{runtimesUrl: string, threads?: number}} */
let options = { runtimesUrl: "/runtimes/" };

/** @type {Bundle | undefined} */
let bundle;

/** @type {Promise<void>} */
let queue = Promise.resolve();

/**
 * Carries out a request after all that came before it.
 *
 * @param {Request} request
 */
export function answer(request) {
  if (request.verb === "keep")
    void reply(request); // it takes long, and nothing waits for it
  else queue = queue.then(() => reply(request));
}

/** @param {Request} request */
async function reply({ id, verb, ...request }) {
  try {
    const news = (/** @type {unknown} */ each) => postMessage({ id, news: each });
    postMessage({ id, value: await VERBS[verb](request, news) });
  } catch (error) {
    postMessage({ id, error: explained(error).toJSON() });
  }
}

/** @type {Record<string, (request: Record<string, any>, news: (each: unknown) => void) => Promise<unknown>>} */
const VERBS = {
  async start({ runtimesUrl, threads }) {
    options = { runtimesUrl, threads };
  },

  async open({ source, digest, keep }) {
    bundle?.close();
    bundle = undefined;
    const store = keep && typeof source === "string" ? await import("./service_keep.js") : undefined;
    bundle = await openBundle(source, { ...options, digest, keep: await store?.theKeep() });
    await store?.hold(bundle.reader, source);
    const { manifest, labels } = bundle.reader;
    const { spec, artefacts } = bundle;
    return { name: manifest.name, digest: bundle.digest, task: spec.task, labels, variants: artefacts, spec };
  },

  async load({ artefact, backend, threads }, news) {
    const start = performance.now();
    const description = await opened().load(artefact, { backend, threads, onProgress: news });
    const { bytes } = opened().reader.artefact(artefact);
    return { ...description, bytes, wire: wireSince(start), ms: performance.now() - start };
  },

  async run({ given, view, outputs, reading }) {
    const { view: seen, ...rest } = await opened().run(given, { view, outputs, reading });
    return seen ? { ...rest, view: new ImageData(seen.data, seen.width, seen.height) } : rest;
  },

  async candidates() {
    const { candidatesOf, surroundings } = await import("./candidates.js");
    return candidatesOf(opened().artefacts, await surroundings());
  },

  async trial({ candidate, ...how }, news) {
    const { trialOf } = await import("./trial.js");
    return trialOf(opened(), candidate, { ...how, onCase: news });
  },

  async reread({ reading }) {
    return opened().reread(reading);
  },

  async check({ runs }, news) {
    return opened().check({ runs, onCase: news });
  },

  async keep({ entry }, news) {
    return (await import("./service_keep.js")).keepHeld(entry, news);
  },

  async forget() {
    await (await import("./service_keep.js")).forgetHeld();
  },

  async runtimes() {
    return (await import("./service_keep.js")).runtimesUsed(options.runtimesUrl);
  },
};

/**
 * Gives the bytes of bundles' model files that the server sent since a moment, compressed as they came.
 *
 * @param {number} start
 */
function wireSince(start) {
  const entries = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByType("resource"));
  const sent = entries.filter(
    (each) => each.startTime >= start && /\/variants\/|\.satchel$/.test(each.name) && each.transferSize > 0,
  );
  return sent.reduce((sum, each) => sum + each.encodedBodySize, 0);
}

/** @returns {Bundle} */
function opened() {
  if (bundle) return bundle;
  throw new SatchelError("env/nothing-open", "no bundle is open", { hint: "Call open first." });
}

/** @param {unknown} error */
function explained(error) {
  if (error instanceof SatchelError) return error;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new SatchelError("env/unexpected", `something went wrong that Satchel does not know (${reason})`, {
    hint: "Reload the page; if it happens again, it is a mistake in Satchel.",
  });
}
