/**
 * A photo by its address: one on this server, for the page's policy lets it ask no other.
 */

import { SatchelError } from "../lib/errors.js";
import { find } from "./dom.js";

/** @typedef {import("./photo-input.js").Photo} Photo */

const form = find("address-form", HTMLFormElement);
const text = find("address-text", HTMLInputElement);

/**
 * Calls back with each photo that is asked for by its address.
 *
 * @param {(photo: Photo) => void} onPhoto
 * @param {(error: unknown) => void} onError
 */
export function listenForAddresses(onPhoto, onError) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fetched(text.value.trim()).then(onPhoto, onError);
  });
}

/**
 * @param {string} address
 * @returns {Promise<Photo>}
 * @throws {SatchelError} input/unreachable
 */
async function fetched(address) {
  const url = placeOf(address);
  const response = await fetch(url, { credentials: "same-origin" }).catch((error) => {
    throw unreachable(url.href, error.message);
  });
  if (!response.ok) throw unreachable(url.href, `the server answered ${response.status}`);
  return { blob: await response.blob(), name: decodeURIComponent(url.pathname.split("/").at(-1) || "photo") };
}

/** @param {string} address */
function placeOf(address) {
  if (!URL.canParse(address, location.href)) throw unreachable(address, "it is no address");
  const url = new URL(address, location.href);
  if (url.origin === location.origin) return url;
  throw unreachable(url.href, "it is on another server");
}

/**
 * @param {string} where
 * @param {string} reason
 */
function unreachable(where, reason) {
  return new SatchelError("input/unreachable", `the photo cannot be fetched (${reason})`, {
    where,
    hint: `Give an address on ${location.host}, or save the photo and drop it here.`,
  });
}
