/**
 * Runs a .tflite with LiteRT.js: XNNPACK in WebAssembly, in as many threads as the page may have.
 */

import { SatchelError } from "../errors.js";
import { bindings } from "../tflite_model.js";
import { liteRt } from "./litert_runtime.js";

/** @typedef {import("../bundle.js").Engine} Engine */
/** @typedef {import("../pipeline.js").TensorValue} TensorValue */
/** @typedef {import("../tflite_model.js").Binding} Binding */
/** @typedef {import("./litert_runtime.js").Buffer} Buffer */
/** @typedef {import("./litert_runtime.js").Compiled} Compiled */
/** @typedef {import("./litert_runtime.js").LiteRt} LiteRt */
/** @typedef {import("./litert_runtime.js").Model} Model */
/** @typedef {import("./litert_runtime.js").Runtime} Runtime */
/** @typedef {import("./litert_runtime.js").TensorType} TensorType */
/** @typedef {import("./litert_runtime.js").Vector} Vector */

const VERSION = "2.5.3";

/** The element types that LiteRT.js takes and gives, by its numbers for them. */
const ARRAYS = /** @type {Map<number, Slot["kind"]>} */ (
  new Map(
    /** @type {[number, any][]} */ ([
      [1, Float32Array],
      [2, Int32Array],
      [3, Uint8Array],
      [9, Int8Array],
    ]),
  )
);

/**
 * A tensor's names, and the array that holds its values.
 *
 * @typedef {Binding & {kind: Float32ArrayConstructor | Int32ArrayConstructor | Uint8ArrayConstructor | Int8ArrayConstructor, element: number}} Slot
 */

/**
 * A compiled model. It holds memory of the runtime until `close`.
 */
export class LiteRtEngine {
  #runtime;
  #held;
  #compiled;
  #slots;
  /** @type {Buffer[]} of the inputs, kept from run to run */
  #buffers = [];

  /**
   * @param {Runtime} runtime
   * @param {{model: Model, compiled: Compiled, place: number}} held
   * @param {{inputs: Slot[], outputs: Slot[]}} slots
   * @param {number} threads
   */
  constructor(runtime, held, slots, threads) {
    this.#runtime = runtime;
    this.#held = held;
    this.#compiled = held.compiled;
    this.#slots = slots;
    this.inputs = slots.inputs.map((each) => each.name);
    this.outputs = slots.outputs.map((each) => each.name);
    /** @type {Engine["description"]} */
    this.description = { runtime: "LiteRT.js", version: VERSION, threads, backend: "wasm" };
  }

  /**
   * Compiles a model.
   *
   * @param {Uint8Array<ArrayBuffer>} model the .tflite
   * @param {{runtimesUrl: string, threads?: number, backend?: string}} options
   * @returns {Promise<LiteRtEngine>}
   */
  static async open(model, { runtimesUrl, threads, backend = "wasm" }) {
    if (backend !== "wasm") throw new SatchelError("model/not-runnable", `LiteRT.js has no backend '${backend}' here`);
    const names = bindings(model);
    const runtime = await liteRt(`${runtimesUrl}litert/`);
    const most = threads ?? Math.min(4, navigator.hardwareConcurrency);
    const numThreads = runtime.threaded ? Math.max(1, Math.min(most, runtime.library.getThreadCount())) : 1;
    try {
      return await opened(runtime, model, names, numThreads);
    } catch (error) {
      if (error instanceof SatchelError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new SatchelError("model/not-runnable", `LiteRT.js cannot run this model (${reason})`, {
        hint: "Choose another variant or runtime.",
      });
    }
  }

  /**
   * Runs the model once.
   *
   * @param {Readonly<Record<string, TensorValue>>} tensors by the tensor's name in the artefact
   * @returns {Promise<Record<string, ArrayLike<number>>>} by the tensor's name in the artefact
   */
  async run(tensors) {
    const { library } = this.#runtime;
    this.#slots.inputs.forEach((slot, i) => this.#fill(i, slot, tensors[slot.name]));
    const buffers = await this.#compiled.run(0, this.#buffers);
    try {
      return Object.fromEntries(this.#slots.outputs.map((slot, i) => [slot.name, values(library, slot, buffers[i])]));
    } finally {
      for (const buffer of buffers) buffer.delete();
    }
  }

  /**
   * @param {number} i
   * @param {Slot} slot
   * @param {TensorValue | undefined} tensor
   */
  #fill(i, slot, tensor) {
    const { library } = this.#runtime;
    if (tensor?.data.constructor !== slot.kind) {
      const message = `the model takes a ${slot.kind.name}, found ${tensor ? `a ${tensor.data.constructor.name}` : "nothing"}`;
      throw new SatchelError("model/wrong-input", message, { where: slot.name });
    }
    const { data, shape } = tensor;
    const buffer = (this.#buffers[i] ??= bufferOf(this.#runtime, slot.element, shape));
    if (buffer.packedSize() !== data.byteLength) {
      const message = `the model takes ${buffer.packedSize()} bytes, found ${data.byteLength}`;
      throw new SatchelError("model/wrong-input", message, { where: slot.name });
    }
    const place = buffer.lock(library.LiteRtTensorBufferLockMode.WRITE);
    library.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    buffer.unlock();
  }

  /** Gives the runtime's memory back. */
  close() {
    for (const buffer of this.#buffers.splice(0)) buffer.delete();
    release(this.#runtime.library, this.#held);
  }
}

/**
 * @param {LiteRt} library
 * @param {{model?: Model, compiled?: Compiled, place: number}} held
 */
function release(library, { model, compiled, place }) {
  compiled?.delete();
  model?.delete();
  library._free(place);
}

/**
 * Gives memory of the runtime for a tensor.
 *
 * @param {Runtime} runtime
 * @param {number} element
 * @param {readonly number[]} shape
 */
function bufferOf({ library, environment }, element, shape) {
  const sides = new library.VectorInt32();
  for (const side of shape) sides.push_back(side);
  const layout = library.LiteRtLayout.create(sides);
  const type = library.LiteRtRankedTensorType.create({ value: element }, layout);
  const kind = library.LiteRtTensorBufferType.HOST_MEMORY;
  const buffer = library.LiteRtTensorBuffer.createManaged(environment, kind, type, type.bytes());
  for (const held of [sides, layout, type]) held.delete();
  return buffer;
}

/**
 * @param {LiteRt} library
 * @param {Slot} slot
 * @param {Buffer} buffer
 */
function values(library, { kind }, buffer) {
  const place = buffer.lock(library.LiteRtTensorBufferLockMode.READ);
  // Threads make the memory a shared one, of which only a copy can be handed on.
  const bytes = new Uint8Array(library.HEAPU8.subarray(place, place + buffer.packedSize()));
  buffer.unlock();
  return new kind(bytes.buffer);
}

/**
 * @param {Runtime} runtime
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {{inputs: Binding[], outputs: Binding[]}} names
 * @param {number} threads
 */
async function opened(runtime, bytes, names, threads) {
  const { library, environment } = runtime;
  const place = library._malloc(bytes.length);
  library.HEAPU8.set(bytes, place);
  /** @type {{model?: Model, compiled?: Compiled, place: number}} */
  const held = { place };
  try {
    const model = (held.model = library.loadModel(environment, place, bytes.length));
    const options = { accelerator: "wasm", cpuOptions: { numThreads: threads }, gpuOptions: {}, webNNOptions: {} };
    const compiled = (held.compiled = await library.compileModel(environment, model, options));
    const slots = slotsOf(model, names);
    return new LiteRtEngine(runtime, { model, compiled, place }, slots, threads);
  } catch (error) {
    release(library, held);
    throw error;
  }
}

/**
 * Gives inputs and outputs in the order in which LiteRT.js has them, with the names of both sides.
 *
 * @param {Model} model
 * @param {{inputs: Binding[], outputs: Binding[]}} names
 * @returns {{inputs: Slot[], outputs: Slot[]}}
 */
function slotsOf(model, names) {
  const signature = model.getSignature(0);
  const inputs = texts(signature.inputNames()).map((key, i) => slot(names.inputs, key, model.getInputTensorType(0, i)));
  const outputs = texts(signature.outputNames()).map((key, i) =>
    slot(names.outputs, key, model.getOutputTensorType(0, i)),
  );
  signature.delete();
  return { inputs, outputs };
}

/** @param {Vector} vector */
function texts(vector) {
  const found = Array.from({ length: vector.size() }, (_, i) => /** @type {string} */ (vector.get(i)));
  vector.delete();
  return found;
}

/**
 * @param {readonly Binding[]} names
 * @param {string} key
 * @param {TensorType} type
 * @returns {Slot}
 */
function slot(names, key, type) {
  const { value: element } = type.elementType();
  type.delete();
  const kind = ARRAYS.get(element);
  if (kind === undefined) {
    throw new SatchelError(
      "model/unsupported-tensor",
      "LiteRT.js takes and gives float32, int32, uint8 and int8 only",
      {
        where: key,
        hint: "Pack the model with uint8 or float32 input and output.",
      },
    );
  }
  return { name: names.find((each) => each.key === key)?.name ?? key, key, kind, element };
}
