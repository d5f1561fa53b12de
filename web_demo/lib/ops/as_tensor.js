/**
 * Rows and signals as tensors.
 */

import { arrayOf, quantize } from "./quantize.js";

/**
 * Gives prepared values as the artefact's tensor takes them, with the batch axis.
 *
 * @param {Float32Array<ArrayBuffer>} values
 * @param {readonly number[]} shape
 * @param {import("../spec.js").Tensor} [tensor]
 * @returns {{data: import("./quantize.js").Values, shape: readonly number[]}}
 */
export function asTensor(values, shape, tensor) {
  if (tensor === undefined || tensor.dtype === "float32") return { data: values, shape: [1, ...shape] };
  const kind = arrayOf(tensor.dtype);
  const out = new kind(new ArrayBuffer(values.length * kind.BYTES_PER_ELEMENT), 0, values.length);
  return { data: quantize(values, out, tensor), shape: [1, ...shape] };
}
