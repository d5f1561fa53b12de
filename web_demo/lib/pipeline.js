/**
 * The pipeline that has every family of inputs and every reading step.
 */

import { checkAgainstTensors } from "./artefact_tensors.js";
import { PipelineBase } from "./pipeline_base.js";
import { WHOLE } from "./whole.js";

/**
 * @typedef {import("./families.js").TensorValue} TensorValue
 * @typedef {import("./families.js").Watch} Watch
 * @typedef {import("./pipeline_base.js").Outputs} Outputs
 * @typedef {import("./pipeline_base.js").Prepared} Prepared
 */

/** One spec with its label lists, for one artefact. */
export class Pipeline extends PipelineBase {
  /**
   * @param {import("./spec.js").Spec} spec
   * @param {Readonly<Record<string, readonly string[]>>} labels each list of the spec, read from its file
   * @param {string} [artefact] `int8/tflite`; without it tensors stay binary32 and outputs are read as they come
   * @throws {import("./errors.js").SatchelError} the steps do not fit together, or steps and labels do not fit the artefact's tensors
   */
  constructor(spec, labels, artefact) {
    if (artefact !== undefined) checkAgainstTensors(WHOLE, spec, artefact, labels);
    super(WHOLE, spec, labels, artefact);
  }
}
