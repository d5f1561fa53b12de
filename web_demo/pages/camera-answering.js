/**
 * Frames answered: one after the other goes through the model, and what was found is shown.
 */

import { withBackdrop } from "../lib/background.js";
import { startFeed } from "../lib/camera_feed.js";
import { viewOfVideo } from "../lib/camera_frame.js";
import { FrameMeter } from "../lib/camera_meter.js";
import { FrameTaker } from "../lib/camera_taker.js";
import { showLive, showNext, showPace } from "./camera-answer.js";
import { backdropFor, hasScenes } from "./camera-options.js";
import { clearPlaces, mirrorPlaces, showPlaces } from "./camera-overlay.js";
import { find, setText } from "./dom.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {import("../lib/reread.js").Reading} Reading */
/** @typedef {import("./camera-overlay.js").Seen} Seen */
/** @typedef {import("./page.js").Page} Page */

const preview = find("preview", HTMLVideoElement);
const meter = new FrameMeter();

/**
 * @typedef {object} Now
 * @property {{stop: () => void, taker: FrameTaker}} [feed] the one that runs
 * @property {number} dropped frames of the feeds that have ended
 * @property {number} turn grows when what was seen counts no more
 * @property {boolean} mirrored
 * @property {Reading} [reading] what the sliders say
 * @property {Seen} [last]
 * @property {VideoFrame} [kept] the frame of the last answer, where its background may be changed
 */

/** @type {Now} */
const now = { dropped: 0, turn: 0, mirrored: false };

/**
 * Answers the frames of a camera from now on.
 *
 * @param {Page} page with a model that is loaded
 * @param {MediaStreamTrack} track that plays in the preview
 * @param {(error: unknown) => void} onError is told why a frame could not be answered
 */
export function startAnswering(page, track, onError) {
  stopAnswering();
  const taker = new FrameTaker((frame) => answer(page, frame, onError));
  now.feed = { taker, stop: startFeed(track, preview, (frame) => taker.offer(frame)) };
  meter.clear();
  showNext();
}

/** Answers no more frames; what was found last stays where it is. */
export function stopAnswering() {
  const { feed } = now;
  if (!feed) return;
  feed.stop();
  feed.taker.close();
  now.dropped += feed.taker.dropped;
  now.feed = undefined;
  // What stands there while nothing new comes is of the picture that stands there.
  showNext();
  if (now.last) showLive(now.last.answer, performance.now());
}

/** Forgets what was seen: of another camera, or by another model. */
export function forget() {
  now.turn++;
  keep(undefined);
  now.last = undefined;
  clearPlaces();
}

/**
 * Draws what was found for a picture that is mirrored, or no more.
 *
 * @param {boolean} mirrored
 */
export function mirrorAnswers(mirrored) {
  now.mirrored = mirrored;
  mirrorPlaces(mirrored);
}

/**
 * @param {Page} page
 * @param {VideoFrame} frame
 * @param {(error: unknown) => void} onError
 */
async function answer(page, frame, onError) {
  const { turn, reading } = now;
  const { turn: asked, loaded } = page;
  if (!loaded) return frame.close();
  const size = uprightSize(frame);
  const wanted = () => turn === now.turn && asked === page.turn;
  const copy = hasScenes(page.info.spec) ? frame.clone() : undefined;
  try {
    const found = await page.satchel.run(frame, { reading });
    const scene = wanted() ? await sceneOf(copy, found) : undefined;
    if (!wanted()) return copy?.close();
    keep(copy);
    meter.add(performance.now(), found.timings);
    setText(find("size", HTMLElement), `${size.width} × ${size.height}`);
    show({ answer: found, frame: size, scene });
    tell(`${loaded.artefact} on ${loaded.label}`);
  } catch (error) {
    copy?.close();
    if (wanted()) onError(error);
  } finally {
    // It was handed over, unless the model's worker has ended.
    frame.close();
  }
}

/** @param {string} note which artefact and runtime */
function tell(note) {
  showPace(meter.pace(), now.dropped + (now.feed?.taker.dropped ?? 0), note, performance.now());
}

/** @param {Seen} seen */
function show(seen) {
  now.last = seen;
  showPlaces(seen, now.mirrored);
  showLive(seen.answer, performance.now());
}

/**
 * Keeps the frame of the last answer, in the place of the one before.
 *
 * @param {VideoFrame} [frame]
 */
function keep(frame) {
  now.kept?.close();
  now.kept = frame;
}

/**
 * Gives the picture of a frame with the background that is wanted behind what is in it; undefined where none is.
 *
 * @param {VideoFrame | undefined} frame
 * @param {Answer} answer
 */
async function sceneOf(frame, { mask }) {
  const backdrop = mask && backdropFor(mask.width);
  return frame && backdrop ? withBackdrop(await viewOfVideo(frame), mask, backdrop) : undefined;
}

/** Shows another background; where no frames come, behind what stands there. */
export async function newScene() {
  const { last, kept, feed } = now;
  if (last && kept && !feed) show({ ...last, scene: await sceneOf(kept, last.answer) });
}

/**
 * Reads frames with other parameters from now on; where none come, what the model said of the last one.
 *
 * @param {Page} page
 * @param {Reading} reading
 */
export async function reread(page, reading) {
  now.reading = reading;
  showNext();
  if (page.loaded && now.last && !now.feed) show({ ...now.last, answer: await page.satchel.reread(reading) });
}

/** Reads frames as the spec says. */
export function readAsSpecified() {
  now.reading = undefined;
}

/**
 * Gives the size of a frame's picture when it is upright.
 *
 * @param {VideoFrame & {rotation?: number}} frame
 * @returns {import("./camera-overlay.js").Size}
 */
function uprightSize({ visibleRect, rotation = 0 }) {
  const { width, height } = /** @type {DOMRectReadOnly} */ (visibleRect);
  return rotation % 180 === 0 ? { width, height } : { width: height, height: width };
}
