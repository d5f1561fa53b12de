/**
 * Samples that are files, as buttons with their names.
 */

import { element, find, visible } from "./dom.js";

/**
 * Lists the samples of a bundle.
 *
 * @param {readonly string[]} names
 * @param {(name: string) => void} onChoose
 */
export function showChips(names, onChoose) {
  find("samples", HTMLElement).hidden = names.length === 0;
  const buttons = names.map((name) => {
    const title = name.replace(/\.[a-z]+$/i, "");
    const button = element(
      "button",
      { class: "chip", type: "button", "aria-pressed": "false" },
      visible(spoken(title)),
    );
    button.addEventListener("click", () => {
      for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
      onChoose(name);
    });
    return button;
  });
  find("sample-list", HTMLElement).replaceChildren(...buttons.map((button) => element("li", {}, button)));
}

/**
 * Gives a sample.
 *
 * @param {string} name
 * @returns {Promise<Blob>}
 */
export async function fetchSample(name) {
  const response = await fetch(`/samples/${encodeURIComponent(name)}`);
  if (!response.ok) throw new Error(`The sample could not be fetched: ${await response.text()}`);
  return response.blob();
}

/** @param {string} title */
function spoken(title) {
  return title.replaceAll(/[-_]+/g, " ");
}
