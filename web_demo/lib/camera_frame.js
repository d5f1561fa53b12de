/**
 * A browser's VideoFrame as the steps take it: by its planes, untouched, where the arithmetic of camera frames is meant for them;
 * else as the pixels that the browser makes of it.
 */

import { loadFrame } from "./families_frame.js";
import { frameOfPhoto } from "./frame_of_photo.js";
import { flip } from "./ops/geometry.js";
import { oriented } from "./ops/picture.js";
import { fromPixels, ofBitmap, ordersColours } from "./photo.js";
import { viewOf } from "./view.js";

/** @typedef {import("./photo.js").Photo} Photo */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./steps_images.js").ImageStep} ImageStep */
/** @typedef {import("./values.js").Frame} Frame */

/** A frame that says how it is turned and mirrored: browsers that do not say it give frames that are upright. */
/** @typedef {VideoFrame & {rotation?: 0 | 90 | 180 | 270, flip?: boolean}} Video */

/** Where U and V stand, by format: the plane, the bytes behind its start, and from one value to the next. */
const PLANES = /** @type {Readonly<Record<string, {u: [number, number], v: [number, number], apart: number}>>} */ ({
  I420: { u: [1, 0], v: [2, 0], apart: 1 },
  NV12: { u: [1, 0], v: [1, 1], apart: 2 },
});

/** The matrices of ITU-R BT.601, of which the contract's arithmetic is. A frame that names none is shown by browsers in it. */
const BT601 = [null, undefined, "smpte170m", "bt470bg"];

/** What a frame is prepared as where nothing is asked of how it is. */
const ANY = /** @type {Input} */ (/** @type {unknown} */ ({ name: "frame", steps: [{ op: "decode" }] }));

/** The EXIF orientation that turns a picture as far. */
const ORIENTATIONS = { 0: 1, 90: 6, 180: 3, 270: 8 };

/** @type {Uint8Array<ArrayBuffer> | undefined} of the frame before */
let spare;

/**
 * Gives the upright picture of a VideoFrame, valid until the next one of this input is loaded. The frame is not closed.
 *
 * @param {VideoFrame} video
 * @param {Input} input one that begins with yuv_to_rgb says how its frames are: of another frame that frame is made, in integers
 * @returns {Promise<Photo>}
 * @throws {import("./errors.js").SatchelError} input/too-large, input/wrong-frame
 */
export async function loadVideoFrame(video, input) {
  return hasPlanes(video) ? ofPlanes(video, input) : ofPixels(video, input);
}

/**
 * Gives a VideoFrame's upright picture as opaque RGBA, for people to look at. The frame is not closed.
 *
 * @param {VideoFrame} video
 */
export async function viewOfVideo(video) {
  const photo = await loadVideoFrame(video, ANY);
  const view = viewOf(photo.picture, "RGB");
  photo.close();
  return view;
}

/**
 * Says whether a frame's planes are what the arithmetic of camera frames is for.
 *
 * @param {VideoFrame} video
 */
export function hasPlanes({ format, colorSpace }) {
  return format !== null && Object.hasOwn(PLANES, format) && BT601.includes(colorSpace.matrix);
}

/**
 * Gives the Frame of a VideoFrame that has planes: its bytes as they are. A range that it does not state is limited, as browsers
 * show it.
 *
 * @param {VideoFrame} video
 * @param {Uint8Array<ArrayBuffer>} [memory] used where it is as long as the frame
 * @returns {Promise<Frame>} all planes in one memory
 */
export async function frameOfVideo(video, memory) {
  const length = video.allocationSize();
  const bytes = memory?.length === length ? memory : new Uint8Array(length);
  const layout = await video.copyTo(bytes);
  const { u, v, apart } = PLANES[/** @type {string} */ (video.format)];
  const { width, height } = /** @type {DOMRectReadOnly} */ (video.visibleRect);
  return {
    width,
    height,
    y: bytes.subarray(layout[0].offset),
    u: bytes.subarray(layout[u[0]].offset + u[1]),
    v: bytes.subarray(layout[v[0]].offset + v[1]),
    yRowStride: layout[0].stride,
    uRowStride: layout[u[0]].stride,
    vRowStride: layout[v[0]].stride,
    yPixelStride: 1,
    uvPixelStride: apart,
    range: video.colorSpace.fullRange ? "full" : "limited",
    rotation: /** @type {Video} */ (video).rotation ?? 0,
  };
}

/**
 * @param {VideoFrame} video
 * @param {Input} input
 */
async function ofPlanes(video, input) {
  // Nobody else may fill it while this frame is copied.
  const memory = spare;
  spare = undefined;
  const frame = await frameOfVideo(video, memory);
  const [step] = /** @type {ImageStep[]} */ (input.steps);
  const fits = agrees(frame, step) && !(/** @type {Video} */ (video).flip);
  const photo = fits ? loadFrame(frame, input) : remade(unflipped(loadFrame(frame, ANY), video), input);
  spare = new Uint8Array(/** @type {ArrayBuffer} */ (frame.y.buffer));
  return photo;
}

/**
 * Says whether a step takes a frame as it is.
 *
 * @param {Frame} frame
 * @param {ImageStep} step
 */
function agrees({ range, rotation, uvPixelStride }, step) {
  if (step.op !== "yuv_to_rgb") return true;
  const interleaved = step.format !== "NV21" || uvPixelStride === 2;
  return interleaved && step.range === range && step.rotation === rotation;
}

/**
 * Gives the picture of the frame that the first step asks for, made of a picture.
 *
 * @param {Photo} photo
 * @param {Input} input
 */
function remade(photo, input) {
  const [step] = /** @type {ImageStep[]} */ (input.steps);
  if (step.op !== "yuv_to_rgb") return photo;
  return loadFrame(frameOfPhoto(photo, step), input);
}

/**
 * Gives a photo as its frame says it is to be seen; one that was mirrored is mirrored back.
 *
 * @param {Photo} photo turned upright
 * @param {Video} video
 * @returns {Photo}
 */
function unflipped(photo, { flip: mirrored }) {
  return mirrored ? { ...photo, picture: flip(photo.picture, "horizontal") } : photo;
}

/**
 * @param {VideoFrame} video
 * @param {Input} input
 */
async function ofPixels(video, input) {
  const [step] = /** @type {ImageStep[]} */ (input.steps);
  const background = step.op === "decode" ? step.background : undefined;
  const photo = (await copied(video, background)) ?? (await drawn(video));
  const remaking = remade(photo, input);
  if (remaking !== photo) photo.close();
  return remaking;
}

/**
 * Gives the picture of the pixels that the browser copies of a frame; undefined where it cannot copy this one in the order of RGB.
 *
 * @param {VideoFrame} video
 * @param {readonly number[]} [background]
 * @returns {Promise<Photo | undefined>}
 */
async function copied(video, background) {
  if (video.format === null || !(await ordersColours())) return undefined;
  const { width, height } = /** @type {DOMRectReadOnly} */ (video.visibleRect);
  const length = width * height * 4;
  const pixels = spare?.length === length ? spare : new Uint8Array(length);
  spare = undefined;
  await video.copyTo(pixels, { format: "RGBX", layout: [{ offset: 0, stride: 4 * width }] });
  const photo = fromPixels(pixels, width, height, { channels: 4, background, name: "frame" });
  const upright = oriented(photo.picture, ORIENTATIONS[/** @type {Video} */ (video).rotation ?? 0]);
  const close = () => void (spare = pixels);
  return unflipped({ ...photo, picture: upright, width: upright.width, height: upright.height, close }, video);
}

/**
 * Gives the picture of a frame of which the browser only gives a bitmap: it is upright then.
 *
 * @param {VideoFrame} video
 */
async function drawn(video) {
  const bitmap = await createImageBitmap(video);
  try {
    return await ofBitmap(bitmap, "frame");
  } finally {
    bitmap.close();
  }
}
