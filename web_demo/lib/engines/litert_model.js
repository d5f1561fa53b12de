/**
 * A .tflite that LiteRT.js has compiled, whatever carries it out: its tensors by their names, and the memory that it holds.
 */

import { SatchelError } from "../errors.js";
import { bindings } from "../tflite_model.js";

/** @typedef {import("../pipeline.js").TensorValue} TensorValue */
/** @typedef {import("../tflite_model.js").Binding} Binding */
/** @typedef {import("./litert_runtime.js").Buffer} Buffer */
/** @typedef {import("./litert_runtime.js").Compiled} Compiled */
/** @typedef {import("./litert_runtime.js").Model} Model */
/** @typedef {import("./litert_runtime.js").TensorType} TensorType */
/** @typedef {import("./litert_runtime.js").Vector} Vector */
/** @typedef {Pick<import("./litert_runtime.js").Runtime, "library" | "environment">} Runtime */

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

/** A compiled model. It holds memory of the runtime until `close`. */
export class LiteRtModel {
  #held;

  /**
   * @param {Runtime} runtime
   * @param {{model: Model, compiled: Compiled, place: number}} held
   * @param {{inputs: Slot[], outputs: Slot[]}} slots
   */
  constructor(runtime, held, slots) {
    this.#held = held;
    this.runtime = runtime;
    this.compiled = held.compiled;
    this.slots = slots;
    this.inputs = slots.inputs.map((each) => each.name);
    this.outputs = slots.outputs.map((each) => each.name);
    this.description = { runtime: "LiteRT.js", version: VERSION };
  }

  /**
   * Compiles a model.
   *
   * @param {Runtime} runtime
   * @param {Uint8Array<ArrayBuffer>} bytes the .tflite
   * @param {object} options of LiteRT.js
   * @returns {Promise<LiteRtModel>}
   * @throws {SatchelError} model/not-a-model, model/not-runnable, model/unsupported-tensor
   */
  static async open(runtime, bytes, options) {
    const names = bindings(bytes);
    try {
      return await opened(runtime, bytes, names, options);
    } catch (error) {
      if (error instanceof SatchelError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new SatchelError("model/not-runnable", `LiteRT.js cannot run this model (${reason})`, {
        hint: "Choose another variant or runtime.",
      });
    }
  }

  /** Whether all of the model is carried out by the accelerator that it was compiled for. */
  get accelerated() {
    return this.compiled.isFullyAccelerated();
  }

  /**
   * Gives a tensor that the slot takes.
   *
   * @param {Slot} slot
   * @param {TensorValue | undefined} tensor
   * @returns {TensorValue}
   * @throws {SatchelError} model/wrong-input
   */
  checked(slot, tensor) {
    if (tensor?.data.constructor === slot.kind) return tensor;
    const found = tensor ? `a ${tensor.data.constructor.name}` : "nothing";
    const message = `the model takes a ${slot.kind.name}, found ${found}`;
    throw new SatchelError("model/wrong-input", message, { where: slot.name });
  }

  /**
   * Gives the runtime's own type of a tensor, which the caller deletes.
   *
   * @param {Slot} slot
   * @param {readonly number[]} shape
   */
  typeOf({ element }, shape) {
    const { library } = this.runtime;
    const sides = new library.VectorInt32();
    for (const side of shape) sides.push_back(side);
    const layout = library.LiteRtLayout.create(sides);
    const type = library.LiteRtRankedTensorType.create({ value: element }, layout);
    for (const held of [sides, layout]) held.delete();
    return type;
  }

  /**
   * Gives the values of a buffer that lies in the runtime's memory.
   *
   * @param {Pick<Slot, "kind">} slot
   * @param {Buffer} buffer
   */
  values({ kind }, buffer) {
    const { library } = this.runtime;
    const place = buffer.lock(library.LiteRtTensorBufferLockMode.READ);
    // Threads make the memory a shared one, of which only a copy can be handed on.
    const bytes = new Uint8Array(library.HEAPU8.subarray(place, place + buffer.packedSize()));
    buffer.unlock();
    return new kind(bytes.buffer);
  }

  /** Gives the runtime's memory back. */
  close() {
    release(this.runtime, this.#held);
  }
}

/**
 * @param {Runtime} runtime
 * @param {{model?: Model, compiled?: Compiled, place: number}} held
 */
function release({ library }, { model, compiled, place }) {
  compiled?.delete();
  model?.delete();
  library._free(place);
}

/**
 * @param {Runtime} runtime
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {{inputs: Binding[], outputs: Binding[]}} names
 * @param {object} options
 */
async function opened(runtime, bytes, names, options) {
  const { library, environment } = runtime;
  const place = library._malloc(bytes.length);
  library.HEAPU8.set(bytes, place);
  /** @type {{model?: Model, compiled?: Compiled, place: number}} */
  const held = { place };
  try {
    const model = (held.model = library.loadModel(environment, place, bytes.length));
    const compiled = (held.compiled = await library.compileModel(environment, model, options));
    return new LiteRtModel(runtime, { model, compiled, place }, slotsOf(model, names));
  } catch (error) {
    release(runtime, held);
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
