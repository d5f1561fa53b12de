/**
 * Names of files in a bundle that are the same safe file on every system.
 */

import { SatchelError } from "./errors.js";

/** Characters of the longest path and bytes of the longest name in it: every system opens these. */
const MAX_PATH = 400;
const MAX_PART = 200;
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/iu;
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\:*?"<>|\ud800-\udfff]/u;

/**
 * Refuses a path that could name something outside the bundle, or another file on another system.
 *
 * @param {string} path
 * @param {string} where
 * @throws {SatchelError} bundle/absolute-path, bundle/climbing-path, bundle/unsafe-name
 */
export function checkPath(path, where) {
  const shown = JSON.stringify(path.slice(0, 200));
  if (/^[/\\]|^[A-Za-z]:/.test(path)) {
    throw new SatchelError("bundle/absolute-path", `expected a path inside the bundle, found ${shown}`, { where });
  }
  if (path.split(/[/\\]/).includes("..")) {
    throw new SatchelError("bundle/climbing-path", `the path ${shown} climbs out of the bundle`, { where });
  }
  if ([...path].length > MAX_PATH || path.split("/").some(isUnsafe)) {
    throw new SatchelError("bundle/unsafe-name", `the path ${shown} does not name the same file on every system`, {
      where,
      hint: "Use letters, digits, '.', '_' and '-', with '/' between folders.",
    });
  }
}

/** @param {string} part */
function isUnsafe(part) {
  const odd = part === "" || part === "." || /[. ]$/.test(part) || FORBIDDEN.test(part) || RESERVED.test(part);
  return odd || new TextEncoder().encode(part).length > MAX_PART;
}

/**
 * Refuses two paths that are one file where case or Unicode form does not count, or a file that is also a folder.
 *
 * @param {Iterable<string>} paths
 * @param {string} where
 * @throws {SatchelError} bundle/duplicate-name
 */
export function checkDistinct(paths, where) {
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const path of paths) {
    const other = seen.get(folded(path));
    if (other !== undefined) throw twice(other, path, where);
    seen.set(folded(path), path);
  }
  for (const path of seen.values()) {
    const parts = path.split("/");
    for (let count = 1; count < parts.length; count++) {
      const file = seen.get(folded(parts.slice(0, count).join("/")));
      if (file !== undefined) throw twice(file, path, where);
    }
  }
}

/**
 * Gives the form in which names are compared: lower case first, so that ẞ goes the way of ß; then upper case, which makes SS of both.
 *
 * @param {string} path
 */
function folded(path) {
  return path.normalize("NFC").toLowerCase().toUpperCase().normalize("NFC");
}

/**
 * @param {string} first
 * @param {string} second
 * @param {string} where
 */
function twice(first, second, where) {
  const message = `${JSON.stringify(first)} and ${JSON.stringify(second)} are one name on some systems, expected each name once`;
  return new SatchelError("bundle/duplicate-name", message, { where });
}
