/** Vectors of documents that are refused. */

import { checkSteps } from "../../../web_demo/lib/infer.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";

/** Gives a document with the value at a path replaced. */
function changed(document, { path, value }) {
  if (path.length === 0) return value;
  const copy = structuredClone(document);
  const owner = path.slice(0, -1).reduce((each, part) => each[part], copy);
  owner[path.at(-1)] = value;
  return copy;
}

function refused({ document, change }, { valid }) {
  checkSteps(parseSpec(document ?? changed(valid, change)));
  return null;
}

export const HANDLERS = { spec: refused };
