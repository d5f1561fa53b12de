/**
 * The paper that is drawn on: dark ink on white, by mouse, pen, finger and keyboard.
 */

import { movedBrush, piecesOf, Strokes, widthOf } from "../lib/strokes.js";
import { find, setText } from "./dom.js";

/** @typedef {import("../lib/strokes.js").Spot} Spot */

/** Pixels of the paper: the line's width, and how far an arrow key goes. */
const PLAIN = 44;
const STRIDE = 20;
const SMALL = 5;

const pad = find("pad", HTMLCanvasElement);
const context = /** @type {CanvasRenderingContext2D} */ (
  pad.getContext("2d", { willReadFrequently: true, alpha: false })
);
const mark = find("brush", HTMLElement);
const strokes = new Strokes();
const keys = new Set();
const brush = { x: pad.width / 2, y: pad.height / 4, down: false };
/** @type {number | undefined} the pointer that draws; a second finger does not */
let drawing;
/** @type {() => void} */
let changed = () => {};

/**
 * Lets a visitor draw.
 *
 * @param {() => void} onChange called whenever the drawing changes
 */
export function listenForStrokes(onChange) {
  changed = onChange;
  blank();
  pad.addEventListener("pointerdown", begin);
  pad.addEventListener("pointermove", draw);
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) pad.addEventListener(end, lift);
  pad.addEventListener("keydown", onKey);
  pad.addEventListener("keyup", ({ key }) => keys.delete(key));
  pad.addEventListener("focus", () => (mark.hidden = !pad.matches(":focus-visible")));
  pad.addEventListener("blur", () => {
    keys.clear();
    mark.hidden = true;
    if (brush.down) dip(false);
  });
  showBrush();
}

/** Gives whether nothing is drawn. */
export function isBlank() {
  return strokes.empty;
}

/** Gives the drawing as it stands on the paper. */
export function pixels() {
  return context.getImageData(0, 0, pad.width, pad.height);
}

/**
 * Gives the drawing as a PNG file.
 *
 * @returns {Promise<Blob>}
 */
export function picture() {
  return new Promise((resolve, reject) => {
    pad.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser could not write the drawing."))));
  });
}

/** Takes the last stroke away. */
export function undo() {
  strokes.undo();
  redraw();
}

/** Takes the whole drawing away. */
export function clear() {
  strokes.clear();
  redraw();
}

function redraw() {
  brush.down = false;
  showBrush();
  blank();
  for (const piece of piecesOf(strokes.all)) ink(piece);
  changed();
}

function blank() {
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, pad.width, pad.height);
}

/** @param {readonly [Spot, Spot]} piece */
function ink([from, to]) {
  context.strokeStyle = "#000000";
  context.lineCap = "round";
  context.lineWidth = (from.width + to.width) / 2;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

/** @param {PointerEvent} event */
function begin(event) {
  if (drawing !== undefined || event.button !== 0) return;
  event.preventDefault();
  pad.focus({ preventScroll: true });
  mark.hidden = true;
  if (brush.down) dip(false);
  drawing = event.pointerId;
  pad.setPointerCapture(event.pointerId);
  ink(strokes.draw(spotOf(event)));
  changed();
}

/** @param {PointerEvent} event */
function draw(event) {
  if (event.pointerId !== drawing) return;
  const all = event.getCoalescedEvents?.() ?? [];
  for (const each of all.length > 0 ? all : [event]) ink(strokes.draw(spotOf(each)));
  changed();
}

/** @param {Event} event */
function lift(event) {
  if (!(event instanceof PointerEvent) || event.pointerId !== drawing) return;
  drawing = undefined;
  strokes.lift();
  changed();
}

/**
 * @param {PointerEvent} event
 * @returns {Spot}
 */
function spotOf(event) {
  const box = pad.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * pad.width;
  const y = ((event.clientY - box.top) / box.height) * pad.height;
  return { x, y, width: widthOf(event, PLAIN) };
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const { key, shiftKey, ctrlKey, metaKey } = event;
  if (key.startsWith("Arrow")) {
    keys.add(key);
    Object.assign(brush, movedBrush(brush, keys, shiftKey ? SMALL : STRIDE, pad.width));
    if (brush.down) dot();
  } else if (key === " ") dip(!brush.down);
  else if (key.toLowerCase() === "z" && (ctrlKey || metaKey)) undo();
  else if (key === "Delete" || key === "Backspace") clear();
  else return;
  event.preventDefault();
  mark.hidden = false;
  showBrush();
}

/** @param {boolean} down */
function dip(down) {
  brush.down = down;
  if (down) dot();
  else {
    strokes.lift();
    changed();
  }
  setText(find("brush-said", HTMLElement), down ? "Pen down" : "Pen up");
  showBrush();
}

function dot() {
  ink(strokes.draw({ x: brush.x, y: brush.y, width: PLAIN }));
  changed();
}

function showBrush() {
  mark.style.setProperty("--x", String(brush.x / pad.width));
  mark.style.setProperty("--y", String(brush.y / pad.height));
  mark.toggleAttribute("data-down", brush.down);
}
