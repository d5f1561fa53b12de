/**
 * The page's side: a promise for everything that the worker does, so that the page never waits.
 */

import { SatchelError } from "./errors.js";
import { videosIn } from "./values.js";

/**
 * @typedef {import("./service.js").Info} Info
 * @typedef {import("./service.js").Loaded} Loaded
 * @typedef {import("./service.js").RunResult} RunResult
 * @typedef {import("./check.js").Report} Report
 * @typedef {import("./keeping.js").Kept} Kept
 * @typedef {import("./bundle_reader.js").Progress} Progress
 */

/**
 * One bundle open in a worker of its own.
 */
export class Satchel {
  #worker;
  #waiting = /** @type {Map<number, Call>} */ (new Map());
  #next = 1;
  /** @type {SatchelError | undefined} why nothing can be asked any more */
  #ended;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
    worker.addEventListener("message", (event) => this.#take(event.data));
    worker.addEventListener("error", (event) => this.#fail(event.message ?? "the script could not be loaded"));
  }

  /**
   * Opens a bundle; its manifest, spec and labels are fetched and checked. A bundle that was open before is closed.
   *
   * @param {string | Blob} source the address of the folder that holds manifest.json, or of a .satchel file; or such a file
   * @param {{digest?: string, keep?: boolean}} [options] the digest that the bundle must have; with `keep`, the files of a folder
   *   are kept in this browser as they come, by their hash, and are not fetched again
   * @returns {Promise<Info>}
   */
  open(source, { digest, keep = false } = {}) {
    const there = typeof source === "string" ? new URL(source, location.href).href : source;
    return this.#call("open", { source: there, digest, keep });
  }

  /**
   * Fetches, checks and compiles an artefact: for the named backend, or refuses it (model/not-runnable); for the first that runs
   * it where none is named.
   *
   * @param {string} artefact `int8/tflite`
   * @param {import("./loading.js").Wanted} [wanted]
   * @returns {Promise<Loaded>}
   */
  load(artefact, { backend, threads, onProgress } = {}) {
    return this.#call("load", { artefact, backend, threads }, [], onProgress);
  }

  /**
   * Gives the answer for a photo, `{row}`, `{signal, rate}` or `{frame}`. A VideoFrame is handed over, and closed in the worker.
   *
   * @param {import("./bundle.js").Given} given
   * @param {import("./bundle.js").RunOptions & {transfer?: Transferable[]}} [options] what is in `transfer` is handed over to the
   *   worker, not copied
   * @returns {Promise<RunResult>}
   */
  run(given, { view = false, outputs = false, reading, transfer = [] } = {}) {
    return this.#call("run", { given, view, outputs, reading }, [...videosIn(given), ...transfer]);
  }

  /**
   * Reads the outputs of the last run anew, with other parameters; the model is not run again.
   *
   * @param {import("./reread.js").Reading} [reading] `{score: 0.3, iou: 0.5}`; without it, as the spec says
   * @returns {Promise<import("./answers.js").Answer>}
   */
  reread(reading) {
    return this.#call("reread", { reading });
  }

  /**
   * Runs the golden cases of the loaded artefact, each twice where no `runs` are named.
   *
   * @param {import("./check.js").CheckOptions} [options]
   * @returns {Promise<Report>}
   */
  check({ runs, onCase } = {}) {
    return this.#call("check", { runs }, [], onCase);
  }

  /**
   * Keeps all of the open bundle that a browser can use, so that it works without a server; older versions of it are then removed.
   * Other things can be asked for meanwhile.
   *
   * @param {{entry?: unknown, onProgress?: (progress: Progress) => void}} [options] `entry` is put down beside it
   * @returns {Promise<Kept>}
   */
  keep({ entry, onProgress } = {}) {
    return this.#call("keep", { entry }, [], onProgress);
  }

  /**
   * Removes the open bundle from what is kept; it goes on from the server.
   *
   * @returns {Promise<void>}
   */
  forget() {
    return this.#call("forget", {});
  }

  /**
   * Gives the addresses of the runtimes' files that were loaded.
   *
   * @returns {Promise<string[]>}
   */
  runtimes() {
    return this.#call("runtimes", {});
  }

  /**
   * Gives every variant in every runtime, with the reason for each that this browser cannot try.
   *
   * @returns {Promise<import("./candidates.js").Candidate[]>}
   */
  candidates() {
    return this.#call("candidates", {});
  }

  /**
   * Loads a candidate, runs every golden case at least twice and times the model. It stays loaded.
   *
   * @param {import("./candidates.js").Candidate} candidate
   * @param {import("./trial.js").TrialOptions} [options]
   * @returns {Promise<import("./trial.js").Trial>}
   */
  trial(candidate, { onCase, ...how } = {}) {
    return this.#call("trial", { candidate, ...how }, [], onCase);
  }

  /** Ends the worker and gives all its memory back; what was still asked for is refused. */
  close() {
    this.#worker.terminate();
    this.#fail("it was closed");
  }

  /**
   * @param {string} verb
   * @param {object} request
   * @param {Transferable[]} [transfer]
   * @param {(news: any) => void} [onNews]
   * @returns {Promise<any>}
   */
  #call(verb, request, transfer = [], onNews = () => {}) {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onNews });
      this.#worker.postMessage({ id, verb, ...request }, transfer);
    });
  }

  /**
   * Starts the worker's own part.
   *
   * @param {{runtimesUrl: string, threads?: number}} options
   * @returns {Promise<void>}
   */
  start(options) {
    return this.#call("start", options);
  }

  /** @param {{id: number, news?: any, value?: any, error?: any}} reply */
  #take({ id, news, value, error }) {
    const call = this.#waiting.get(id);
    if (call === undefined) return;
    if (news !== undefined) return call.onNews(news);
    this.#waiting.delete(id);
    if (error !== undefined) call.reject(new SatchelError(error.code, error.message, error));
    else call.resolve(value);
  }

  /** @param {string} reason */
  #fail(reason) {
    const error = new SatchelError("env/worker", `the worker stopped: ${reason}`, { hint: "Reload the page." });
    this.#ended = error;
    for (const call of this.#waiting.values()) call.reject(error);
    this.#waiting.clear();
  }
}

/**
 * @typedef {{resolve: (value: any) => void, reject: (error: Error) => void, onNews: (news: any) => void}} Call
 */

/**
 * Gives a Satchel with its worker started.
 *
 * @param {{libraryUrl: string, runtimesUrl: string, threads?: number}} options folders, ending in a slash: where this library
 *   and where the runtimes of runtimes.json are served; threads at most, all cores up to 4 when absent
 */
export async function startSatchel({ libraryUrl, runtimesUrl, threads }) {
  const worker = new Worker(new URL("worker.js", new URL(libraryUrl, location.href)));
  const satchel = new Satchel(worker);
  await satchel.start({ runtimesUrl: new URL(runtimesUrl, location.href).href, threads });
  return satchel;
}
