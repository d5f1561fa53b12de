/**
 * SHA-256, in hexadecimal.
 */

import { SatchelError } from "./errors.js";
import { IN_NODE, nodeModule } from "./node.js";

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<string>}
 */
export async function sha256(bytes) {
  const subtle = await cryptography();
  if (subtle === undefined) {
    throw new SatchelError("env/insecure-page", "the browser gives no SHA-256 to a page that is not secure", {
      hint: "Open it over https, or at 127.0.0.1.",
    });
  }
  const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(hash, (each) => each.toString(16).padStart(2, "0")).join("");
}

/**
 * Gives what hashes; Node has it among its globals from 19 on.
 *
 * @returns {Promise<SubtleCrypto | undefined>}
 */
async function cryptography() {
  const found = globalThis.crypto?.subtle;
  return found === undefined && IN_NODE ? (await nodeModule("crypto")).webcrypto.subtle : found;
}
