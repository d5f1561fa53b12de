/**
 * Gives a visitor a file.
 */

import { element } from "./dom.js";

/** How long the browser may take to begin. */
const KEPT = 60_000;

/**
 * Saves a file under a name, as the browser saves downloads.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}
