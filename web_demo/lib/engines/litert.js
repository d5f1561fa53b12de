/**
 * Runs a .tflite with LiteRT.js: XNNPACK in WebAssembly, in as many threads as the page may have.
 */

import { SatchelError } from "../errors.js";
import { LiteRtModel } from "./litert_model.js";
import { liteRt } from "./litert_runtime.js";

/** @typedef {import("../bundle.js").Engine} Engine */
/** @typedef {import("../pipeline.js").TensorValue} TensorValue */
/** @typedef {import("./litert_model.js").Slot} Slot */
/** @typedef {import("./litert_runtime.js").Buffer} Buffer */

/**
 * A compiled model. It holds memory of the runtime until `close`.
 */
export class LiteRtEngine {
  #model;
  /** @type {Buffer[]} of the inputs, kept from run to run */
  #buffers = [];

  /**
   * @param {LiteRtModel} model
   * @param {number} threads
   */
  constructor(model, threads) {
    this.#model = model;
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    /** @type {Engine["description"]} */
    this.description = { ...model.description, threads, backend: "wasm" };
  }

  /**
   * Compiles a model.
   *
   * @param {Uint8Array<ArrayBuffer>} model the .tflite
   * @param {{runtimesUrl: string, threads?: number, backend?: string}} options
   * @returns {Promise<Engine>}
   * @throws {SatchelError} model/not-runnable, env/runtime
   */
  static async open(model, { runtimesUrl, threads, backend = "wasm" }) {
    if (backend === "webgpu") {
      const { LiteRtGpuEngine } = await import("./litert_webgpu.js");
      return LiteRtGpuEngine.open(model, { runtimesUrl });
    }
    if (backend !== "wasm") throw new SatchelError("model/not-runnable", `LiteRT.js has no backend '${backend}'`);
    const runtime = await liteRt(`${runtimesUrl}litert/`);
    const most = threads ?? Math.min(4, navigator.hardwareConcurrency);
    const numThreads = runtime.threaded ? Math.max(1, Math.min(most, runtime.library.getThreadCount())) : 1;
    const options = { accelerator: "wasm", cpuOptions: { numThreads }, gpuOptions: {}, webNNOptions: {} };
    return new LiteRtEngine(await LiteRtModel.open(runtime, model, options), numThreads);
  }

  /**
   * Runs the model once.
   *
   * @param {Readonly<Record<string, TensorValue>>} tensors by the tensor's name in the artefact
   * @returns {Promise<Record<string, ArrayLike<number>>>} by the tensor's name in the artefact
   */
  async run(tensors) {
    const { slots, compiled } = this.#model;
    slots.inputs.forEach((slot, i) => this.#fill(i, slot, tensors[slot.name]));
    const buffers = await compiled.run(0, this.#buffers);
    try {
      return Object.fromEntries(slots.outputs.map((slot, i) => [slot.name, this.#model.values(slot, buffers[i])]));
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
    const { library } = this.#model.runtime;
    const { data, shape } = this.#model.checked(slot, tensor);
    const buffer = (this.#buffers[i] ??= this.#allocated(slot, shape));
    if (buffer.packedSize() !== data.byteLength) {
      const message = `the model takes ${buffer.packedSize()} bytes, found ${data.byteLength}`;
      throw new SatchelError("model/wrong-input", message, { where: slot.name });
    }
    const place = buffer.lock(library.LiteRtTensorBufferLockMode.WRITE);
    library.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    buffer.unlock();
  }

  /**
   * @param {Slot} slot
   * @param {readonly number[]} shape
   */
  #allocated(slot, shape) {
    const { library, environment } = this.#model.runtime;
    const type = this.#model.typeOf(slot, shape);
    const kind = library.LiteRtTensorBufferType.HOST_MEMORY;
    const buffer = library.LiteRtTensorBuffer.createManaged(environment, kind, type, type.bytes());
    type.delete();
    return buffer;
  }

  /** Gives the runtime's memory back. */
  close() {
    for (const buffer of this.#buffers.splice(0)) buffer.delete();
    this.#model.close();
  }
}
