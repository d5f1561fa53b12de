/**
 * The bundles that can be tried: those the server holds, and those dropped onto the gallery for this visit.
 */

import { SatchelError } from "../lib/errors.js";
import { kindOf } from "../lib/kit.js";
import { visits } from "./visit.js";

/**
 * What a visitor gives the model.
 *
 * @typedef {"photo" | "frame" | "drawing" | "row" | "signal"} Given
 */

/**
 * A bundle as the gallery knows it without opening it.
 *
 * @typedef {object} Entry
 * @property {string} id its place in addresses
 * @property {string} name
 * @property {string} task
 * @property {string | null} description
 * @property {Given} given
 * @property {string} digest
 * @property {string} url where its files are; empty for one that was dropped
 * @property {number} bytes of the whole bundle
 * @property {readonly {artefact: string, bytes: number}[]} variants
 * @property {string | null} thumbnail
 * @property {string | null} report
 * @property {readonly string[]} samples
 * @property {string | null} file
 * @property {string | null} phone
 * @property {Blob} [blob] of one that was dropped
 * @property {boolean} [kept] whether it works from what this browser kept; only told where there is no server
 */

/** @typedef {{page: string, title: string}} Tab */

const PHOTO = { page: "photo", title: "Photo" };
const CAMERA = { page: "camera", title: "Camera" };
const DRAW = { page: "draw", title: "Draw" };
const TABLE = { page: "table", title: "Table" };
const SIGNAL = { page: "signal", title: "Signal" };
const ALWAYS = [
  { page: "compare", title: "Compare" },
  { page: "check", title: "Check" },
];

/** The pages for what a model is given, the one to begin with first. */
const PAGES = /** @type {Readonly<Record<Given, readonly Tab[]>>} */ ({
  photo: [PHOTO, CAMERA],
  frame: [PHOTO, CAMERA],
  drawing: [DRAW, PHOTO, CAMERA],
  row: [TABLE],
  signal: [SIGNAL],
});

/**
 * Gives all bundles, the server's first.
 *
 * @returns {Promise<readonly Entry[]>}
 */
export async function catalogue() {
  const [served, dropped] = await Promise.all([fetchJson("/bundles"), visits()]);
  return [...served, ...dropped];
}

/**
 * Gives the bundle of an address.
 *
 * @param {readonly Entry[]} entries
 * @param {string} id
 * @throws {SatchelError} bundle/not-found
 */
export function entryNamed(entries, id) {
  const found = entries.find((each) => each.id === id);
  if (found) return found;
  const names = entries.map((each) => each.id).join(", ") || "none";
  throw new SatchelError("bundle/not-found", `there is no bundle ${JSON.stringify(id)} here, only ${names}`, {
    hint: id.startsWith("visit-")
      ? "It was dropped in an earlier visit: drop it onto the start page again."
      : "Choose one on the start page.",
  });
}

/**
 * Gives the pages on which a bundle can be tried, the one to begin with first.
 *
 * @param {Given} given
 */
export function tabsOf(given) {
  return [...PAGES[given], ...ALWAYS];
}

/**
 * Gives the address of a page for a bundle.
 *
 * @param {Pick<Entry, "id" | "given">} entry
 * @param {string} [page] the one to begin with when absent
 */
export function addressOf({ id, given }, page = PAGES[given][0].page) {
  return `/${page}/${encodeURIComponent(id)}`;
}

/**
 * Gives what a visitor gives a model first.
 *
 * @param {import("../lib/spec.js").Spec} spec
 * @returns {Given}
 */
export function givenOf({ inputs: [first] }) {
  const centred = first.steps.some((step) => /** @type {string} */ (step.op) === "center_of_mass");
  return centred ? "drawing" : /** @type {Given} */ (kindOf(first));
}

/** @param {string} url */
async function fetchJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  return response.json();
}
