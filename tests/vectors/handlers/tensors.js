/** Vectors of specs held against an artefact's tensors, and of outputs of every dtype and shape. */

import { answerJson } from "../../../web_demo/lib/answers.js";
import { openPipeline } from "../../../web_demo/lib/needed.js";
import { Pipeline } from "../../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";

/** Gives that the spec fits the tensors, for a pipeline with all that there is. */
function tensors({ input: { spec, labels, artefact } }) {
  new Pipeline(parseSpec(spec), labels, artefact);
  return { refused: false };
}

/** Gives the answer of every window's outputs, the windows 8 samples apart, from a pipeline with what the spec needs. */
async function read({ input: { spec, labels, artefact, windows } }) {
  const pipeline = await openPipeline(parseSpec(spec), labels, artefact);
  return answerJson(pipeline.readWindows(windows.map((outputs, place) => ({ outputs, start: 8 * place }))));
}

export const HANDLERS = { tensors, read };
