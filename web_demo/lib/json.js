/**
 * JSON read strictly, as every language of Satchel reads it: no key twice, no integer beyond 2^53, no NaN, no infinity.
 */

import { refusal } from "./errors.js";

/** Integers beyond this magnitude lose digits in binary64, so no reader accepts them. */
export const MAX_INTEGER = 2 ** 53;

/** A value inside more arrays and objects than this is refused: every reader has a limit, and theirs differ. */
const MAX_DEPTH = 100;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const CONSTANT = /-?Infinity|NaN/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const HALF_PAIR = /\p{Surrogate}/u;
const SPACE = /[ \t\n\r]*/y;
const WORDS = /** @type {const} */ ([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * Gives the value of a JSON text. Objects have no prototype, so that no key means anything but itself.
 *
 * @param {string | Uint8Array} text bytes must be UTF-8; a byte-order mark is not allowed
 * @param {string} [where] what to call the document in an error
 * @returns {unknown}
 * @throws {SatchelError} spec/not-json, spec/duplicate-key, spec/not-finite, spec/integer-too-large
 */
export function loads(text, where = "$") {
  return new Reader(typeof text === "string" ? text : decoded(text, where), where).document();
}

/**
 * @param {Uint8Array} bytes
 * @param {string} where
 */
function decoded(bytes, where) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refusal("not-json", "expected a JSON document in UTF-8, found other bytes", where);
  }
}

class Reader {
  #text;
  #where;
  #at = 0;

  /**
   * @param {string} text
   * @param {string} where
   */
  constructor(text, where) {
    this.#text = text;
    this.#where = where;
  }

  document() {
    const value = this.#value(0);
    if (this.#at < this.#text.length) throw this.#notJson("something follows the value");
    return value;
  }

  /**
   * @param {number} depth
   * @returns {unknown}
   */
  #value(depth) {
    if (depth > MAX_DEPTH) throw this.#notJson(`a value stands inside more than ${MAX_DEPTH} others`);
    this.#match(SPACE);
    let value;
    if (this.#take("{")) value = this.#object(depth + 1);
    else if (this.#take("[")) value = this.#array(depth + 1);
    else if (this.#text[this.#at] === '"') value = this.#string();
    else value = this.#word();
    this.#match(SPACE);
    return value;
  }

  /** @param {number} depth */
  #object(depth) {
    const found = Object.create(null);
    this.#each("}", () => {
      this.#match(SPACE);
      const key = this.#string();
      if (key in found) throw this.#wrong("duplicate-key", `the key ${JSON.stringify(key)} stands twice in one object`);
      this.#match(SPACE);
      this.#need(":");
      found[key] = this.#value(depth);
    });
    return found;
  }

  /** @param {number} depth */
  #array(depth) {
    /** @type {unknown[]} */
    const found = [];
    this.#each("]", () => found.push(this.#value(depth)));
    return found;
  }

  /**
   * @param {string} end
   * @param {() => void} item
   */
  #each(end, item) {
    this.#match(SPACE);
    if (this.#take(end)) return;
    do item();
    while (this.#take(","));
    this.#need(end);
  }

  /** @returns {string} */
  #string() {
    const literal = this.#match(STRING);
    if (literal === undefined) throw this.#notJson("a string was expected");
    const text = JSON.parse(literal);
    if (HALF_PAIR.test(text)) throw this.#notJson("a text holds half a surrogate pair");
    return text;
  }

  #word() {
    for (const [word, value] of WORDS) if (this.#take(word)) return value;
    const constant = this.#match(CONSTANT);
    if (constant !== undefined) throw this.#notFinite(`${constant} is not a JSON number`);
    const literal = this.#match(NUMBER);
    if (literal === undefined) throw this.#notJson("a value was expected");
    const value = Number(literal);
    if (/^-?[0-9]+$/.test(literal)) return this.#integer(literal, value);
    if (!Number.isFinite(value)) throw this.#notFinite(`the number ${literal} is not finite`);
    return value;
  }

  /**
   * @param {string} literal
   * @param {number} value
   */
  #integer(literal, value) {
    if (literal.length > 17 || BigInt(literal) > MAX_INTEGER || BigInt(literal) < -MAX_INTEGER) {
      const message = `the integer ${literal.slice(0, 40)} is beyond 2^53 and cannot be read exactly in every language`;
      throw this.#wrong("integer-too-large", message);
    }
    return value + 0;
  }

  /** @param {RegExp} pattern */
  #match(pattern) {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** @param {string} token */
  #take(token) {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** @param {string} token */
  #need(token) {
    if (!this.#take(token)) throw this.#notJson(`${token} was expected`);
  }

  /** @param {string} reason */
  #notJson(reason) {
    const message = `expected a JSON document in UTF-8, found none (${reason} at character ${this.#at})`;
    return this.#wrong("not-json", message);
  }

  /** @param {string} message */
  #notFinite(message) {
    return this.#wrong("not-finite", message, "Use a finite number.");
  }

  /**
   * @param {string} name
   * @param {string} message
   * @param {string} [hint]
   */
  #wrong(name, message, hint) {
    return refusal(name, message, this.#where, hint);
  }
}
