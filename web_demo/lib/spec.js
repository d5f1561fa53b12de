/**
 * The spec: what a model's input is made from and how its output becomes an answer. One document, spec.json.
 */

import { SatchelError } from "./errors.js";
import { loads } from "./json.js";
import { defaulted, integer, isObject, list, mapOf, need, number, oneOf, optional, record, string } from "./schema.js";
import { inputStep, LATER, NAME, outputStep } from "./steps.js";

/** @typedef {import("./steps.js").InputStep} InputStep */
/** @typedef {import("./steps.js").OutputStep} OutputStep */
/** @typedef {import("./steps.js").Resize} Resize */
/** @typedef {import("./steps.js").Crop} Crop */

/** The latest version that this reader knows. */
const VERSION = "1.1";

const version = oneOf(/** @type {const} */ (["1.0", VERSION]));

/** The version that a document says which is no spec: one without it is of the first. */
export const SATCHEL = defaulted(version, "1.0");

const TASKS = /** @type {const} */ ([
  "image_classification",
  "object_detection",
  "keypoints",
  "segmentation",
  "tabular_classification",
  "tabular_regression",
  "signal_classification",
  "audio_classification",
  "text_classification",
  "embedding",
  "generic",
]);

export const DTYPES = /** @type {const} */ (["float32", "uint8", "int8", "int16", "int32", "int64", "bool"]);

const tensor = record(
  {
    name: string(),
    index: integer(0),
    shape: list(integer(1)),
    dtype: oneOf(DTYPES),
    layout: optional(oneOf(/** @type {const} */ (["NHWC", "NCHW", "NLC", "NCL", "NL"]))),
    scale: optional(number({ above: 0 })),
    zero_point: optional(integer()),
  },
  ({ scale, zero_point: zeroPoint }, path) =>
    need((scale === undefined) === (zeroPoint === undefined), path, "scale and zero_point come together"),
);

const tensors = defaulted(mapOf(string(), tensor), {});
const input = record({ name: NAME, steps: list(inputStep), tensor: tensors });
const output = record({ name: NAME, steps: list(outputStep), tensor: tensors });

const spec = record(
  {
    satchel: defaulted(version, undefined),
    name: string({ min: 1, max: 200 }),
    version: defaulted(string({ pattern: /^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/ }), "1.0.0"),
    task: oneOf(TASKS),
    inputs: list(input, { min: 1 }),
    outputs: list(output, { min: 1 }),
    labels: defaulted(mapOf(NAME, string()), {}),
    author: defaulted(string(), ""),
    license: defaulted(string(), ""),
    description: defaulted(string(), ""),
  },
  (found, path) => {
    namesResolve(found, path);
    versionHasOps(found, path);
  },
);

/**
 * @typedef {ReturnType<typeof tensor>} Tensor
 * @typedef {ReturnType<typeof input>} Input
 * @typedef {ReturnType<typeof output>} Output
 * @typedef {ReturnType<typeof spec>} Spec
 */

/**
 * @param {{inputs: Input[], outputs: Output[], labels: Record<string, string>}} found
 * @param {string} path
 */
function namesResolve({ inputs, outputs, labels }, path) {
  for (const [kind, named] of Object.entries({ inputs, outputs })) {
    const names = named.map((each) => each.name);
    need(new Set(names).size === names.length, path, `two ${kind} have the same name: ${names.join(", ")}`);
  }
  for (const { name, steps } of outputs) {
    for (const step of steps) {
      const known = step.op !== "label" || step.labels in labels;
      need(known, path, `the label step of '${name}' names a list that labels does not hold`);
    }
  }
}

/**
 * Refuses a version that does not have all ops of the steps, and gives the spec the lowest that has them.
 *
 * @param {{satchel?: string, inputs: Input[]}} found
 * @param {string} path
 */
function versionHasOps(found, path) {
  const later = found.inputs.flatMap(({ steps }) => steps).find(({ op }) => op in LATER);
  const known = !later || found.satchel !== "1.0";
  need(known, path, `${later?.op} needs version ${VERSION}, found 1.0`);
  found.satchel = later ? VERSION : "1.0";
}

/**
 * Gives the spec of a JSON document.
 *
 * @param {string | Uint8Array | object} document UTF-8 JSON, or the same already parsed
 * @returns {Spec}
 * @throws {SatchelError} the first thing that is wrong, with its JSON path; a document of a newer version is refused before
 *   anything else is looked at (spec/newer-version)
 */
export function parseSpec(document) {
  const value = typeof document === "string" || document instanceof Uint8Array ? loads(document) : document;
  refuseNewer(value);
  return spec(value, "$");
}

/**
 * Refuses a document whose `satchel` version is above this reader's, before every other check.
 *
 * @param {unknown} value
 * @param {string} [where]
 */
export function refuseNewer(value, where = "$.satchel") {
  const found = isObject(value) ? value.satchel : undefined;
  if (typeof found !== "string" || !/^[0-9]{1,9}\.[0-9]{1,9}$/.test(found)) return;
  if (rank(found) <= rank(VERSION)) return;
  const message = `the document is of version ${found}, this reader knows versions up to ${VERSION}`;
  throw new SatchelError("spec/newer-version", message, { where, hint: `Use a Satchel that reads version ${found}.` });
}

/**
 * Gives a number that is larger for a later version, exact up to VERSION.
 *
 * @param {string} version
 */
function rank(version) {
  const [major, minor] = version.split(".");
  return 1e9 * +major + +minor;
}
