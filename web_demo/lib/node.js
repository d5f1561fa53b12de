/**
 * Modules of Node itself, for what an older Node lacks of what browsers have.
 */

/** Whether this runs in Node. */
export const IN_NODE = typeof (/** @type {any} */ (globalThis).process?.versions?.node) === "string";

/**
 * Gives a module of Node. Bundlers are to leave it alone: no page ever asks for one.
 *
 * @param {"crypto" | "zlib"} name
 * @returns {Promise<any>}
 */
export function nodeModule(name) {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`);
}
