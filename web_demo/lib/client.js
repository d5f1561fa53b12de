/**
 * The page's side: a promise for everything that the worker does, so that the page never waits.
 */

import { SatchelError } from "./errors.js";
import { videosIn } from "./values.js";

/**
 * @typedef {import("./service.js").Info} Info
 * @typedef {import("./service.js").Loaded} Loaded
 * @typedef {import("./service.js").RunResult} RunResult
 * @typedef {import("./check.js").CaseReport} CaseReport
 * @typedef {import("./check.js").Report} Report
 * @typedef {{loaded: number, total: number}} Progress in bytes as they come over the wire
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
   * @param {string} url the folder that holds manifest.json, or a .satchel file
   * @param {{digest?: string}} [options] the digest that the bundle must have
   * @returns {Promise<Info>}
   */
  open(url, { digest } = {}) {
    return this.#call("open", { url: new URL(url, location.href).href, digest });
  }

  /**
   * Fetches, checks and compiles an artefact.
   *
   * @param {string} artefact `int8/tflite`
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<Loaded>}
   */
  load(artefact, onProgress) {
    return this.#call("load", { artefact }, [], onProgress);
  }

  /**
   * Gives the answer for a photo, `{row}`, `{signal, rate}` or `{frame}`. A VideoFrame is handed over, and closed in the worker.
   *
   * @param {import("./bundle.js").Given} given
   * @param {{view?: boolean}} [options] with `view`, also the picture that the model saw and the hash of the tensor made of it
   * @returns {Promise<RunResult>}
   */
  run(given, { view = false } = {}) {
    return this.#call("run", { given, view }, videosIn(given));
  }

  /**
   * Runs the golden cases of the loaded artefact.
   *
   * @param {(report: CaseReport) => void} [onCase]
   * @returns {Promise<Report>}
   */
  check(onCase) {
    return this.#call("check", {}, [], onCase);
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
