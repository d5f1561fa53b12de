/**
 * The camera's picture and its controls: what state it is in, and why there is no picture where there is none.
 */

import { SatchelError } from "../lib/errors.js";
import { element, find, setText, visible } from "./dom.js";

/** @typedef {"off" | "asking" | "on" | "paused" | "trouble"} State */

const TITLES = new Map([
  ["env/camera-refused", "The camera is not allowed"],
  ["env/no-camera", "There is no camera"],
  ["env/camera-in-use", "The camera is busy"],
  ["env/camera-gone", "The camera is gone"],
  ["env/camera-silent", "The camera shows nothing"],
  ["env/no-camera-here", "No camera for this page"],
]);

const lens = find("lens", HTMLElement);
const preview = find("preview", HTMLVideoElement);
const start = find("start", HTMLButtonElement);
const pause = find("pause", HTMLButtonElement);
const mirror = find("mirror", HTMLInputElement);
const which = find("which", HTMLSelectElement);

/**
 * @typedef {object} Wishes what a visitor asks for
 * @property {() => void} onStart
 * @property {() => void} onPause or resume
 * @property {(mirrored: boolean) => void} onMirror
 * @property {(deviceId: string) => void} onChoice of a camera
 */

/**
 * Listens to the controls, and to the space key where nothing else has it.
 *
 * @param {Wishes} wishes
 */
export function listenToControls({ onStart, onPause, onMirror, onChoice }) {
  start.addEventListener("click", onStart);
  pause.addEventListener("click", onPause);
  mirror.addEventListener("change", () => onMirror(mirror.checked));
  which.addEventListener("change", () => onChoice(which.value));
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Space" || event.repeat || event.target !== document.body || pause.disabled) return;
    event.preventDefault();
    onPause();
  });
}

/**
 * Shows the state of the camera.
 *
 * @param {State} state
 * @param {string} [note] said over the picture
 */
export function showLens(state, note = "") {
  lens.dataset.state = state;
  const runs = state === "on" || state === "paused";
  find("lens-start", HTMLElement).hidden = runs;
  find("lens-trouble", HTMLElement).replaceChildren();
  setText(find("lens-title", HTMLElement), state === "asking" ? "Waiting for the camera…" : "The camera is off");
  setText(start, state === "trouble" ? "Try again" : "Start the camera");
  start.disabled = state === "asking";
  pause.disabled = mirror.disabled = !runs;
  setText(find("pause-text", HTMLElement), state === "paused" ? "Resume" : "Pause");
  if (state === "paused") preview.pause();
  // Where the camera is given back meanwhile, there is nothing to play.
  if (state === "on") preview.play().catch(() => {});
  showNote(note);
}

/**
 * Says something over the picture, or nothing more.
 *
 * @param {string} note
 */
export function showNote(note) {
  const line = find("lens-note", HTMLElement);
  line.hidden = !note;
  setText(line, note);
}

/**
 * Shows why there is no picture, and what helps.
 *
 * @param {unknown} error
 */
export function showLensTrouble(error) {
  showLens("trouble");
  const { code, message } = error instanceof SatchelError ? error : { code: "", message: String(error) };
  const title = TITLES.get(code) ?? "The camera does not work";
  const box = element("div", { class: "notice notice-error", "data-code": code });
  box.append(element("p", { class: "notice-title" }, title), element("p", {}, visible(message)));
  find("lens-trouble", HTMLElement).replaceChildren(box);
}

/**
 * Shows the picture of a camera, and offers the others.
 *
 * @param {import("../lib/camera.js").Camera} camera
 * @param {readonly {deviceId: string, label: string}[]} cameras
 */
export async function showCamera(camera, cameras) {
  offerCameras(cameras, camera.deviceId);
  preview.srcObject = camera.stream;
  await preview.play();
  lens.style.setProperty("--ratio", String(preview.videoWidth / preview.videoHeight));
}

/** Shows no camera's picture any more. */
export function showNoCamera() {
  preview.srcObject = null;
}

/**
 * Offers the cameras of this device, where there are several.
 *
 * @param {readonly {deviceId: string, label: string}[]} cameras
 * @param {string} [chosen]
 */
export function offerCameras(cameras, chosen) {
  which.replaceChildren(
    ...cameras.map(({ deviceId, label }) => element("option", { value: deviceId }, visible(label))),
  );
  if (chosen) which.value = chosen;
  find("which-box", HTMLElement).hidden = cameras.length < 2;
}

/**
 * Shows the picture as in a mirror, or as others see it.
 *
 * @param {boolean} mirrored
 */
export function showMirrored(mirrored) {
  mirror.checked = mirrored;
  preview.classList.toggle("mirrored", mirrored);
}
