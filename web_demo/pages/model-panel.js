/**
 * Which model runs, and in what: variant, runtime, and the facts of the bundle.
 */

import { element, find, setText, visible } from "./dom.js";
import { bytes, shortDigest } from "./text.js";

/**
 * @typedef {{artefact: string, variant: string, format: string, bytes: number, storedBytes: number, runtimes: readonly string[]}}
 *   Offer an artefact of the bundle
 * @typedef {{name: string, digest: string, task: string, labels: Record<string, string[]>, variants: readonly Offer[],
 *   spec: import("../lib/spec.js").Spec}} Info
 */

/** Formats a browser runs, best first: the runtime as bundles name it, and as people do. */
const RUNTIMES = /** @type {const} */ ([
  { format: "tflite", runtime: "litert-js", name: "LiteRT.js" },
  { format: "tfjs", runtime: "tfjs", name: "TF.js" },
]);
const PREFERRED = ["int8/tflite", "float32/tflite"];

/**
 * Gives the artefacts that this page offers to run.
 *
 * @param {Info} info
 */
export function offered(info) {
  return info.variants.filter(
    (offer) =>
      offer.variant !== "dynamic_range" &&
      RUNTIMES.some((each) => each.format === offer.format && offer.runtimes.includes(each.runtime)),
  );
}

/**
 * Gives the artefact to begin with: int8 where there is one, for it is small and fast and equal to Python's to the bit.
 *
 * @param {Info} info
 * @returns {string | undefined}
 */
export function firstChoice(info) {
  const names = offered(info).map((offer) => offer.artefact);
  return PREFERRED.find((each) => names.includes(each)) ?? names[0];
}

/**
 * Shows bundle, variants and runtimes.
 *
 * @param {Info} info
 * @param {string} chosen artefact; empty where none of them runs here
 * @param {(artefact: string) => void} onChoice
 */
export function showModel(info, chosen, onChoice) {
  setText(find("model-name", HTMLElement), info.name);
  setText(find("model-note", HTMLElement), info.spec.description ?? "");
  showVariants(info, chosen, onChoice);
  showRuntimes(info, chosen, onChoice);
  showFacts(info, chosen);
}

/**
 * @param {Info} info
 * @param {string} chosen
 * @param {(artefact: string) => void} onChoice
 */
function showVariants(info, chosen, onChoice) {
  const running = offered(info);
  const now = running.find((offer) => offer.artefact === chosen);
  const names = [...new Set(info.variants.map((offer) => offer.variant))];
  const choices = names.map((name) => {
    const mine = running.filter((offer) => offer.variant === name);
    const target = mine.find((offer) => offer.format === now?.format) ?? mine[0];
    const note = target ? bytes(target.bytes) : whyNot(name);
    return choice("variant", name, note, name === now?.variant, target && (() => onChoice(target.artefact)));
  });
  replace("variant-list", choices);
  const left = names.filter((name) => !running.some((offer) => offer.variant === name));
  setText(find("choice-note", HTMLElement), left.includes("dynamic_range") ? DYNAMIC_RANGE : "");
}

const DYNAMIC_RANGE =
  "dynamic_range is for Python and phones. In a browser it is slow and its answers are not exact, so it is not offered here.";

/** @param {string} variant */
function whyNot(variant) {
  return variant === "dynamic_range" ? "not for browsers" : "no runtime here";
}

/**
 * @param {Info} info
 * @param {string} chosen
 * @param {(artefact: string) => void} onChoice
 */
function showRuntimes(info, chosen, onChoice) {
  const running = offered(info);
  const now = running.find((offer) => offer.artefact === chosen);
  const choices = RUNTIMES.map(({ format, name }) => {
    const target = running.find((offer) => offer.variant === now?.variant && offer.format === format);
    const note = target ? "" : `no ${now ? visible(now.variant) : "variant"} for it`;
    return choice("runtime", name, note, format === now?.format, target && (() => onChoice(target.artefact)));
  });
  replace("runtime-list", choices);
}

/**
 * @param {string} group
 * @param {string} name
 * @param {string} note
 * @param {boolean} checked
 * @param {(() => void) | undefined} onChoose undefined where it cannot be chosen
 */
function choice(group, name, note, checked, onChoose) {
  const id = `${group}-${name.replace(/[^A-Za-z0-9_-]/g, "")}`;
  const input = element("input", { type: "radio", name: group, id, value: name, disabled: !onChoose });
  input.checked = checked;
  if (onChoose) input.addEventListener("change", onChoose);
  const label = element("label", { for: id }, element("span", { class: "choice-name" }, visible(name)));
  if (note) label.append(element("span", { class: "choice-note" }, note));
  return element("div", { class: "choice" }, input, label);
}

/**
 * Puts new choices in place and leaves the keyboard where it was.
 *
 * @param {string} list
 * @param {readonly HTMLElement[]} choices
 */
function replace(list, choices) {
  const within = find(list, HTMLElement);
  const focused = within.contains(document.activeElement) ? document.activeElement?.id : undefined;
  within.replaceChildren(...choices);
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * @param {Info} info
 * @param {string} chosen
 */
function showFacts(info, chosen) {
  const now = info.variants.find((offer) => offer.artefact === chosen);
  const rows = [fact("Digest", digest(info.digest))];
  if (now) rows.push(fact("Download", `${bytes(now.storedBytes)} for ${visible(now.variant)}`));
  rows.push(fact("Task", visible(info.task.replaceAll("_", " "))));
  if (info.spec.license) rows.push(fact("Licence", visible(info.spec.license)));
  find("facts", HTMLDListElement).replaceChildren(...rows);
}

/**
 * @param {string} term
 * @param {Node | string} value
 */
function fact(term, value) {
  return element("div", {}, element("dt", {}, term), element("dd", {}, value));
}

/** @param {string} whole */
function digest(whole) {
  const button = element("button", { class: "copy", type: "button", "aria-label": "Copy the whole digest" }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(whole);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  const shown = element("code", { title: whole }, shortDigest(whole), "…");
  return element("span", { class: "digest" }, shown, button);
}
