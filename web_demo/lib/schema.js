/**
 * Closed validation of parsed JSON: each kind is a function that gives the value back or names the JSON path of the first thing
 * that is wrong, what was found and what is allowed. Codes and order of checks are those of the Python types.
 */

import { refusal } from "./errors.js";
import { MAX_INTEGER } from "./json.js";

/**
 * @template T
 * @typedef {(value: unknown, path: string) => T} Kind
 */

/** @param {readonly (string | number)[]} values */
function allowedOf(values) {
  return `Allowed: ${values.join(", ")}.`;
}

/** @param {unknown} value */
function shown(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

/**
 * @param {string} expected
 * @param {unknown} value
 * @param {string} path
 */
function wrongType(expected, value, path) {
  return refusal("wrong-type", `expected ${expected}; found ${shown(value)}`, path);
}

/**
 * Refuses a value that is too small or too large, or has too few or too many of something.
 *
 * @param {{min?: number, max?: number}} range
 * @param {number} size of the value, or how many it has
 * @param {unknown} value
 * @param {string} path
 * @param {string} [unit] of what there are too few or too many
 */
function needWithin({ min = -Infinity, max = Infinity }, size, value, path, unit = "") {
  if (size < min) throw outOfRange(`at least ${min}${unit}`, value, path);
  if (size > max) throw outOfRange(`at most ${max}${unit}`, value, path);
}

/**
 * @param {string} expected
 * @param {unknown} value
 * @param {string} path
 */
function outOfRange(expected, value, path) {
  return refusal("out-of-range", `expected ${expected}; found ${shown(value)}`, path);
}

/**
 * Refuses a record whose values do not go together.
 *
 * @param {boolean} condition
 * @param {string} path
 * @param {string} message
 * @param {string} [hint]
 */
export function need(condition, path, message, hint) {
  if (!condition) throw refusal("inconsistent", message, path, hint);
}

/**
 * @template {string | number} T
 * @param {readonly T[]} allowed
 * @returns {Kind<T>}
 */
export function oneOf(allowed) {
  return (value, path) => {
    const found = allowed.find((each) => each === value);
    if (found === undefined) {
      throw refusal("unknown-value", `found ${shown(value)}`, path, allowedOf(allowed));
    }
    return found;
  };
}

/**
 * @param {number} [min]
 * @param {number} [max]
 * @returns {Kind<number>}
 */
export function integer(min, max) {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isInteger(value) || Math.abs(value) > MAX_INTEGER) {
      throw wrongType("an integer", value, path);
    }
    needWithin({ min, max }, value, value, path);
    return value;
  };
}

/**
 * @param {{above?: number, min?: number, max?: number}} [range]
 * @returns {Kind<number>}
 */
export function number(range = {}) {
  const { above = -Infinity } = range;
  return (value, path) => {
    if (typeof value !== "number") throw wrongType("a number", value, path);
    if (value <= above) throw outOfRange(`more than ${above}`, value, path);
    needWithin(range, value, value, path);
    return value;
  };
}

/**
 * @param {{min?: number, max?: number, pattern?: RegExp}} [form] lengths in Unicode characters
 * @returns {Kind<string>}
 */
export function string(form = {}) {
  const { pattern } = form;
  return (value, path) => {
    if (typeof value !== "string") throw wrongType("a string", value, path);
    needWithin(form, [...value].length, value, path, " characters");
    if (pattern && !pattern.test(value)) throw outOfRange(`a text like ${pattern.source}`, value, path);
    return value;
  };
}

/** @type {Kind<boolean>} */
export function boolean(value, path) {
  if (typeof value !== "boolean") throw wrongType("true or false", value, path);
  return value;
}

/** @type {Kind<unknown>} */
export function anything(value) {
  return value;
}

/**
 * @template T
 * @param {Kind<T>} item
 * @param {{min?: number, max?: number}} [length]
 * @returns {Kind<T[]>}
 */
export function list(item, length = {}) {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrongType("an array", value, path);
    const items = value.slice(0, length.max).map((each, i) => item(each, `${path}[${i}]`));
    needWithin(length, value.length, value, path, " items");
    return items;
  };
}

/**
 * @template T
 * @param {Kind<T>} item
 * @param {number} count
 * @returns {Kind<T[]>}
 */
export function exactly(item, count) {
  const all = list(item);
  return (value, path) => {
    if (Array.isArray(value)) needWithin({ max: count }, value.length, value, path, " items");
    const items = all(value, path);
    if (items.length < count) throw refusal("missing-key", `expected ${count} items, found ${items.length}`, path);
    return items;
  };
}

/**
 * Tells a JSON object from everything else.
 *
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @template T
 * @param {Kind<string>} key
 * @param {Kind<T>} item
 * @param {{min?: number}} [length]
 * @returns {Kind<Record<string, T>>}
 */
export function mapOf(key, item, length = {}) {
  return (value, path) => {
    if (!isObject(value)) throw wrongType("an object", value, path);
    /** @type {Record<string, T>} */
    const found = Object.create(null);
    for (const name of Object.keys(value).sort()) {
      const place = `${path}.${name}`;
      found[key(name, place)] = item(value[name], place);
    }
    needWithin(length, Object.keys(found).length, value, path, " entries");
    return found;
  };
}

/**
 * A field that may be absent, or null, and then is left out.
 *
 * @template T
 * @param {Kind<T>} kind
 * @returns {Kind<T | undefined> & {absent: undefined}}
 */
export function optional(kind) {
  const checked = (/** @type {unknown} */ value, /** @type {string} */ path) =>
    value === null ? undefined : kind(value, path);
  return Object.assign(checked, { absent: undefined });
}

/**
 * A field that has a default.
 *
 * @template T
 * @param {Kind<T>} kind
 * @param {T} absent
 * @returns {Kind<T> & {absent: T}}
 */
export function defaulted(kind, absent) {
  return Object.assign((/** @type {unknown} */ value, /** @type {string} */ path) => kind(value, path), { absent });
}

/**
 * An object with exactly these fields: each is checked in the order given, then unknown keys are refused, then the values
 * are held against each other.
 *
 * @template {Record<string, Kind<any>>} F
 * @param {F} fields
 * @param {(found: {[K in keyof F]: ReturnType<F[K]>}, path: string) => void} [rule]
 * @returns {Kind<{[K in keyof F]: ReturnType<F[K]>}>}
 */
export function record(fields, rule) {
  return (value, path) => {
    if (!isObject(value)) throw wrongType("an object", value, path);
    const found = Object.create(null);
    for (const [name, kind] of Object.entries(fields)) {
      const given = Object.hasOwn(value, name) ? kind(value[name], `${path}.${name}`) : absentValue(kind, name, path);
      if (given !== undefined) found[name] = given;
    }
    for (const name of Object.keys(value).sort()) {
      if (Object.hasOwn(fields, name)) continue;
      const message = `the key ${JSON.stringify(name)} is not known here`;
      throw refusal("unknown-key", message, `${path}.${name}`, allowedOf(Object.keys(fields).sort()));
    }
    rule?.(found, path);
    return found;
  };
}

/**
 * @param {Kind<any>} kind
 * @param {string} name
 * @param {string} path
 */
function absentValue(kind, name, path) {
  if ("absent" in kind) return kind.absent;
  throw refusal("missing-key", `the key ${JSON.stringify(name)} is missing`, `${path}.${name}`);
}

/**
 * A record told from others by its `op`.
 *
 * @template T
 * @param {Record<string, Kind<T>>} ops
 * @returns {Kind<T>}
 */
export function byOp(ops) {
  return (value, path) => {
    if (!isObject(value)) throw wrongType("an object", value, path);
    if (!("op" in value)) throw refusal("missing-key", 'the key "op" is missing', path);
    const kind = typeof value.op === "string" && Object.hasOwn(ops, value.op) ? ops[value.op] : undefined;
    if (kind === undefined) {
      throw refusal("unknown-op", `the op ${shown(value.op)} is not known here`, path, allowedOf(Object.keys(ops)));
    }
    return kind(value, path);
  };
}
