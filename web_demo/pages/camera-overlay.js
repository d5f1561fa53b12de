/**
 * What was found, drawn over the camera's picture: at the places of the frame, whatever size the picture has on the screen, and
 * mirrored where it is; labels are never mirrored.
 */

import { placedBox, placedPoint, placement } from "../lib/camera_geometry.js";
import { find } from "./dom.js";
import { drawPoints, drawThings, veilOf } from "./overlay.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {import("../lib/camera_geometry.js").Placement} Placement */
/** @typedef {{width: number, height: number}} Size */

/** The width of lines in pixels of the page; labels are six times as high. */
const LINE = 2.4;

const canvas = find("drawn", HTMLCanvasElement);
const preview = find("preview", HTMLVideoElement);
const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
const layer = new OffscreenCanvas(1, 1);

/** @typedef {{answer: Answer, frame: Size, scene?: ImageData}} Seen an answer about a frame, and the frame with another background */

/** @type {(Seen & {mirrored: boolean}) | undefined} what is to be drawn again when sizes change */
let shown;

new ResizeObserver(draw).observe(canvas);
preview.addEventListener("resize", draw);

/**
 * Draws an answer at its places.
 *
 * @param {Seen} seen `frame` is the size in whose upright pixels the places are; `scene` is shown for the mask
 * @param {boolean} mirrored whether the picture is
 */
export function showPlaces(seen, mirrored) {
  shown = { ...seen, mirrored };
  draw();
}

/**
 * Mirrors what is drawn, or no more.
 *
 * @param {boolean} mirrored
 */
export function mirrorPlaces(mirrored) {
  if (shown) showPlaces(shown, mirrored);
}

/** Takes away what is drawn. */
export function clearPlaces() {
  shown = undefined;
  pen.clearRect(0, 0, canvas.width, canvas.height);
}

function draw() {
  const ratio = devicePixelRatio;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) =>
    Math.max(1, Math.round(side * ratio)),
  );
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  else pen.clearRect(0, 0, width, height);
  const { videoWidth, videoHeight } = preview;
  if (!shown || videoWidth === 0) return;
  const { answer, frame, scene, mirrored } = shown;
  const video = { width: videoWidth, height: videoHeight };
  const place = placement(frame, video, canvas, { fit: "contain", mirrored });
  const { objects = [], keypoints = [], mask } = answer;
  if (mask) lay(scene ? sceneOf(scene) : veilOf(mask, layer), place);
  drawThings(
    pen,
    objects.map((each) => ({ ...each, box: placedBox(place, each.box) })),
    LINE * ratio,
  );
  const points = keypoints.map((each) => {
    const [x, y] = placedPoint(place, each.x, each.y);
    return { ...each, x, y };
  });
  drawPoints(pen, points, LINE * ratio);
}

/** @param {ImageData} scene */
function sceneOf(scene) {
  if (layer.width !== scene.width || layer.height !== scene.height) {
    [layer.width, layer.height] = [scene.width, scene.height];
  }
  const inner = layer.getContext("2d", { willReadFrequently: true });
  /** @type {OffscreenCanvasRenderingContext2D} */ (inner).putImageData(scene, 0, 0);
  return layer;
}

/**
 * Draws what has the shape of the frame where the frame is.
 *
 * @param {CanvasImageSource} picture
 * @param {Placement} place
 */
function lay(picture, { left, top, width, height, mirrored }) {
  pen.save();
  if (mirrored) pen.setTransform(-1, 0, 0, 1, 2 * left + width, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(picture, left, top, width, height);
  pen.restore();
}
