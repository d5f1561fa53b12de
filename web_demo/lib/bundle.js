/**
 * A bundle that is open: its artefacts are loaded into an engine, photos are run through them, golden cases are checked.
 */

import { checkAgainstTensors } from "./artefact_tensors.js";
import { BundleReader } from "./bundle_reader.js";
import { SatchelError } from "./errors.js";
import { thingOf } from "./given.js";
import { engineOf } from "./loading.js";
import { artefacts } from "./manifest.js";
import { checkGolden, kitOf } from "./needed.js";
import { PipelineBase } from "./pipeline_base.js";
import { rereadingPipeline } from "./reread.js";
import { hashes, prepareAndClose } from "./run.js";
import { videosIn } from "./values.js";
import { viewOf } from "./view.js";

/** @typedef {import("./bundle_listing.js").Source} Source */
/** @typedef {import("./check.js").Report} Report */
/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./given.js").Given} Given */
/** @typedef {import("./pipeline.js").TensorValue} TensorValue */
/** @typedef {import("./run.js").Last} Last */
/** @typedef {import("./run.js").Reading} Reading */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").RunOptions} RunOptions */
/** @typedef {import("./run.js").Timings} Timings */

/**
 * A compiled model: tensors in and out by their names in the artefact.
 *
 * @typedef {object} Engine
 * @property {{runtime: string, version: string, threads: number, backend: string}} description
 * @property {readonly string[]} inputs
 * @property {readonly string[]} outputs
 * @property {(tensors: Readonly<Record<string, TensorValue>>) => Promise<Record<string, ArrayLike<number>>>} run
 * @property {() => void} close
 */

/**
 * @typedef {object} Artefact
 * @property {string} artefact `int8/tflite`
 * @property {string} variant
 * @property {string} format
 * @property {number} bytes of the raw model
 * @property {number} storedBytes as the bundle holds it
 * @property {readonly string[]} runtimes that can run it
 */

/**
 * An artefact in its engine, with the pipeline made for it.
 *
 * @typedef {{artefact: string, engine: Engine, kit: import("./kit.js").Kit, pipeline: PipelineBase}} Loaded
 */

/**
 * Opens a bundle: manifest, spec and labels are read and checked.
 *
 * @param {Source} source the address of its folder or of a .satchel file, such a file, or its bytes
 * @param {{digest?: string, runtimesUrl?: string, threads?: number, keep?: import("./keep.js").Keep}} [options] the digest it must
 *   have; the folder where the runtimes are served, ending in a slash; threads at most; where its files are kept for later visits
 */
export async function openBundle(source, { digest, runtimesUrl = "/runtimes/", threads, keep } = {}) {
  return new Bundle(await BundleReader.open(source, { digest, keep }), { runtimesUrl, threads });
}

export class Bundle {
  #options;
  /** @type {Loaded | undefined} */
  #loaded;
  /** @type {Last | undefined} */
  #last;
  /** @type {{key: string, pipeline: import("./pipeline_base.js").PipelineBase} | undefined} of other parameters */
  #reread;

  /**
   * @param {BundleReader} reader
   * @param {{runtimesUrl: string, threads?: number}} options
   */
  constructor(reader, options) {
    this.reader = reader;
    this.#options = options;
  }

  get spec() {
    return this.reader.spec;
  }

  get digest() {
    return this.reader.digest;
  }

  /**
   * Gives every artefact of the bundle, also those that no browser runs.
   *
   * @returns {Artefact[]}
   */
  get artefacts() {
    return [...artefacts(this.reader.manifest)].map(([artefact, { bytes, stored_bytes: storedBytes, runtimes }]) => {
      const [variant, format] = artefact.split("/");
      return { artefact, variant, format, bytes, storedBytes, runtimes };
    });
  }

  /**
   * Fetches, checks and compiles an artefact; the one that was loaded before is given back.
   *
   * @param {string} artefact
   * @param {import("./loading.js").Wanted} [wanted]
   * @returns {Promise<Engine["description"]>}
   */
  async load(artefact, wanted = {}) {
    this.close();
    const threads = wanted.threads ?? this.#options.threads;
    const { spec, labels } = this.reader;
    const kit = await kitOf(spec);
    const engine = await engineOf(this.reader, artefact, { ...this.#options, ...wanted, threads });
    checkAgainstTensors(kit, spec, artefact, labels);
    this.#loaded = { artefact, engine, kit, pipeline: new PipelineBase(kit, spec, labels, artefact) };
    return engine.description;
  }

  /**
   * Gives the answer for a photo, a camera's frame, a row or a signal.
   *
   * @param {Given} source
   * @param {RunOptions} [options]
   * @returns {Promise<Run>}
   */
  async run(source, { view = false, outputs: raw = false, reading } = {}) {
    const start = performance.now();
    const { loaded, given } = await this.#given(source);
    const decoded = performance.now();
    /** @type {Run["view"]} */
    let seen;
    const onView = view ? (/** @type {Parameters<typeof viewOf>} */ ...shown) => (seen = viewOf(...shown)) : undefined;
    const windows = prepareAndClose(loaded.pipeline, given, { onView });
    const prepared = performance.now();
    const outputs = [];
    for (const { tensors, start: first } of windows) outputs.push({ outputs: await this.infer(tensors), start: first });
    const inferred = performance.now();
    this.#last = { outputs, trace: windows[0].trace };
    const answer = this.reread(reading);
    const end = performance.now();
    const timings = {
      decode: decoded - start,
      prepare: prepared - decoded,
      infer: inferred - prepared,
      read: end - inferred,
      total: end - start,
    };
    /** @type {Run} */
    const run = { ...answer, timings };
    if (raw)
      run.tensors = { prepared: windows.map(({ tensors }) => tensors), outputs: outputs.map((each) => each.outputs) };
    return view ? { ...run, prepared: await hashes(windows[0].tensors), view: seen } : run;
  }

  /**
   * Reads the outputs of the last run anew, with other parameters.
   *
   * @param {Reading} [reading] without it, as the spec says
   * @returns {Answer}
   * @throws {SatchelError} env/nothing-run; spec/..., where a parameter is outside its range
   */
  reread(reading) {
    const { artefact, kit, pipeline } = this.loaded();
    if (this.#last === undefined)
      throw new SatchelError("env/nothing-run", "there are no outputs to read anew", { hint: "Call run first." });
    const { outputs, trace } = this.#last;
    const reader = reading === undefined ? pipeline : this.#rereading(kit, artefact, reading);
    return reader.readWindows(outputs, trace);
  }

  /**
   * @param {import("./kit.js").Kit} kit
   * @param {string} artefact
   * @param {Reading} reading
   */
  #rereading(kit, artefact, reading) {
    const key = JSON.stringify([artefact, reading]);
    if (this.#reread?.key !== key)
      this.#reread = { key, pipeline: rereadingPipeline(kit, this.reader, artefact, reading) };
    return this.#reread.pipeline;
  }

  /**
   * Gives what the steps take of a thing; a camera's frame is closed, for there are few of them.
   *
   * @param {Given} source
   */
  async #given(source) {
    try {
      const loaded = this.loaded();
      return { loaded, given: await loaded.pipeline.load(thingOf(source)) };
    } finally {
      for (const each of videosIn(source)) each.close();
    }
  }

  /**
   * Runs the golden cases of the loaded artefact.
   *
   * @param {import("./check.js").CheckOptions} [options]
   * @returns {Promise<Report>}
   */
  check(options) {
    return checkGolden(this, options);
  }

  /**
   * Runs the loaded model.
   *
   * @param {Record<string, TensorValue>} tensors by input name
   * @returns {Promise<Record<string, ArrayLike<number>>>} by output name, as the artefact gives them
   */
  async infer(tensors) {
    const { artefact, engine } = this.loaded();
    const { inputs, outputs } = this.reader.spec;
    const given = await engine.run(
      Object.fromEntries(inputs.map(({ name, tensor }) => [tensor[artefact].name, tensors[name]])),
    );
    return Object.fromEntries(outputs.map(({ name, tensor }) => [name, given[tensor[artefact].name]]));
  }

  /**
   * Gives what is loaded.
   *
   * @returns {Loaded}
   * @throws {SatchelError} env/nothing-loaded
   */
  loaded() {
    if (this.#loaded) return this.#loaded;
    throw new SatchelError("env/nothing-loaded", "no artefact is loaded", { hint: "Call load first." });
  }

  /** Gives the engine's memory back. */
  close() {
    this.#loaded?.engine.close();
    this.#loaded = this.#last = undefined;
  }
}
