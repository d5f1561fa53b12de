/**
 * Steps that read several outputs by their names.
 */

import { SatchelError } from "./errors.js";
import { sizeOf } from "./ops/shapes.js";

/** @typedef {import("./readers_base.js").Read} Read */

/**
 * Gives the shapes of the outputs that a step reads; undefined while no artefact is known.
 *
 * @param {readonly string[]} names
 * @param {Readonly<Record<string, Read>>} all
 * @returns {Record<string, readonly number[]> | undefined}
 */
export function namedShapes(names, all) {
  /** @type {Record<string, readonly number[]>} */
  const found = {};
  for (const name of names) {
    if (!Object.hasOwn(all, name)) {
      const hint = `The outputs are: ${Object.keys(all).join(", ")}.`;
      throw new SatchelError("spec/inconsistent", `the step reads an output '${name}' that is not there`, { hint });
    }
    const { shape } = all[name];
    if (shape) found[name] = shape;
  }
  return Object.keys(found).length === new Set(names).size ? found : undefined;
}

/**
 * Gives outputs of zeros.
 *
 * @param {Record<string, readonly number[]>} shapes
 */
export function zerosOf(shapes) {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    return [name, { data: new Float32Array(sizeOf(shape)), shape }];
  });
  return Object.fromEntries(entries);
}
