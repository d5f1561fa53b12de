/**
 * A reading step: what kind of value it takes, what it gives, and how it is carried out.
 */

import { SatchelError } from "./errors.js";
import { wrongOutput } from "./ops/reading.js";
import { inBrackets, sizeOf } from "./ops/shapes.js";

/** @typedef {"numbers" | "shares" | "classes" | "objects" | "points" | "mask"} Kind */

/**
 * A tensor of an output: binary32, with batch axis 1.
 *
 * @typedef {{data: Float32Array<ArrayBuffer>, shape: readonly number[]}} Numbers
 */

/**
 * What there is between two reading steps. `shape` is of numbers and shares, undefined while no artefact is known; `count` is how
 * many different labels there are, where that is known; `labelled` says whether labels have been given, `uncropped` whether places are
 * those of the photo.
 *
 * @typedef {{kind: Kind, shape?: readonly number[], count?: number, labelled?: boolean, uncropped?: boolean}} Read
 */

/**
 * What a reading step may look at beside the value: every output, the label lists, and how each picture was prepared.
 *
 * @typedef {object} Context
 * @property {Readonly<Record<string, Numbers>>} outputs by the spec's names, dequantised
 * @property {Readonly<Record<string, readonly string[]>>} labels
 * @property {Readonly<Record<string, import("./trace.js").Trace>>} traces by the names of inputs
 * @property {import("./kit.js").Heads} heads
 */

/**
 * `after` gives what the step gives, or throws a SatchelError; the place is added: the step's, with what `where` has behind a dot,
 * or the output's when that is `$`.
 *
 * @typedef {object} ReadOp
 * @property {readonly Kind[]} takes
 * @property {(step: any, before: Read, reads: Readonly<Record<string, Read>>, kit: import("./kit.js").Kit) => Read} after
 * @property {(step: any, value: any, context: Context) => any} run
 * @property {string} [hint] what to do when it stands behind something else
 * @property {(step: any) => readonly string[]} [reads] the outputs it reads beside its own
 */

/**
 * Gives the n of a shape [1, n]; undefined for undefined.
 *
 * @param {readonly number[]} [shape]
 * @throws {SatchelError} spec/shape-mismatch, for the whole output
 */
export function rowOf(shape) {
  if (shape === undefined) return undefined;
  const width = shape.at(-1) ?? 0;
  if (width > 0 && shape[0] === 1 && sizeOf(shape) === width) return width;
  const message = `classes are read from one row of scores [1, n], the output is ${inBrackets(shape)}`;
  throw new SatchelError("spec/shape-mismatch", message, {
    where: "$",
    hint: "Name the output that holds the scores.",
  });
}

/**
 * Gives the n values of [1, n].
 *
 * @param {Numbers} numbers
 * @throws {SatchelError} model/wrong-output
 */
export function rowValues({ data, shape }) {
  if (data.length > 0 && shape[0] === 1 && data.length === shape.at(-1)) return data;
  throw wrongOutput("", `expected one row of scores [1, n], found ${inBrackets(shape)}`);
}

/**
 * Gives what an op makes of zeros; what it refuses is the spec's mistake.
 *
 * @template T
 * @param {() => T} op
 * @param {string} hint
 * @returns {T}
 */
export function tried(op, hint) {
  try {
    return op();
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    const message = error.where ? `${error.where}: ${error.detail}` : error.detail;
    throw new SatchelError("spec/shape-mismatch", message, { hint });
  }
}
