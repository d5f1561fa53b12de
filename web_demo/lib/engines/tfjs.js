/**
 * Runs a TF.js graph model with TF.js: in WebAssembly with SIMD, or in plain JavaScript where that lacks an operator; on WebGL where
 * that is asked for.
 *
 * TF.js comes as scripts for a classic worker. Its threads start from code in a Blob, which a strict content security policy rightly
 * forbids, so they are switched off; LiteRT.js is the fast runtime here.
 */

import { SatchelError } from "../errors.js";
import { loads } from "../json.js";
import { deviceLost } from "./graphics.js";

/** @typedef {import("../bundle.js").Engine} Engine */
/** @typedef {import("../pipeline.js").TensorValue} TensorValue */

/**
 * What is used of TF.js.
 *
 * @typedef {{dataSync(): Float32Array | Int32Array | Uint8Array, dispose(): void}} Tensor
 * @typedef {object} GraphModel
 * @property {(inputs: Record<string, Tensor>, outputs: string[]) => Tensor[] | Tensor} execute
 * @property {() => void} dispose
 * @typedef {object} Tf
 * @property {(handler: {load: () => Promise<object>}) => Promise<GraphModel>} loadGraphModel
 * @property {(values: TensorValue["data"], shape: number[], dtype: string) => Tensor} tensor
 * @property {(backend: string) => Promise<boolean>} setBackend
 * @property {() => {set(flag: string, value: boolean): void}} env
 * @property {() => {gpgpu?: {gl: WebGL2RenderingContext}}} backend
 * @property {{setWasmPaths(folder: string): void}} wasm
 */

const VERSION = "4.22.0";
const SCRIPTS = ["tf-core", "tf-converter", "tf-backend-cpu", "tf-backend-wasm"];
const WEBGL = "tf-backend-webgl";
const BACKENDS = ["wasm", "cpu"];
const DTYPES = /** @type {Record<string, string>} */ ({ DT_INT32: "int32", DT_UINT8: "int32", DT_BOOL: "bool" });

/** @type {Tf | undefined} */
let loaded;

/**
 * Loads TF.js, once a worker.
 *
 * @param {string} folder
 * @returns {Tf}
 */
function load(folder) {
  if (loaded) return loaded;
  importAll(folder, SCRIPTS);
  const tf = /** @type {Tf} */ (/** @type {any} */ (globalThis).tf);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  tf.wasm.setWasmPaths(folder);
  return (loaded = tf);
}

/**
 * @param {string} folder
 * @param {readonly string[]} names
 */
function importAll(folder, names) {
  try {
    /** @type {any} */ (globalThis).importScripts(...names.map((name) => `${folder}${name}.min.js`));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SatchelError("env/runtime", `TF.js could not be loaded (${reason})`, {
      where: folder,
      hint: "Serve the files of runtimes.json there.",
    });
  }
}

let webgl = false;

/**
 * Adds WebGL to TF.js, once a worker.
 *
 * @param {string} folder
 */
function addWebgl(folder) {
  if (!webgl) importAll(folder, [WEBGL]);
  webgl = true;
}

/**
 * A graph model in TF.js. It holds memory of the runtime until `close`.
 */
export class TfjsEngine {
  #tf;
  #model;
  #signature;

  /**
   * @param {Tf} tf
   * @param {GraphModel} model
   * @param {Signature} signature
   * @param {string} backend
   */
  constructor(tf, model, signature, backend) {
    this.#tf = tf;
    this.#model = model;
    this.#signature = signature;
    this.inputs = signature.inputs.map((each) => each.name);
    this.outputs = signature.outputs.map((each) => each.name);
    /** @type {Engine["description"]} */
    this.description = { runtime: "TF.js", version: VERSION, threads: 1, backend };
  }

  /**
   * Loads a graph model in the first backend that has all its operators.
   *
   * @param {ReadonlyMap<string, Uint8Array<ArrayBuffer>>} files model.json and its shards, by their path beside it
   * @param {{runtimesUrl: string, shapes: Readonly<Record<string, readonly number[]>>, backend?: string}} options the shapes of the
   *   inputs; the only backend to try
   * @returns {Promise<TfjsEngine>}
   */
  static async open(files, { runtimesUrl, shapes, backend: wanted }) {
    const tf = load(`${runtimesUrl}tfjs/`);
    if (wanted === "webgl") addWebgl(`${runtimesUrl}tfjs/`);
    const artifacts = artifactsOf(files);
    let reason = "";
    for (const backend of wanted ? [wanted] : BACKENDS) {
      try {
        if (!(await tf.setBackend(backend).catch(() => false))) throw new Error(`there is no ${backend} here`);
        const model = await tf.loadGraphModel({ load: async () => artifacts });
        return await tried(new TfjsEngine(tf, model, signatureOf(artifacts.signature), backend), shapes);
      } catch (error) {
        if (error instanceof SatchelError) throw error;
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    throw new SatchelError("model/not-runnable", `TF.js cannot run this model (${reason})`);
  }

  /**
   * Runs the model once.
   *
   * @param {Readonly<Record<string, TensorValue>>} tensors by the tensor's name in the artefact
   * @returns {Promise<Record<string, ArrayLike<number>>>} by the tensor's name in the artefact
   */
  async run(tensors) {
    /** @type {Record<string, Tensor>} */
    const inputs = {};
    /** @type {Tensor[]} */
    let outputs = [];
    try {
      for (const { name, node, dtype } of this.#signature.inputs) {
        const { data, shape } = tensors[name];
        inputs[node] = this.#tf.tensor(data, [...shape], dtype);
      }
      const nodes = this.#signature.outputs.map((each) => each.node);
      outputs = [this.#model.execute(inputs, nodes)].flat();
      const values = outputs.map((output) => output.dataSync());
      this.#refuseLost();
      return Object.fromEntries(this.outputs.map((name, i) => [name, values[i]]));
    } catch (error) {
      this.#refuseLost();
      throw error;
    } finally {
      for (const tensor of [...Object.values(inputs), ...outputs]) tensor.dispose();
    }
  }

  /** @throws {SatchelError} env/device-lost, where the browser took WebGL's context away */
  #refuseLost() {
    if (this.description.backend === "webgl" && this.#tf.backend().gpgpu?.gl.isContextLost())
      throw deviceLost("TF.js' WebGL");
  }

  /** Gives the runtime's memory back. */
  close() {
    this.#model.dispose();
  }
}

/**
 * Inputs and outputs by the names that the spec binds to; TF.js leaves `:0` out of a node's name.
 *
 * @typedef {{name: string, node: string, dtype: string}} Entry
 * @typedef {{inputs: Entry[], outputs: Entry[]}} Signature
 */

/**
 * @param {Record<string, Record<string, {name: string, dtype: string}>>} signature of model.json
 * @returns {Signature}
 */
function signatureOf(signature) {
  const [inputs, outputs] = ["inputs", "outputs"].map((kind) =>
    Object.values(signature[kind]).map(({ name, dtype }) => ({
      name,
      node: name.replace(/:0$/, ""),
      dtype: DTYPES[dtype] ?? "float32",
    })),
  );
  return { inputs, outputs };
}

/**
 * Gives the engine back when it runs: an operator that a backend lacks shows only then.
 *
 * @param {TfjsEngine} engine
 * @param {Readonly<Record<string, readonly number[]>>} shapes
 */
async function tried(engine, shapes) {
  try {
    const zeros = engine.inputs.map((name) => {
      const shape = shapes[name] ?? [];
      return [name, { data: new Float32Array(shape.reduce((product, side) => product * side, 1)), shape }];
    });
    await engine.run(Object.fromEntries(zeros));
    return engine;
  } catch (error) {
    engine.close();
    throw error;
  }
}

/**
 * Gives what TF.js asks of a model's storage.
 *
 * @param {ReadonlyMap<string, Uint8Array<ArrayBuffer>>} files
 */
function artifactsOf(files) {
  const document = /** @type {any} */ (loads(needed(files, "model.json"), "model.json"));
  /** @type {{paths: string[], weights: object[]}[]} */
  const groups = document.weightsManifest;
  const shards = groups.flatMap((group) => group.paths).map((path) => needed(files, path));
  return {
    modelTopology: document.modelTopology,
    signature: document.signature,
    format: document.format,
    weightSpecs: groups.flatMap((group) => group.weights),
    weightData: joined(shards),
  };
}

/**
 * @param {ReadonlyMap<string, Uint8Array<ArrayBuffer>>} files
 * @param {string} path
 */
function needed(files, path) {
  const found = files.get(path);
  if (found === undefined) {
    throw new SatchelError("bundle/missing-file", `expected ${JSON.stringify(path)} beside model.json, found none`);
  }
  return found;
}

/** @param {readonly Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}
