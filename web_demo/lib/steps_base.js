/**
 * What the steps of several families share.
 */

import { defaulted, integer, need, number, oneOf, record, string } from "./schema.js";

/** A value of a pixel. */
export const channel = integer(0, 255);

/** Pixels of a picture's side, at least 1. */
export const side = integer(1, 16384);

/** Pixels of a margin. */
export const margin = integer(0, 16384);

/** How many there are of something, at least 1. */
export const count = integer(1, 100000);

/** A part of the whole, 0 to 1. */
export const share = number({ min: 0, max: 1 });

export const rounding = oneOf(/** @type {const} */ (["floor", "half_even"]));

/** A name that is the same in every language and on every file system. */
export const NAME = string({ min: 1, max: 128, pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/ });

/**
 * A record told from the others by its op.
 *
 * @template {string} T
 * @template {Record<string, import("./schema.js").Kind<any>>} F
 * @param {T} name
 * @param {F} fields
 * @param {(found: {[K in keyof F]: ReturnType<F[K]>}, path: string) => void} [rule]
 * @returns {import("./schema.js").Kind<{op: T} & {[K in keyof F]: ReturnType<F[K]>}>}
 */
export function step(name, fields, rule) {
  return /** @type {any} */ (record({ op: defaulted(oneOf([name]), name), ...fields }, rule));
}

/** The order of axes of a picture or of scores at each place. */
export const axes = oneOf(/** @type {const} */ (["NHWC", "NCHW"]));

/**
 * Refuses a step that has not exactly the fields that go with a choice.
 *
 * @param {Readonly<Record<string, unknown>>} found
 * @param {string} choice the field that says which are used
 * @param {readonly string[]} fields those that are used with some choice, in the order in which they are looked at
 * @param {readonly string[]} used
 * @param {string} path
 * @param {string} [here]
 */
export function needFields(found, choice, fields, used, path, here = "") {
  for (const name of fields) {
    const given = found[name] !== undefined;
    const uses = used.includes(name);
    const chosen = `${choice} '${found[choice]}'`;
    need(given || !uses, path, `${chosen} needs '${name}'`, `Add '${name}' to this step.`);
    need(!given || uses, path, `${chosen} does not use '${name}'${here}`, `Remove '${name}'.`);
  }
}
