/**
 * Several photos at once: a list of all, each with its best answer, of which one is on the stage.
 */

import { element, find, setText, visible } from "./dom.js";

/** @typedef {import("./photo-input.js").Photo} Photo */
/** @typedef {{photo: Photo, told: HTMLElement, button: HTMLButtonElement}} Item */

const box = find("several", HTMLElement);
const list = find("several-list", HTMLOListElement);

/** @type {Item[]} */
let items = [];

/**
 * Lists photos; of one alone there is no list.
 *
 * @param {readonly Photo[]} photos
 * @param {(photo: Photo) => void} onChoose
 */
export function listPhotos(photos, onChoose) {
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  box.hidden = photos.length < 2;
  items = photos.length < 2 ? [] : photos.map((photo) => itemOf(photo, onChoose));
  list.replaceChildren(...items.map(({ button }) => element("li", {}, button)));
  setText(find("several-title", HTMLElement), `${photos.length} photos`);
}

/**
 * Marks the photo that is on the stage.
 *
 * @param {Photo} photo
 */
export function markPhoto(photo) {
  for (const each of items) each.button.setAttribute("aria-pressed", String(each.photo === photo));
}

/**
 * Writes a photo's best answer, or why it has none, below it.
 *
 * @param {Photo} photo
 * @param {string} text
 * @param {boolean} [refused]
 */
export function tellOf(photo, text, refused = false) {
  const item = items.find((each) => each.photo === photo);
  if (!item) return;
  item.told.textContent = visible(text);
  item.button.dataset.state = refused ? "refused" : "answered";
}

/**
 * Gives the listed photos that have no answer yet.
 *
 * @returns {Photo[]}
 */
export function unanswered() {
  return items.filter((each) => each.button.dataset.state === undefined).map((each) => each.photo);
}

/** Forgets the answers: another model has them to give anew. */
export function forgetAnswers() {
  for (const { told, button } of items) {
    told.textContent = "…";
    delete button.dataset.state;
  }
}

/**
 * @param {Photo} photo
 * @param {(photo: Photo) => void} onChoose
 * @returns {Item}
 */
function itemOf(photo, onChoose) {
  const name = visible(photo.name);
  const image = element("img", { src: URL.createObjectURL(photo.blob), alt: "", decoding: "async", loading: "lazy" });
  const told = element("span", { class: "several-told" }, "…");
  const button = element("button", { class: "several-item", type: "button", title: name, "aria-pressed": "false" });
  button.append(image, element("span", { class: "visually-hidden" }, `${name}: `), told);
  button.addEventListener("click", () => onChoose(photo));
  return { photo, told, button };
}
