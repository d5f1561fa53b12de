/**
 * The camera page: frame after frame goes through the model, as many as it can keep up with. The camera runs only while the page is
 * seen.
 */

import { listCameras, openCamera, watchCameras } from "../lib/camera.js";
import { startFeed } from "../lib/camera_feed.js";
import { FrameMeter } from "../lib/camera_meter.js";
import { FrameTaker } from "../lib/camera_taker.js";
import { SatchelError } from "../lib/errors.js";
import { showLive, showNext, showPace } from "./camera-answer.js";
import {
  listenToControls,
  offerCameras,
  showCamera,
  showLens,
  showLensTrouble,
  showMirrored,
  showNote,
} from "./camera-lens.js";
import { listenToOptions, showOptions } from "./camera-options.js";
import { clearPlaces, mirrorPlaces, showPlaces } from "./camera-overlay.js";
import { find, setText } from "./dom.js";
import { startPage } from "./page.js";

/** @typedef {import("../lib/camera.js").Camera} Camera */
/** @typedef {import("../lib/camera.js").Wanted} Wanted */
/** @typedef {import("./camera-overlay.js").Size} Size */
/** @typedef {import("./page.js").Page} Page */

const preview = find("preview", HTMLVideoElement);
const meter = new FrameMeter();

/**
 * @typedef {object} Now
 * @property {Page} [page]
 * @property {Camera} [camera] the one that runs
 * @property {Wanted} [wanted] the camera that is to run while the page is seen
 * @property {boolean} paused
 * @property {boolean} mirrored
 * @property {boolean} silent whether the camera sends nothing at present
 * @property {import("../lib/reread.js").Reading} [reading] what the slider says
 * @property {{stop: () => void, taker: FrameTaker}} [feed] the one that runs
 * @property {number} opening grows with each camera that is opened
 * @property {number} dropped by the feeds that have ended
 * @property {{answer: import("../lib/answers.js").Answer, size: Size}} [last]
 */

/** @type {Now} */
const now = { paused: false, mirrored: false, silent: false, opening: 0, dropped: 0 };

listenToControls({ onStart: start, onPause: pauseOrResume, onMirror: mirror, onChoice: chooseCamera });
listenToOptions({ onScore: (score) => void reread({ score }) });
document.addEventListener("visibilitychange", () => void seenOrHidden());
void startPage({ onOpen, onReady });
void startIfAllowed();
offerPlugged();

/** @param {Page} page */
function onOpen(page) {
  now.page = page;
  now.last = now.reading = undefined;
  clearPlaces();
  showOptions(page.info.spec);
}

/** @param {Page} page */
function onReady(page) {
  now.page = page;
  meter.clear();
  showNext();
  arrange();
}

/** Starts by itself where the visitor has allowed the camera before: else he is asked when he has pressed the button. */
async function startIfAllowed() {
  try {
    const { state } = await navigator.permissions.query({ name: /** @type {PermissionName} */ ("camera") });
    if (state === "granted") start();
  } catch {
    // Not every browser tells; then the button is pressed.
  }
}

/** Offers cameras as they are plugged in and out; says so where the browser gives this page none. */
function offerPlugged() {
  try {
    watchCameras(async () => offerCameras(await listCameras(), now.camera?.deviceId));
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    showLensTrouble(error);
  }
}

function start() {
  const task = now.page?.info.task;
  now.wanted ??= { facing: task === "segmentation" ? "user" : "environment" };
  now.paused = false;
  void run(now.wanted);
}

/** @param {string} deviceId */
function chooseCamera(deviceId) {
  now.wanted = { deviceId };
  void run(now.wanted);
}

/**
 * Opens a camera in the place of the one that runs.
 *
 * @param {Wanted} wanted
 */
async function run(wanted) {
  const opening = ++now.opening;
  release();
  showLens("asking");
  try {
    const camera = await openCamera(wanted);
    if (opening !== now.opening) return camera.close();
    now.camera = camera;
    camera.watch((problem) => watched(camera, problem));
    await showCamera(camera, await listCameras());
    if (opening !== now.opening) return;
    now.wanted = { deviceId: camera.deviceId };
    mirror(camera.mirrors);
    showLens(now.paused ? "paused" : "on", now.paused ? "Paused" : "");
    arrange();
  } catch (error) {
    if (opening !== now.opening) return;
    release();
    now.wanted = undefined;
    showLensTrouble(error instanceof SatchelError ? error : new SatchelError("env/camera-in-use", String(error)));
  }
}

/**
 * @param {Camera} camera
 * @param {SatchelError | undefined} problem
 */
function watched(camera, problem) {
  if (camera !== now.camera) return;
  now.silent = problem?.code === "env/camera-silent";
  if (!problem) return showNote("");
  if (now.silent) return showNote(problem.message);
  now.opening++;
  release();
  now.wanted = undefined;
  showLensTrouble(problem);
}

/** Lets go of the camera, and of what was drawn over its picture. */
function release() {
  stopFeed();
  now.camera?.close();
  now.camera = undefined;
  now.silent = false;
  preview.srcObject = null;
  clearPlaces();
}

function pauseOrResume() {
  if (!now.camera) return;
  now.paused = !now.paused;
  showLens(now.paused ? "paused" : "on", now.paused ? "Paused" : "");
  if (now.paused) preview.pause();
  else void preview.play();
  // What stands there while it is paused is of the picture that stands there.
  showNext();
  if (now.last) showLive(now.last.answer, performance.now());
  arrange();
}

/** A page that nobody sees films nobody. */
async function seenOrHidden() {
  if (document.hidden) {
    if (!now.wanted) return;
    now.opening++;
    release();
    showLens("off");
  } else if (now.wanted && !now.camera) await run(now.wanted);
}

/** @param {boolean} mirrored */
function mirror(mirrored) {
  now.mirrored = mirrored;
  showMirrored(mirrored);
  mirrorPlaces(mirrored);
}

/** Lets frames flow while there is a camera, a model, and a visitor who wants them. */
function arrange() {
  stopFeed();
  const { camera, page, paused } = now;
  if (!camera || !page?.loaded || paused) return;
  const taker = new FrameTaker((frame) => answer(frame));
  const stop = startFeed(camera.track, preview, (frame) => taker.offer(frame));
  now.feed = { stop, taker };
  meter.clear();
}

function stopFeed() {
  const { feed } = now;
  if (!feed) return;
  feed.stop();
  feed.taker.close();
  now.dropped += feed.taker.dropped;
  now.feed = undefined;
}

/**
 * Answers a frame and shows what was found, unless something else has been asked since.
 *
 * @param {VideoFrame} frame
 */
async function answer(frame) {
  const { page, camera, reading } = now;
  if (!page?.loaded) return frame.close();
  const { turn, loaded } = page;
  const size = uprightSize(frame);
  const wanted = () => turn === page.turn && camera === now.camera && camera !== undefined;
  try {
    const found = await page.satchel.run(frame, { reading });
    if (!wanted()) return;
    const end = performance.now();
    meter.add(end, found.timings);
    now.last = { answer: found, size };
    setText(find("size", HTMLElement), `${size.width} × ${size.height}`);
    showPlaces(found, size, now.mirrored);
    showLive(found, end);
    showPace(meter.pace(), now.dropped + (now.feed?.taker.dropped ?? 0), `${loaded.artefact} on ${loaded.label}`, end);
  } catch (error) {
    if (!wanted()) return;
    pauseOrResume();
    page.trouble(error);
  } finally {
    // It was handed over, unless the model's worker has ended.
    frame.close();
  }
}

/**
 * Reads what the model said of the last frame with other parameters.
 *
 * @param {import("../lib/reread.js").Reading} reading
 */
async function reread(reading) {
  now.reading = reading;
  const { page, last } = now;
  showNext();
  if (!page?.loaded || !last || now.feed) return;
  const answer = await page.satchel.reread(reading);
  now.last = { ...last, answer };
  showPlaces(answer, last.size, now.mirrored);
  showLive(answer, performance.now());
}

/**
 * Gives the size of a frame's picture when it is upright.
 *
 * @param {VideoFrame & {rotation?: number}} frame
 * @returns {Size}
 */
function uprightSize({ visibleRect, rotation = 0 }) {
  const { width, height } = /** @type {DOMRectReadOnly} */ (visibleRect);
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}
