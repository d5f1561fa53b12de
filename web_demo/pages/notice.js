/**
 * Errors, shown in place: a title in plain words, the paragraph that tells place and remedy, the code.
 */

import { element, visible } from "./dom.js";
import { wordOf } from "./input-kind.js";

const TITLES = new Map([
  ["bundle", "This bundle is refused"],
  ["spec", "This bundle is refused"],
  ["model", "This model cannot run here"],
  ["env", "This browser or server lacks something"],
]);

/**
 * Gives a box that tells what went wrong.
 *
 * @param {unknown} error a SatchelError, or whatever was thrown
 * @param {import("./input-kind.js").Kind} [kind] what the model takes
 * @returns {HTMLElement}
 */
export function notice(error, kind = "photo") {
  const code = codeOf(error);
  const [family] = code.split("/");
  const unusable = `This ${wordOf(kind)} cannot be used`;
  const title = family === "input" ? unusable : (TITLES.get(family) ?? "Something went wrong");
  const message = error instanceof Error ? error.message : String(error);
  const box = element("div", { class: "notice notice-error", "data-code": code });
  box.append(element("p", { class: "notice-title" }, title), element("p", {}, visible(message)));
  if (code) box.append(element("p", { class: "notice-code" }, visible(code)));
  return box;
}

/** @param {unknown} error */
function codeOf(error) {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}
