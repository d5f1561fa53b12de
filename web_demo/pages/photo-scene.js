/**
 * What is done with the background of a segmented photo: shown as a mask, blurred, replaced, or taken away.
 */

import { withBackdrop } from "../lib/background.js";
import { latestOnly } from "../lib/latest.js";
import { element, find } from "./dom.js";
import { clearOverlay, showOverlay } from "./overlay.js";
import { save } from "./save.js";

/** @typedef {import("../lib/answers.js").Mask} Mask */
/** @typedef {import("../lib/background.js").Backdrop} Backdrop */
/** @typedef {"mask" | "blur" | "colour" | "picture" | "cut"} Way */

const WAYS = /** @type {readonly (readonly [Way, string])[]} */ ([
  ["mask", "Show mask"],
  ["blur", "Blur"],
  ["colour", "Colour"],
  ["picture", "Picture"],
  ["cut", "Cut out"],
]);

const blur = find("blur", HTMLInputElement);
const colour = find("colour", HTMLInputElement);
const picture = find("picture", HTMLInputElement);

/** @type {{way: Way, mask?: Mask, backdrop?: ImageBitmap}} */
const now = { way: "mask" };
let draw = latestOnly(drawn, console.error);

/**
 * Offers the ways, and draws as they are chosen.
 *
 * @param {(error: unknown) => void} onError
 */
export function listenToScene(onError) {
  draw = latestOnly(drawn, onError);
  find("scene-list", HTMLElement).replaceChildren(...WAYS.map(([way, title]) => choice(way, title)));
  for (const input of [blur, colour]) input.addEventListener("input", () => void draw(undefined));
  find("scene-save", HTMLElement).addEventListener("click", () => void saveScene());
  picture.addEventListener("change", () => {
    const file = picture.files?.[0];
    if (!file) return;
    picture.value = "";
    createImageBitmap(file).then((bitmap) => {
      now.backdrop?.close();
      now.backdrop = bitmap;
      return draw(undefined);
    }, onError);
  });
}

/**
 * Shows a mask over the photo on the stage, in the way chosen; without one the choice is put away.
 *
 * @param {Mask | undefined} mask
 */
export async function showScene(mask) {
  now.mask = mask;
  find("scene", HTMLElement).hidden = mask === undefined;
  if (mask) await draw(undefined);
}

/** Saves the photo as it is shown, in PNG. */
async function saveScene() {
  const canvas = find("overlay", HTMLCanvasElement);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob instanceof Blob) save(blob, "photo.png");
}

async function drawn() {
  const { mask, way } = now;
  find("blur-row", HTMLElement).hidden = way !== "blur";
  find("colour-row", HTMLElement).hidden = way !== "colour";
  find("picture-row", HTMLElement).hidden = way !== "picture";
  find("blur-value", HTMLOutputElement).value = `${blur.value} px`;
  find("scene-save", HTMLElement).hidden = way === "mask";
  if (!mask) return;
  if (way === "mask" || (way === "picture" && !now.backdrop)) return showOverlay({ mask });
  const pixels = await photoPixels(mask);
  if (mask !== now.mask) return;
  paint(withBackdrop(pixels, mask, backdropOf(way, mask)), way === "cut");
}

/**
 * @param {Way} way
 * @param {Mask} mask
 * @returns {Backdrop}
 */
function backdropOf(way, mask) {
  if (way === "blur") return { blur: blur.valueAsNumber * (Math.max(mask.width, mask.height) / 800) };
  if (way === "cut") return { colour: [0, 0, 0, 0] };
  if (way === "picture" && now.backdrop) return { picture: covering(now.backdrop, mask) };
  const [red, green, below] = [1, 3, 5].map((at) => parseInt(colour.value.slice(at, at + 2), 16));
  return { colour: [red, green, below, 255] };
}

/**
 * Gives a picture enlarged until it covers a photo, its middle in the middle.
 *
 * @param {ImageBitmap} picked
 * @param {Mask} mask
 */
function covering(picked, { width, height }) {
  const scale = Math.max(width / picked.width, height / picked.height);
  const [wide, high] = [picked.width * scale, picked.height * scale];
  const pen = penOf(new OffscreenCanvas(width, height));
  pen.drawImage(picked, (width - wide) / 2, (height - high) / 2, wide, high);
  return pen.getImageData(0, 0, width, height);
}

/**
 * Gives the pixels of the photo on the stage, at the mask's size.
 *
 * @param {Mask} mask
 */
async function photoPixels({ width, height }) {
  const photo = find("stage-photo", HTMLImageElement);
  await photo.decode();
  const pen = penOf(new OffscreenCanvas(width, height));
  pen.drawImage(photo, 0, 0, width, height);
  return pen.getImageData(0, 0, width, height);
}

/** @param {OffscreenCanvas} canvas */
function penOf(canvas) {
  return /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}

/**
 * @param {ImageData} made
 * @param {boolean} clear whether the photo below would show through
 */
function paint(made, clear) {
  clearOverlay();
  const overlay = find("overlay", HTMLCanvasElement);
  overlay.width = made.width;
  overlay.height = made.height;
  /** @type {CanvasRenderingContext2D} */ (overlay.getContext("2d")).putImageData(made, 0, 0);
  overlay.hidden = false;
  find("stage", HTMLElement).toggleAttribute("data-cut", clear);
}

/**
 * @param {Way} way
 * @param {string} title
 */
function choice(way, title) {
  const input = element("input", { type: "radio", name: "scene", id: `scene-${way}`, value: way });
  input.checked = way === now.way;
  input.addEventListener("change", () => {
    now.way = way;
    find("stage", HTMLElement).removeAttribute("data-cut");
    void draw(undefined);
  });
  return element("div", { class: "choice" }, input, element("label", { for: `scene-${way}` }, title));
}
