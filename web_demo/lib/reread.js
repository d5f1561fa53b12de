/**
 * Reads a model's outputs with other parameters than those of its spec: what a slider changes.
 */

import { PipelineBase } from "./pipeline_base.js";
import { parseSpec } from "./spec.js";

/**
 * Parameters of reading steps by their names in the spec: `score` of threshold and nms, `iou` and `max` of nms, `k` of top_k. Every
 * step that has one takes the new value; one that no step has changes nothing.
 *
 * @typedef {{score?: number, iou?: number, max?: number, k?: number}} Reading
 */

const PARAMETERS = /** @type {const} */ (["score", "iou", "max", "k"]);

/**
 * Gives the pipeline of a spec whose reading steps have other parameters.
 *
 * @param {import("./kit.js").Kit} kit of the spec
 * @param {{spec: import("./spec.js").Spec, labels: Readonly<Record<string, readonly string[]>>}} described
 * @param {string} artefact
 * @param {Reading} reading
 * @throws {import("./errors.js").SatchelError} spec/..., where a parameter is outside its range
 */
export function rereadingPipeline(kit, { spec, labels }, artefact, reading) {
  return new PipelineBase(kit, parseSpec(rereading(spec, reading)), labels, artefact);
}

/**
 * Gives a spec with other parameters of its reading steps.
 *
 * @param {import("./spec.js").Spec} spec
 * @param {Reading} reading
 */
export function rereading(spec, reading) {
  const outputs = spec.outputs.map((output) => ({
    ...output,
    steps: output.steps.map((step) => changed(step, reading)),
  }));
  return { ...spec, outputs };
}

/**
 * @param {import("./spec.js").OutputStep} step
 * @param {Reading} reading
 */
function changed(step, reading) {
  const other = PARAMETERS.filter((name) => name in step && reading[name] !== undefined);
  return { ...step, ...Object.fromEntries(other.map((name) => [name, reading[name]])) };
}
