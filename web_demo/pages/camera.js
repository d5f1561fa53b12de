/**
 * The camera page: frame after frame goes through the model, as many as it can keep up with. The camera runs only while the page is
 * seen.
 */

import { listCameras, openCamera, watchCameras } from "../lib/camera.js";
import {
  forget,
  mirrorAnswers,
  newScene,
  readAsSpecified,
  reread,
  startAnswering,
  stopAnswering,
} from "./camera-answering.js";
import * as lens from "./camera-lens.js";
import { hasScenes, listenToScenes, showOptions } from "./camera-options.js";
import { startPage } from "./page.js";

/** @typedef {import("../lib/camera.js").Camera} Camera */
/** @typedef {import("../lib/camera.js").Wanted} Wanted */
/** @typedef {import("../lib/errors.js").SatchelError} SatchelError */
/** @typedef {import("./page.js").Page} Page */

/**
 * @typedef {object} Now
 * @property {Page} [page]
 * @property {Camera} [camera] the one that runs
 * @property {Wanted} [wanted] the camera that is to run while the page is seen
 * @property {boolean} paused
 * @property {number} opening grows with each camera that is opened or given back
 */

/** @type {Now} */
const now = { paused: false, opening: 0 };

lens.listenToControls({ onStart: start, onPause: pauseOrResume, onMirror: mirror, onChoice: choose });
listenToScenes(() => void newScene());
document.addEventListener("visibilitychange", seenOrHidden);
void startPage({ onOpen, onReady });
void startIfAllowed();
offerPlugged();

/** @param {Page} page */
function onOpen(page) {
  now.page = page;
  stopAnswering();
  forget();
  readAsSpecified();
  showOptions(page.info.spec, (reading) => reread(page, reading), page.trouble);
}

/** @param {Page} page */
function onReady(page) {
  now.page = page;
  arrange();
}

/** Starts by itself where the visitor has allowed the camera before: else he is asked when he has pressed the button. */
async function startIfAllowed() {
  try {
    const { state } = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") });
    if (state === "granted" && !document.hidden) start();
  } catch {
    // Not every browser tells; then the button is pressed.
  }
}

/** Offers cameras as they are plugged in and out; says so where the browser gives this page none. */
function offerPlugged() {
  try {
    watchCameras(async () => lens.offerCameras(await listCameras(), now.camera?.deviceId));
  } catch (error) {
    refused(error);
  }
}

function start() {
  const selfie = now.page && hasScenes(now.page.info.spec);
  now.paused = false;
  void run(now.wanted ?? { facing: selfie ? "user" : "environment" });
}

/** @param {string} deviceId */
function choose(deviceId) {
  void run({ deviceId });
}

/**
 * Opens a camera in the place of the one that runs.
 *
 * @param {Wanted} wanted
 */
async function run(wanted) {
  release();
  const { opening } = now;
  now.wanted = wanted;
  lens.showLens("asking");
  try {
    const camera = await openCamera(wanted);
    if (opening !== now.opening) return camera.close();
    now.camera = camera;
    camera.watch((problem) => happened(camera, problem));
    await lens.showCamera(camera, await listCameras());
    if (opening !== now.opening) return;
    now.wanted = { deviceId: camera.deviceId };
    mirror(camera.mirrors);
    showRunning();
    arrange();
  } catch (error) {
    if (opening === now.opening) refused(error);
  }
}

/**
 * Shows why there is no camera.
 *
 * @param {unknown} error
 */
function refused(error) {
  release();
  now.wanted = undefined;
  lens.showLensTrouble(error);
}

/**
 * @param {Camera} camera
 * @param {SatchelError | undefined} problem
 */
function happened(camera, problem) {
  if (camera !== now.camera) return;
  if (problem && problem.code !== "env/camera-silent") refused(problem);
  else lens.showNote(problem?.message ?? "");
}

/** Lets go of the camera, and of what was drawn over its picture. */
function release() {
  now.opening++;
  stopAnswering();
  now.camera?.close();
  now.camera = undefined;
  lens.showNoCamera();
  forget();
}

function pauseOrResume() {
  if (!now.camera) return;
  now.paused = !now.paused;
  showRunning();
  arrange();
}

function showRunning() {
  lens.showLens(now.paused ? "paused" : "on", now.paused ? "Paused" : "");
}

/** A page that nobody sees films nobody. */
function seenOrHidden() {
  if (!now.wanted) return;
  if (!document.hidden) return void run(now.wanted);
  release();
  lens.showLens("off");
}

/** @param {boolean} mirrored */
function mirror(mirrored) {
  lens.showMirrored(mirrored);
  mirrorAnswers(mirrored);
}

/** Lets frames flow while there is a camera, a model, and a visitor who wants them. */
function arrange() {
  stopAnswering();
  const { camera, page, paused } = now;
  if (!camera || !page?.loaded || paused) return;
  startAnswering(page, camera.track, (error) => {
    if (!now.paused) pauseOrResume();
    page.trouble(error);
  });
}
