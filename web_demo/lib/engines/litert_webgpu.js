/**
 * Runs a .tflite with LiteRT.js on WebGPU: the whole model, or it is refused; nothing of it is quietly left to the processor.
 */

import { SatchelError } from "../errors.js";
import { graphics } from "./graphics.js";
import { LiteRtModel } from "./litert_model.js";
import { liteRt } from "./litert_runtime.js";

/** @typedef {import("../bundle.js").Engine} Engine */
/** @typedef {import("../pipeline.js").TensorValue} TensorValue */
/** @typedef {import("./litert_model.js").Slot} Slot */
/** @typedef {import("./litert_runtime.js").Buffer} Buffer */

/** What the specification of WebGPU numbers so: GPUBufferUsage, and GPUMapMode.READ. */
const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 };
const READ = 1;

/** @type {import("./litert_runtime.js").Runtime["environment"] | undefined} with the device of this worker */
let environment;

/** A compiled model on the graphics processor. It holds memory of both sides until `close`. */
export class LiteRtGpuEngine {
  #model;
  #gpu;
  #inputs = /** @type {{memory: any, buffer: Buffer}[]} */ ([]);

  /**
   * @param {LiteRtModel} model
   * @param {import("./graphics.js").Graphics} gpu
   */
  constructor(model, gpu) {
    this.#model = model;
    this.#gpu = gpu;
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    /** @type {Engine["description"]} */
    this.description = { ...model.description, threads: 1, backend: "webgpu" };
  }

  /**
   * Compiles a model for the graphics processor.
   *
   * @param {Uint8Array<ArrayBuffer>} bytes the .tflite
   * @param {{runtimesUrl: string}} options
   * @returns {Promise<LiteRtGpuEngine>}
   * @throws {SatchelError} model/not-runnable, env/runtime, env/device-lost
   */
  static async open(bytes, { runtimesUrl }) {
    const gpu = await graphics();
    const { library } = await liteRt(`${runtimesUrl}litert/`);
    environment ??= library.LiteRtEnvironment.create(gpu.device);
    const options = { accelerator: "webgpu", cpuOptions: { numThreads: 1 }, gpuOptions: {}, webNNOptions: {} };
    const model = await gpu.held(LiteRtModel.open({ library, environment }, bytes, options));
    if (model.accelerated && takesGpuMemory(model)) return new LiteRtGpuEngine(model, gpu);
    model.close();
    throw new SatchelError("model/not-runnable", "WebGPU cannot carry out all of this model", {
      hint: "Choose LiteRT.js in WebAssembly, or another variant.",
    });
  }

  /**
   * Runs the model once.
   *
   * @param {Readonly<Record<string, TensorValue>>} tensors by the tensor's name in the artefact
   * @returns {Promise<Record<string, ArrayLike<number>>>} by the tensor's name in the artefact
   * @throws {SatchelError} env/device-lost
   */
  async run(tensors) {
    return this.#gpu.held(this.#run(tensors));
  }

  /** @param {Readonly<Record<string, TensorValue>>} tensors */
  async #run(tensors) {
    this.#model.slots.inputs.forEach((slot, i) => this.#fill(i, slot, tensors[slot.name]));
    const given = await this.#model.compiled.run(
      0,
      this.#inputs.map(({ buffer }) => buffer),
    );
    try {
      const values = await Promise.all(this.#model.slots.outputs.map((slot, i) => this.#values(slot, given[i])));
      return Object.fromEntries(this.#model.slots.outputs.map((slot, i) => [slot.name, values[i]]));
    } finally {
      for (const buffer of given) buffer.delete();
    }
  }

  /**
   * @param {number} i
   * @param {Slot} slot
   * @param {TensorValue | undefined} tensor
   */
  #fill(i, slot, tensor) {
    const { data, shape } = this.#model.checked(slot, tensor);
    const bytes = new Uint8Array(padded(data.byteLength));
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#inputs[i] ??= this.#allocated(slot, shape, bytes.length);
    this.#gpu.device.queue.writeBuffer(this.#inputs[i].memory, 0, bytes);
  }

  /**
   * @param {Slot} slot
   * @param {readonly number[]} shape
   * @param {number} size
   */
  #allocated(slot, shape, size) {
    const { library, environment } = this.#model.runtime;
    const usage = USAGE.COPY_SRC | USAGE.COPY_DST | USAGE.STORAGE;
    const memory = this.#gpu.device.createBuffer({ size, usage });
    const type = this.#model.typeOf(slot, shape);
    const place = library.WebGPU.importJsBuffer(memory);
    const kind = library.LiteRtTensorBufferType.WEB_GPU_BUFFER_PACKED;
    const buffer = library.LiteRtTensorBuffer.createFromWebGpuBuffer(environment, type, kind, place, size);
    library.wgpuBufferRelease(place);
    type.delete();
    return { memory, buffer };
  }

  /**
   * @param {Slot} slot
   * @param {Buffer} buffer
   */
  async #values({ kind }, buffer) {
    const { library } = this.#model.runtime;
    if (!buffer.isWebGpuMemory()) return this.#model.values({ kind }, buffer);
    const { device } = this.#gpu;
    const source = library.WebGPU.getJsObject(buffer.getWebGpuBuffer());
    const size = buffer.packedSize();
    const readable = device.createBuffer({
      size: source.size,
      usage: USAGE.COPY_DST | USAGE.MAP_READ,
    });
    try {
      const commands = device.createCommandEncoder();
      commands.copyBufferToBuffer(source, 0, readable, 0, source.size);
      device.queue.submit([commands.finish()]);
      await readable.mapAsync(READ);
      const from = buffer.offset();
      return new kind(readable.getMappedRange().slice(from, from + size));
    } finally {
      readable.destroy();
    }
  }

  /** Gives the memory of both sides back. */
  close() {
    for (const { memory, buffer } of this.#inputs.splice(0)) {
      buffer.delete();
      memory.destroy();
    }
    this.#model.close();
  }
}

/**
 * Says whether every input can lie in the graphics processor's memory. Integers cannot: LiteRT.js would run on what it finds there.
 *
 * @param {LiteRtModel} model
 */
function takesGpuMemory({ compiled, slots, runtime: { library } }) {
  const wanted = library.LiteRtTensorBufferType.WEB_GPU_BUFFER_PACKED.value;
  return slots.inputs.every((_, i) => {
    const requirements = compiled.getInputBufferRequirements(0, i);
    const types = requirements.supportedTypes();
    const found = Array.from({ length: types.size() }, (_each, at) => types.get(at).value);
    for (const held of [types, requirements]) held.delete();
    return found.includes(wanted);
  });
}

/** @param {number} bytes */
function padded(bytes) {
  return (bytes + 3) & ~3;
}
