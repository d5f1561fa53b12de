/**
 * Where the time went: one bar, a part for each stage, and the same in numbers.
 */

import { element, find, setText } from "./dom.js";
import { milliseconds } from "./text.js";

/** @typedef {{decode: number, prepare: number, infer: number, read: number, total: number}} Timings */

/** @type {readonly (readonly [keyof Timings, string])[]} */
const STAGES = [
  ["decode", "Decode"],
  ["prepare", "Prepare"],
  ["infer", "Infer"],
  ["read", "Read"],
];

/**
 * Shows the stages of one run.
 *
 * @param {Timings} timings in milliseconds; `total` also holds what lies between the stages
 * @param {string} note which artefact and runtime took them
 */
export function showTimings(timings, note) {
  setText(find("total", HTMLElement), milliseconds(timings.total));
  setText(find("times-note", HTMLElement), note);
  const parts = STAGES.map(([stage]) => {
    const part = element("span", { class: `times-part stage-${stage}` });
    part.style.setProperty("--ms", String(timings[stage]));
    return part;
  });
  find("times-bar", HTMLElement).replaceChildren(...parts);
  find("times-list", HTMLDListElement).replaceChildren(
    ...STAGES.map(([stage, label]) => row(stage, label, timings[stage])),
  );
}

/**
 * @param {string} stage
 * @param {string} label
 * @param {number} ms
 */
function row(stage, label, ms) {
  const swatch = element("span", { class: `swatch stage-${stage}`, "aria-hidden": "true" });
  return element("div", {}, element("dt", {}, swatch, label), element("dd", {}, milliseconds(ms)));
}
