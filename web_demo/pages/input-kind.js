/**
 * What a model is given, and the page's words for it: a photo, a camera's frame, a row of a table, a stretch of a signal.
 */

import { find, setText } from "./dom.js";

/** @typedef {"photo" | "frame" | "row" | "signal"} Kind */

const PROMISE = "stays on this device.";

const PHOTO = {
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
    title: "Give it a row",
    promise: `The model runs here, in your browser. Your table ${PROMISE}`,
    drop: "Drop a CSV file here: a header and one row",
    choose: "Choose a CSV file",
    accept: ".csv,text/csv",
    waiting: "The answer appears here, a moment after you choose a CSV file.",
    times: "Row to answer",
  },
  signal: {
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
export function kindOf({ task, inputs }) {
  const first = inputs[0].steps[0]?.op;
  if (first === "decode") return "photo";
  if (first === "yuv_to_rgb") return "frame";
  return first === "columns" && task.startsWith("tabular") ? "row" : "signal";
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
  const pictured = kind === "photo" || kind === "frame";
  find("drop-hint", HTMLElement).hidden = !pictured;
  find("figure", HTMLElement).hidden = !pictured;
}
