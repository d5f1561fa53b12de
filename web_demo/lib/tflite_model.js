/**
 * Reads from a .tflite file what ties a tensor's name to the name its signature gives it.
 *
 * LiteRT.js calls inputs and outputs by their names in the first signature, the spec by the tensors' own names. The file is a
 * flatbuffer (schema.fbs of TensorFlow Lite): only the handful of fields named here are read.
 */

import { SatchelError } from "./errors.js";

/**
 * @typedef {{name: string, key: string}} Binding the tensor's name, and what LiteRT.js calls it
 */

// Field numbers in schema.fbs.
const MODEL = { subgraphs: 2, signatureDefs: 7 };
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2 };
const TENSOR = { name: 3 };
const SIGNATURE = { inputs: 0, outputs: 1, subgraph: 4 };
const TENSOR_MAP = { name: 0, tensor: 1 };

/**
 * Gives the inputs and outputs of a model's first signature, or of its first subgraph when it has no signature.
 *
 * @param {Uint8Array} model
 * @returns {{inputs: Binding[], outputs: Binding[]}}
 */
export function bindings(model) {
  try {
    return bindingsOf(new Flatbuffer(model));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SatchelError("model/not-a-model", "expected a .tflite file, found bytes that do not read as one");
  }
}

/** @param {Flatbuffer} file */
function bindingsOf(file) {
  const root = file.root();
  const [signature] = file.tables(root, MODEL.signatureDefs);
  const subgraph = file.tables(root, MODEL.subgraphs)[signature ? file.uint(signature, SIGNATURE.subgraph) : 0];
  if (subgraph === undefined) throw new RangeError("there is no subgraph");
  const names = file.tables(subgraph, SUBGRAPH.tensors).map((tensor) => file.text(tensor, TENSOR.name));
  const side = (/** @type {number} */ signed, /** @type {number} */ plain) =>
    signature
      ? file.tables(signature, signed).map((entry) => ({
          name: names[file.uint(entry, TENSOR_MAP.tensor)],
          key: file.text(entry, TENSOR_MAP.name),
        }))
      : file.uints(subgraph, plain).map((index) => ({ name: names[index], key: names[index] }));
  return { inputs: side(SIGNATURE.inputs, SUBGRAPH.inputs), outputs: side(SIGNATURE.outputs, SUBGRAPH.outputs) };
}

/**
 * The flatbuffer encoding: a table's first word leads back to its vtable, whose entries lead to the fields. Reading outside the
 * file is a RangeError, so that a hostile file can do no more than be refused.
 */
class Flatbuffer {
  #view;
  #bytes;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Gives the place of the root table. */
  root() {
    if (this.#view.getUint32(4, true) !== 0x334c4654) throw new RangeError("the identifier TFL3 is missing");
    return this.#view.getUint32(0, true);
  }

  /**
   * Gives the place of a field's value, or 0 where it is absent.
   *
   * @param {number} table
   * @param {number} field
   */
  #place(table, field) {
    const vtable = table - this.#view.getInt32(table, true);
    const entry = 4 + 2 * field;
    const offset = entry < this.#view.getUint16(vtable, true) ? this.#view.getUint16(vtable + entry, true) : 0;
    return offset === 0 ? 0 : table + offset;
  }

  /**
   * @param {number} table
   * @param {number} field
   */
  uint(table, field) {
    const place = this.#place(table, field);
    return place === 0 ? 0 : this.#view.getUint32(place, true);
  }

  /**
   * Gives the places of a vector's elements, of four bytes each.
   *
   * @param {number} table
   * @param {number} field
   * @returns {number[]}
   */
  #elements(table, field) {
    const place = this.#place(table, field);
    if (place === 0) return [];
    const start = place + this.#view.getUint32(place, true);
    const count = this.#view.getUint32(start, true);
    if (start + 4 + 4 * count > this.#bytes.length) throw new RangeError("a vector runs past the end");
    return Array.from({ length: count }, (_, i) => start + 4 + 4 * i);
  }

  /**
   * @param {number} table
   * @param {number} field
   */
  tables(table, field) {
    return this.#elements(table, field).map((place) => place + this.#view.getUint32(place, true));
  }

  /**
   * @param {number} table
   * @param {number} field
   */
  uints(table, field) {
    return this.#elements(table, field).map((place) => this.#view.getUint32(place, true));
  }

  /**
   * @param {number} table
   * @param {number} field
   */
  text(table, field) {
    const place = this.#place(table, field);
    if (place === 0) return "";
    const start = place + this.#view.getUint32(place, true);
    const length = this.#view.getUint32(start, true);
    if (start + 4 + length > this.#bytes.length) throw new RangeError("a text runs past the end");
    return new TextDecoder().decode(this.#bytes.subarray(start + 4, start + 4 + length));
  }
}
