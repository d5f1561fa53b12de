/**
 * A bundle that is open: its artefacts are loaded into an engine, photos are run through them, golden cases are checked.
 */

import { BundleReader } from "./bundle_reader.js";
import { checkGolden } from "./check.js";
import { SatchelError } from "./errors.js";
import { sha256 } from "./hash.js";
import { bytesOf } from "./ops/bytes.js";
import { artefacts } from "./manifest.js";
import { Pipeline } from "./pipeline.js";
import { videosIn } from "./values.js";
import { viewOf } from "./view.js";

/** @typedef {import("./bundle_reader.js").Progress} Progress */
/** @typedef {import("./bundle_listing.js").Source} Source */
/** @typedef {import("./check.js").CaseReport} CaseReport */
/** @typedef {import("./check.js").Report} Report */
/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./pipeline.js").TensorValue} TensorValue */

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
 * @typedef {{artefact: string, engine: Engine, pipeline: Pipeline}} Loaded
 */

/**
 * Milliseconds: `total` is from the photo to the answer, and also holds what lies between the stages.
 *
 * @typedef {{decode: number, prepare: number, infer: number, read: number, total: number}} Timings
 */

/**
 * What the model says, and with `view`: the picture that it saw and the hash of each tensor made of it, of a signal the first
 * window's.
 *
 * @typedef {object} Details
 * @property {Timings} timings
 * @property {Record<string, {sha256: string, shape: readonly number[], dtype: string}>} [prepared] by input name
 * @property {{data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}} [view]
 *
 * @typedef {Answer & Details} Run
 */

/**
 * What a model can be asked about: a Blob, or ImageData (straight RGBA; where it is transparent it is changed in place); a row of a
 * table; a signal, a sample a list or all in one array with so many channels; a camera's frame, also by itself: its planes, or a
 * VideoFrame, which is closed. For a model whose inputs are made from different things, an object of them by the names of its inputs.
 *
 * @typedef {Blob | ImageData | {row: import("./values.js").Row} | {frame: import("./values.js").Frame | VideoFrame} |
 *   import("./values.js").Frame | VideoFrame |
 *   {signal: readonly (readonly number[])[] | Float64Array<ArrayBuffer>, channels?: number, rate?: number} |
 *   Readonly<Record<string, any>>} Given
 */

/**
 * Opens a bundle: manifest, spec and labels are read and checked.
 *
 * @param {Source} source the address of its folder or of a .satchel file, such a file, or its bytes
 * @param {{digest?: string, runtimesUrl?: string, threads?: number}} [options] the digest it must have; the folder where the
 *   runtimes are served, ending in a slash; threads at most
 */
export async function openBundle(source, { digest, runtimesUrl = "/runtimes/", threads } = {}) {
  return new Bundle(await BundleReader.open(source, { digest }), { runtimesUrl, threads });
}

export class Bundle {
  #options;
  /** @type {Loaded | undefined} */
  #loaded;

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
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<Engine["description"]>}
   */
  async load(artefact, onProgress) {
    this.close();
    refuseForeign(artefact, this.reader.artefact(artefact).runtimes);
    const engine = await this.#engine(artefact, onProgress);
    try {
      refuseMissing(this.reader.spec, artefact, engine);
    } catch (error) {
      engine.close();
      throw error;
    }
    this.#loaded = { artefact, engine, pipeline: new Pipeline(this.reader.spec, this.reader.labels, artefact) };
    return engine.description;
  }

  /**
   * @param {string} artefact
   * @param {(progress: Progress) => void} [onProgress]
   * @returns {Promise<Engine>}
   */
  async #engine(artefact, onProgress) {
    const [variant, format] = artefact.split("/");
    if (format === "tfjs") {
      const { TfjsEngine } = await import("./engines/tfjs.js");
      const shapes = Object.fromEntries(
        this.reader.spec.inputs.map(({ tensor }) => [tensor[artefact].name, tensor[artefact].shape]),
      );
      return TfjsEngine.open(await this.reader.tfjs(variant, onProgress), { ...this.#options, shapes });
    }
    const { LiteRtEngine } = await import("./engines/litert.js");
    return LiteRtEngine.open(await this.reader.model(variant, onProgress), this.#options);
  }

  /**
   * Gives the answer for a photo, a camera's frame, a row or a signal.
   *
   * @param {Given} source
   * @param {{view?: boolean}} [options] with `view`, also the picture that the model saw and the hash of the tensor made of it
   * @returns {Promise<Run>}
   */
  async run(source, { view = false } = {}) {
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
    const answer = loaded.pipeline.readWindows(outputs, windows[0].trace);
    const end = performance.now();
    const timings = {
      decode: decoded - start,
      prepare: prepared - decoded,
      infer: inferred - prepared,
      read: end - inferred,
      total: end - start,
    };
    if (!view) return { ...answer, timings };
    return { ...answer, timings, prepared: await hashes(windows[0].tensors), view: seen };
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
   * @param {(report: CaseReport) => void} [onCase]
   * @returns {Promise<Report>}
   */
  check(onCase) {
    return checkGolden(this, onCase);
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
    this.#loaded = undefined;
  }
}

/**
 * Refuses a model that lacks a tensor which the spec names.
 *
 * @param {import("./spec.js").Spec} spec
 * @param {string} artefact
 * @param {Pick<Engine, "inputs" | "outputs">} engine
 * @throws {SatchelError} model/tensor-not-found
 */
export function refuseMissing({ inputs, outputs }, artefact, engine) {
  const wanted = /** @type {const} */ ([
    [inputs, engine.inputs, "input"],
    [outputs, engine.outputs, "output"],
  ]);
  for (const [named, there, kind] of wanted) {
    for (const { name, tensor } of named) {
      if (there.includes(tensor[artefact].name)) continue;
      const message = `the spec says that ${name} is the ${kind} ${tensor[artefact].name}, the model has ${there.join(", ")}`;
      throw new SatchelError("model/tensor-not-found", message, { where: artefact });
    }
  }
}

/**
 * Refuses an artefact that no runtime of the browser can run, or only wrongly.
 *
 * @param {string} artefact
 * @param {readonly string[]} runtimes
 */
function refuseForeign(artefact, runtimes) {
  const needed = artefact.endsWith("/tfjs") ? "tfjs" : "litert-js";
  if (runtimes.includes(needed)) return;
  throw new SatchelError(
    "model/not-for-browser",
    `${artefact} is for ${runtimes.join(", ") || "no runtime"}, not for ${needed}`,
    {
      hint: "A dynamic-range model is slow and inexact in a browser: choose another variant, or pack int8 or float32.",
    },
  );
}

/**
 * Gives what the steps take of what a program gives: what stands in `row` or `frame`, or a Signal of `signal`.
 *
 * @param {any} source
 */
function thingOf(source) {
  if (typeof source !== "object" || source === null) return source;
  const keys = Object.keys(source);
  if (keys.length === 1 && (keys[0] === "row" || keys[0] === "frame")) return source[keys[0]];
  const signal = keys.includes("signal") && keys.every((key) => ["signal", "channels", "rate"].includes(key));
  return signal ? signalOf(source) : source;
}

/**
 * @param {{signal: any, channels?: number, rate?: number}} given
 * @returns {import("./values.js").Signal}
 */
function signalOf({ signal, channels = 1, rate }) {
  if (signal instanceof Float64Array)
    return { values: /** @type {Float64Array<ArrayBuffer>} */ (signal), channels, rate };
  const samples = Array.from(/** @type {Iterable<number | number[]>} */ (signal), (each) => [each].flat());
  const width = samples[0]?.length ?? 1;
  if (samples.every(({ length }) => length === width)) {
    return { values: Float64Array.from(samples.flat()), channels: width, rate };
  }
  throw new SatchelError("input/wrong-array", "the samples of the signal have different numbers of channels");
}

/**
 * Prepares what was loaded, and gives the browser the memory of photos back.
 *
 * @param {Pipeline} pipeline
 * @param {Readonly<Record<string, any>>} given
 * @param {import("./pipeline.js").Watch} watch
 */
function prepareAndClose(pipeline, given, watch) {
  try {
    return pipeline.windows(given, watch);
  } finally {
    for (const each of Object.values(given)) if (typeof each.close === "function") each.close();
  }
}

/** @param {Record<string, TensorValue>} tensors */
async function hashes(tensors) {
  const entries = Object.entries(tensors).map(async ([name, { data, shape }]) => {
    const dtype = data.constructor.name.replace(/Big|Array/g, "").toLowerCase();
    return [name, { sha256: await sha256(bytesOf(data)), shape, dtype }];
  });
  return Object.fromEntries(await Promise.all(entries));
}
