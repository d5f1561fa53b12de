/**
 * What a visitor may change of the live answer: what counts as found, and what stands behind the things of a mask.
 */

import { find } from "./dom.js";
import { showSliders } from "./photo-sliders.js";

/** @typedef {import("../lib/background.js").Backdrop} Backdrop */

/** A background is blurred over this share of the frame's width. */
const BLUR = 1 / 40;

const colour = find("colour", HTMLInputElement);

/**
 * Shows the options that a spec has.
 *
 * @param {import("../lib/spec.js").Spec} spec
 * @param {(reading: import("../lib/reread.js").Reading) => Promise<void>} onReading
 * @param {(error: unknown) => void} onError
 */
export function showOptions(spec, onReading, onError) {
  showSliders(spec, onReading, onError);
  find("scenes", HTMLElement).hidden = !hasScenes(spec);
}

/**
 * Says whether answers are masks, whose background may be changed.
 *
 * @param {import("../lib/spec.js").Spec} spec
 */
export function hasScenes({ outputs }) {
  return outputs.some(({ steps }) => steps.some(({ op }) => op === "argmax_mask"));
}

/**
 * Calls back when the visitor wants another background.
 *
 * @param {() => void} onScene
 */
export function listenToScenes(onScene) {
  for (const name of ["mask", "blur", "colour"]) {
    find(`scene-${name}`, HTMLInputElement).addEventListener("change", () => {
      colour.disabled = scene() !== "colour";
      onScene();
    });
  }
  colour.addEventListener("input", onScene);
}

/**
 * Gives what is to stand behind the things of a mask; undefined where the mask itself is shown.
 *
 * @param {number} width of the frame
 * @returns {Backdrop | undefined}
 */
export function backdropFor(width) {
  if (find("scenes", HTMLElement).hidden || scene() === "mask") return undefined;
  if (scene() === "blur") return { blur: Math.round(width * BLUR) };
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.value.slice(place, place + 2), 16));
  return { colour: [red, green, blue, 255] };
}

function scene() {
  return document.querySelector("input[name=scene]:checked")?.getAttribute("value");
}
