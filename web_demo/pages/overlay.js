/**
 * What was found, drawn over the photo: boxes with labels, masks as a veil, keypoints as dots. Everything is drawn twice, dark and
 * wide below, coloured and narrow above, so that it stands out from any photo.
 */

import { find, visible } from "./dom.js";
import { percent } from "./text.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {{index: number, label: string | null, score: number}} Row */

const DARK = "rgb(16 18 24)";
const VEIL = 0.45;
const NAMED_POINTS = 33;
const LONGEST = 48;

const overlay = find("overlay", HTMLCanvasElement);
const photo = find("stage-photo", HTMLImageElement);

/** Takes away what was drawn. */
export function clearOverlay() {
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
  await photo.decode();
  const { naturalWidth: width, naturalHeight: height } = photo;
  const scale = Math.min(1, 2048 / Math.max(width, height)) * Math.max(1, Math.ceil(640 / Math.max(width, height)));
  overlay.width = Math.round(width * scale);
  overlay.height = Math.round(height * scale);
  const pen = /** @type {CanvasRenderingContext2D} */ (overlay.getContext("2d"));
  const line = Math.max(2, Math.sqrt(overlay.width * overlay.height) / 200);
  pen.font = `600 ${Math.round(Math.max(13, line * 6))}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  if (mask) veil(pen, mask);
  for (const each of [...(objects ?? [])].reverse()) box(pen, each, scale, line);
  if (keypoints) dots(pen, keypoints, scale, line);
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
 * @param {CanvasRenderingContext2D} pen
 * @param {import("../lib/answers.js").Thing} found
 * @param {number} scale
 * @param {number} line
 */
function box(pen, { box: sides, index, label, score }, scale, line) {
  const { width, height } = overlay;
  const [left, top, right, bottom] = sides.map((side, i) =>
    Math.min(Math.max(side * scale, 0), i % 2 ? height : width),
  );
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
  const text = `${shortened(label ?? `Class ${index}`)}  ${share}`;
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
  const x = Math.min(Math.max(left, 0), Math.max(overlay.width - wide, 0));
  const y = Math.min(Math.max(top, 0), Math.max(overlay.height - high, 0));
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
 * @param {CanvasRenderingContext2D} pen
 * @param {readonly import("../lib/answers.js").Keypoint[]} found
 * @param {number} scale
 * @param {number} line
 */
function dots(pen, found, scale, line) {
  for (const [index, { x, y }] of found.entries()) {
    for (const [fill, radius] of /** @type {const} */ ([
      [DARK, line + 3],
      [css(colourOf(index)), line + 1],
    ])) {
      pen.fillStyle = fill;
      pen.beginPath();
      pen.arc(x * scale, y * scale, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  if (found.length > NAMED_POINTS) return;
  for (const [index, { x, y, name }] of found.entries()) {
    if (name !== null) plate(pen, x * scale + line * 2 + 3, y * scale, shortened(name), colourOf(index), line);
  }
}

/**
 * Lays a veil of its colour over every class but the first, with a line around it.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {import("../lib/answers.js").Mask} mask
 */
function veil(pen, { width, height, indices }) {
  const whole = new ImageData(width, height);
  for (let i = 0, o = 0; i < indices.length; i++, o += 4) {
    const index = indices[i];
    if (index === 0) continue;
    const column = i % width;
    const edge =
      (column > 0 && indices[i - 1] !== index) ||
      (column < width - 1 && indices[i + 1] !== index) ||
      (i >= width && indices[i - width] !== index) ||
      (i + width < indices.length && indices[i + width] !== index);
    const [red, green, blue] = colourOf(index);
    whole.data.set([red, green, blue, edge ? 255 : Math.round(255 * VEIL)], o);
  }
  const layer = new OffscreenCanvas(width, height);
  /** @type {OffscreenCanvasRenderingContext2D} */ (layer.getContext("2d")).putImageData(whole, 0, 0);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(layer, 0, 0, overlay.width, overlay.height);
}

/** @param {string} text of a stranger */
function shortened(text) {
  const shown = visible(text);
  return shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST - 1)}…`;
}
