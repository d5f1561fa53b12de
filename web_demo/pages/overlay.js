/**
 * What was found, drawn over the photo: boxes with labels, masks as a veil, keypoints as dots. Everything is drawn twice, dark and
 * wide below, coloured and narrow above, so that it stands out from any photo.
 */

import { find, visible } from "./dom.js";
import { percent } from "./text.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {{index: number, label: string | null, score: number}} Row */

/**
 * A thing with its box in pixels of the canvas.
 *
 * @typedef {Row & {box: readonly number[]}} Placed
 */

const DARK = "rgb(16 18 24)";
const VEIL = 0.45;
const NAMED_POINTS = 33;
const LONGEST = 48;

/** Takes away what was drawn. */
export function clearOverlay() {
  const overlay = find("overlay", HTMLCanvasElement);
  overlay.hidden = true;
  overlay.width = overlay.height = 1;
}

/**
 * Draws an answer over the photo on the stage; an answer without places draws nothing.
 *
 * @param {Answer} answer
 */
export async function showOverlay({ objects, keypoints, mask }) {
  clearOverlay();
  if (!objects && !keypoints && !mask) return;
  const overlay = find("overlay", HTMLCanvasElement);
  const photo = find("stage-photo", HTMLImageElement);
  await photo.decode();
  const { naturalWidth: width, naturalHeight: height } = photo;
  const scale = Math.min(1, 2048 / Math.max(width, height)) * Math.max(1, Math.ceil(640 / Math.max(width, height)));
  overlay.width = Math.round(width * scale);
  overlay.height = Math.round(height * scale);
  const pen = /** @type {CanvasRenderingContext2D} */ (overlay.getContext("2d"));
  if (mask) {
    pen.imageSmoothingEnabled = false;
    pen.drawImage(veilOf(mask), 0, 0, overlay.width, overlay.height);
  }
  const scaled = (objects ?? []).map((each) => ({ ...each, box: each.box.map((side) => side * scale) }));
  drawThings(pen, scaled, lineOf(pen));
  drawPoints(
    pen,
    (keypoints ?? []).map((each) => ({ ...each, x: each.x * scale, y: each.y * scale })),
    lineOf(pen),
  );
  overlay.hidden = false;
}

/**
 * Gives an answer as rows of a list: classes, objects, points by name, or the share of the photo that each class of a mask has.
 *
 * @param {Answer} answer
 * @returns {Row[]}
 */
export function rowsOf({ classes, objects, keypoints, mask }) {
  if (mask) return shares(mask);
  if (keypoints) return keypoints.map(({ name, score }, index) => ({ index, label: name, score: score ?? 1 }));
  return classes ?? objects ?? [];
}

/**
 * @param {import("../lib/answers.js").Mask} mask
 * @returns {Row[]}
 */
function shares({ indices, labels }) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const index of indices) counts.set(index, (counts.get(index) ?? 0) + 1);
  const rows = Array.from(counts, ([index, count]) => ({
    index,
    label: labels?.[index] ?? null,
    score: count / indices.length,
  }));
  return rows.sort((a, b) => b.score - a.score);
}

/**
 * Gives the colour of a class: neighbours are far apart on the wheel, and all are bright.
 *
 * @param {number} index
 */
function colourOf(index) {
  return hue(index, 0.62 + 0.16 * (index % 2));
}

/**
 * Gives red, green and blue of full value, 0..255.
 *
 * @param {number} index
 * @param {number} saturation
 */
function hue(index, saturation) {
  const at = ((0.932 + index * 0.61803398875) % 1) * 6;
  return [5, 3, 1].map((offset) => {
    const k = (offset + at) % 6;
    return Math.round(255 * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1))));
  });
}

/** @param {readonly number[]} colour */
function css([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

/**
 * Gives the width of lines that suits a canvas.
 *
 * @param {CanvasRenderingContext2D} pen
 */
function lineOf({ canvas }) {
  return Math.max(2, Math.sqrt(canvas.width * canvas.height) / 200);
}

/**
 * Draws boxes with their labels, the best on top.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {readonly Placed[]} things best first
 * @param {number} line the width of lines, in pixels of the canvas; text is six times as high
 */
export function drawThings(pen, things, line) {
  setFont(pen, line);
  for (const each of [...things].reverse()) box(pen, each, line);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} line
 */
function setFont(pen, line) {
  pen.font = `600 ${Math.round(Math.max(13, line * 6))}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Placed} found
 * @param {number} line
 */
function box(pen, { box: sides, index, label, score }, line) {
  const { width, height } = pen.canvas;
  const [left, top, right, bottom] = sides.map((side, i) => Math.min(Math.max(side, 0), i % 2 ? height : width));
  const colour = colourOf(index);
  for (const [stroke, thick] of /** @type {const} */ ([
    [DARK, line + 3],
    [css(colour), line],
  ])) {
    pen.strokeStyle = stroke;
    pen.lineWidth = thick;
    pen.strokeRect(left + line / 2, top + line / 2, Math.max(right - left - line, 1), Math.max(bottom - top - line, 1));
  }
  const share = score >= 0 && score <= 1 ? percent(score) : score.toPrecision(3);
  const name = shortened(label ?? `Class ${index}`);
  const text = `${name}  ${share}`;
  const high = plateHeight(line);
  plate(pen, left, top >= high ? top - high : top, text, colour, line);
}

/** @param {number} line */
function plateHeight(line) {
  return Math.round(Math.max(13, line * 6) * 1.25 + line * 2);
}

/**
 * Writes text on a plate of a colour, moved so that all of it is on the picture.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {number} left
 * @param {number} top
 * @param {string} text
 * @param {readonly number[]} colour
 * @param {number} line
 */
function plate(pen, left, top, text, colour, line) {
  const wide = pen.measureText(text).width + line * 4;
  const high = plateHeight(line);
  const x = Math.min(Math.max(left, 0), Math.max(pen.canvas.width - wide, 0));
  const y = Math.min(Math.max(top, 0), Math.max(pen.canvas.height - high, 0));
  pen.fillStyle = css(colour);
  pen.strokeStyle = DARK;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.roundRect(x, y, wide, high, line);
  pen.fill();
  pen.stroke();
  const light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
  pen.fillStyle = light > 130 ? DARK : "white";
  pen.fillText(text, x + line * 2, y + high / 2);
}

/**
 * Draws points, with their names where there are not too many.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {readonly import("../lib/answers.js").Keypoint[]} found in pixels of the canvas
 * @param {number} line
 */
export function drawPoints(pen, found, line) {
  setFont(pen, line);
  for (const [index, { x, y }] of found.entries()) {
    for (const [fill, radius] of /** @type {const} */ ([
      [DARK, line + 3],
      [css(colourOf(index)), line + 1],
    ])) {
      pen.fillStyle = fill;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  if (found.length > NAMED_POINTS) return;
  for (const [index, { x, y, name }] of found.entries()) {
    if (name !== null) plate(pen, x + line * 2 + 3, y, shortened(name), colourOf(index), line);
  }
}

/**
 * Gives a veil of its colour over every class but the first, with a line around it, in the size of the mask.
 *
 * @param {import("../lib/answers.js").Mask} mask
 * @param {OffscreenCanvas} [layer] drawn anew, where there is one of an earlier mask
 */
export function veilOf({ width, height, indices }, layer = new OffscreenCanvas(width, height)) {
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (layer.getContext("2d", { willReadFrequently: true }));
  if (layer.width !== width || layer.height !== height) [layer.width, layer.height] = [width, height];
  const whole = pen.createImageData(width, height);
  const pixels = new Uint32Array(whole.data.buffer);
  /** @type {[fill: number, edge: number][]} */
  const inks = [];
  for (let i = 0, column = 0; i < indices.length; i++, column = column + 1 === width ? 0 : column + 1) {
    const index = indices[i];
    if (index === 0) continue;
    const edge =
      (column > 0 && indices[i - 1] !== index) ||
      (column < width - 1 && indices[i + 1] !== index) ||
      (i >= width && indices[i - width] !== index) ||
      (i + width < indices.length && indices[i + width] !== index);
    inks[index] ??= [inkOf(index, Math.round(255 * VEIL)), inkOf(index, 255)];
    pixels[i] = inks[index][Number(edge)];
  }
  pen.putImageData(whole, 0, 0);
  return layer;
}

/**
 * Gives the colour of a class as a pixel of ImageData.
 *
 * @param {number} index
 * @param {number} alpha 0..255
 */
function inkOf(index, alpha) {
  return new Uint32Array(Uint8Array.of(...colourOf(index), alpha).buffer)[0];
}

/** @param {string} text of a stranger */
function shortened(text) {
  const shown = visible(text);
  return shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST - 1)}…`;
}
