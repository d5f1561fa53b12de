/** Vectors of texts: JSON documents, label files, and names of files in a bundle. */

import { loads } from "../../../web_demo/lib/json.js";
import { parseLabels } from "../../../web_demo/lib/labels.js";
import { checkDistinct, checkPath } from "../../../web_demo/lib/paths.js";

/** Gives the value of a text; objects get a prototype, as those of the vectors have. */
function jsonText({ input }) {
  return { value: plain(loads(input.text ?? input.bytes.data)) };
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function labelFile({ input }) {
  return parseLabels(input.bytes.data);
}

function path({ input: { paths } }) {
  for (const each of paths) checkPath(each, "manifest.json");
  checkDistinct(paths, "manifest.json");
  return { refused: false };
}

export const HANDLERS = { json: jsonText, label_file: labelFile, path };
