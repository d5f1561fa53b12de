/**
 * Where photos come from: dropped, chosen, pasted, or picked from the samples.
 */

import { element, find, setText, visible } from "./dom.js";
import { listenForFiles } from "./files.js";

/** @typedef {{blob: Blob, name: string}} Photo */

const stage = find("stage", HTMLElement);
const shown = find("stage-photo", HTMLImageElement);
const file = find("file", HTMLInputElement);
const sampleList = find("sample-list", HTMLElement);

/**
 * Calls back with the photos that a visitor gives, one or several at a time.
 *
 * @param {(photos: Photo[]) => void} onPhotos
 */
export function listenForPhotos(onPhotos) {
  listenForFiles(file, (files) => {
    unpickSamples();
    onPhotos(files.map((each) => ({ blob: each, name: each.name })));
  });
}

/**
 * Shows the photo itself on the stage.
 *
 * @param {Photo} photo
 */
export function showPhoto({ blob, name }) {
  if (shown.src.startsWith("blob:")) URL.revokeObjectURL(shown.src);
  shown.onerror = () => {
    shown.hidden = true;
    stage.dataset.state = "unreadable";
  };
  shown.onload = () => {
    // The stage takes the photo's shape, within reason, so that most photos fill it.
    const ratio = Math.min(1.7, Math.max(1, shown.naturalWidth / shown.naturalHeight));
    stage.style.setProperty("--ratio", String(ratio));
  };
  shown.src = URL.createObjectURL(blob);
  shown.alt = `The photo ${visible(name)}`;
  shown.hidden = false;
  stage.dataset.state = "photo";
  setText(find("photo-name", HTMLElement), name);
  setText(find("choose-text", HTMLElement), "Another photo");
}

/** Empties the stage. */
export function showNothing() {
  shown.hidden = true;
  stage.dataset.state = "empty";
  setText(find("photo-name", HTMLElement), "");
  unpickSamples();
}

/**
 * Lists the samples of a bundle, as buttons.
 *
 * @param {readonly string[]} names
 * @param {(photo: Photo) => void} onPhoto
 * @param {(error: unknown) => void} onError
 */
export function showSamples(names, onPhoto, onError) {
  find("samples", HTMLElement).hidden = names.length === 0;
  sampleList.replaceChildren(...names.map((name) => element("li", {}, sampleButton(name, onPhoto, onError))));
}

/**
 * @param {string} name
 * @param {(photo: Photo) => void} onPhoto
 * @param {(error: unknown) => void} onError
 */
function sampleButton(name, onPhoto, onError) {
  const url = `/samples/${encodeURIComponent(name)}`;
  const title = visible(name.replace(/\.[a-z]+$/i, "").replaceAll("_", " "));
  const shape = element("img", { src: url, alt: title, loading: "lazy", decoding: "async" });
  const button = element("button", { class: "sample", type: "button", title }, shape);
  button.addEventListener("click", () => {
    unpickSamples();
    button.setAttribute("aria-pressed", "true");
    fetchPhoto(url, name).then(onPhoto, onError);
  });
  button.setAttribute("aria-pressed", "false");
  return button;
}

function unpickSamples() {
  for (const each of sampleList.querySelectorAll("button")) each.setAttribute("aria-pressed", "false");
}

/**
 * @param {string} url
 * @param {string} name
 * @returns {Promise<Photo>}
 */
async function fetchPhoto(url, name) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The sample could not be fetched: ${await response.text()}`);
  return { blob: await response.blob(), name };
}
