/**
 * One run of a model: what it may be asked to tell, and what it tells beside the answer.
 */

import { sha256 } from "./hash.js";
import { bytesOf } from "./ops/bytes.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./pipeline.js").TensorValue} TensorValue */

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
 * @property {{prepared: Record<string, TensorValue>[], outputs: Record<string, ArrayLike<number>>[]}} [tensors] what the model was
 *   given, by input name, and gave, by output name and as the artefact gives it: of each window of a signal, of anything else once
 *
 * @typedef {Answer & Details} Run
 */

/**
 * With `view`, also the picture that the model saw and the hash of the tensor made of it; with `outputs`, also the tensors that the
 * model was given and gave; with `reading`, read with other parameters than the spec's.
 *
 * @typedef {{view?: boolean, outputs?: boolean, reading?: Reading}} RunOptions
 * @typedef {import("./reread.js").Reading} Reading
 * @typedef {{outputs: {outputs: Record<string, ArrayLike<number>>, start?: number}[],
 *   trace: Parameters<import("./pipeline_base.js").PipelineBase["readWindows"]>[1]}} Last what the last run's answer was read from
 */

/**
 * Prepares what was loaded, and gives the browser the memory of photos back.
 *
 * @param {import("./pipeline_base.js").PipelineBase} pipeline
 * @param {Readonly<Record<string, any>>} given
 * @param {import("./pipeline.js").Watch} watch
 */
export function prepareAndClose(pipeline, given, watch) {
  try {
    return pipeline.windows(given, watch);
  } finally {
    for (const each of Object.values(given)) if (typeof each.close === "function") each.close();
  }
}

/**
 * Gives what each tensor is, without its values.
 *
 * @param {Record<string, TensorValue>} tensors
 * @returns {Promise<NonNullable<Details["prepared"]>>}
 */
export async function hashes(tensors) {
  const entries = Object.entries(tensors).map(async ([name, { data, shape }]) => {
    const dtype = data.constructor.name.replace(/Big|Array/g, "").toLowerCase();
    return [name, { sha256: await sha256(bytesOf(data)), shape, dtype }];
  });
  return Object.fromEntries(await Promise.all(entries));
}
