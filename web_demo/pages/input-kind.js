/**
 * What a model is given, and the page's words for it: a photo, a camera's frame, a row of a table, a stretch of a signal.
 */

import { SatchelError } from "../lib/errors.js";
import { kindOf as kindOfInput } from "../lib/kit.js";
import { find, setText } from "./dom.js";

/** @typedef {"photo" | "frame" | "row" | "signal"} Kind */

const PROMISE = "stays on this device.";

const PHOTO = {
  thing: "photo",
  title: "Show it a photo",
  promise: `The model runs here, in your browser. Your photo ${PROMISE}`,
  drop: "Drop a photo here",
  choose: "Choose a photo",
  accept: "image/*",
  waiting: "The answer appears here, a moment after you choose a photo.",
  times: "Photo to answer",
};

const WORDS = {
  photo: PHOTO,
  frame: {
    ...PHOTO,
    promise: `The model runs here, in your browser, on camera frames. Your photo becomes one and ${PROMISE}`,
    times: "Frame to answer",
  },
  row: {
    thing: "table",
    title: "Give it a table",
    promise: `The model runs here, in your browser. Your table ${PROMISE}`,
    drop: "Drop a CSV file here: a header, then the rows",
    choose: "Choose a CSV file",
    accept: ".csv,text/csv",
    waiting: "The answer appears here, a moment after you choose a CSV file.",
    times: "Row to answer",
  },
  signal: {
    thing: "signal",
    title: "Give it a signal",
    promise: `The model runs here, in your browser. Your signal ${PROMISE}`,
    drop: "Drop a CSV file here: a header, then one sample a row",
    choose: "Choose a CSV file",
    accept: ".csv,text/csv",
    waiting: "The answer appears here, a moment after you choose a CSV file.",
    times: "Signal to answer",
  },
};

/**
 * Gives what the inputs of a spec are made from.
 *
 * @param {import("../lib/spec.js").Spec} spec
 * @returns {Kind}
 */
export function kindOf({ inputs }) {
  return /** @type {Kind} */ (kindOfInput(inputs[0]));
}

/**
 * Gives the word for what a visitor gives: photo, table or signal.
 *
 * @param {Kind} kind
 */
export function wordOf(kind) {
  return WORDS[kind].thing;
}

/**
 * Says whether a kind comes in CSV files.
 *
 * @param {Kind | undefined} kind
 */
export function isTabled(kind) {
  return kind === "row" || kind === "signal";
}

/**
 * Refuses a photo where a CSV file is wanted, a CSV file where a photo is, and a bundle where either is.
 *
 * @param {Kind} kind
 * @param {{blob: Blob, name: string}} given
 * @throws {SatchelError} input/csv-encoding or input/not-a-picture
 */
export function refuseOther(kind, { blob, name }) {
  if (/\.satchel$/i.test(name)) {
    const code = isTabled(kind) ? "input/csv-encoding" : "input/not-a-picture";
    const hint = "To open it, drop it onto the gallery, which is the start page.";
    throw new SatchelError(code, `expected a ${wordOf(kind)}, found a bundle`, { where: name, hint });
  }
  if (isTabled(kind) && blob.type.startsWith("image/")) {
    const message = `expected a ${wordOf(kind)} in a CSV file, found a picture`;
    const hint = "This model takes no photos: choose a CSV file.";
    throw new SatchelError("input/csv-encoding", message, { where: name, hint });
  }
  if (!isTabled(kind) && (blob.type === "text/csv" || /\.csv$/i.test(name))) {
    const hint = "This model takes no tables or signals: choose a photo.";
    throw new SatchelError("input/not-a-picture", "expected a photo, found a CSV file", { where: name, hint });
  }
}

/**
 * Makes the page speak of this kind, with nothing given yet.
 *
 * @param {Kind} kind
 */
export function speakOf(kind) {
  const words = WORDS[kind];
  setText(find("title-line", HTMLElement), words.title);
  setText(find("promise", HTMLElement), words.promise);
  setText(find("drop-title", HTMLElement), words.drop);
  setText(find("choose-text", HTMLElement), words.choose);
  setText(find("waiting", HTMLElement), words.waiting);
  setText(find("times-title", HTMLElement), words.times);
  find("file", HTMLInputElement).accept = words.accept;
  setText(find("photo-title", HTMLElement), words.thing[0].toUpperCase() + words.thing.slice(1));
  find("stage", HTMLElement).dataset.kind = kind;
  const pictured = !isTabled(kind);
  find("drop-hint", HTMLElement).hidden = !pictured;
  find("figure", HTMLElement).hidden = !pictured;
}
