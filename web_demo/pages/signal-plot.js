/**
 * The plot of a recording: a lane for each channel, the answers as bands above them, the place that is played.
 */

import { extremes, marksOf, rangeOf } from "../lib/plot_lanes.js";
import { bandOf } from "../lib/signal_windows.js";
import { visible } from "./dom.js";

/**
 * `known` windows have been heard at the place; `truths` are labels beside them; `rate` turns samples into seconds.
 *
 * @typedef {object} Scene
 * @property {import("../lib/signal_file.js").SignalFile} signal
 * @property {readonly import("../lib/signal_windows.js").AnsweredWindow[]} windows
 * @property {readonly (string | undefined)[]} truths
 * @property {number} known
 * @property {number} place
 * @property {number} [rate]
 * @property {[from: number, to: number]} view samples
 */

const LEFT = 74;
const BAND = 26;
const AXIS = 24;
const HUES = [190, 32, 268, 138, 350, 56, 222, 300];

/** @type {WeakMap<object, [number, number][]>} */
const ranges = new WeakMap();

/**
 * Draws a scene at the size that the canvas has on the screen, in its pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Scene} scene
 */
export function drawScene(canvas, scene) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = window.devicePixelRatio || 1;
  const size = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== size[0]) canvas.width = size[0];
  if (canvas.height !== size[1]) canvas.height = size[1];
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = "12px sans-serif";
  context.textBaseline = "middle";
  const colours = coloursOf(canvas);
  const [from, to] = scene.view;
  const left = width < 500 ? 46 : LEFT;
  const x = (/** @type {number} */ sample) => left + ((sample - from) / (to - from)) * (width - left);
  const rows = scene.truths.some((each) => each !== undefined) ? 2 : 1;
  const frame = { context, colours, left, width, x, top: rows * BAND + 8, bottom: height - AXIS };
  drawLanes(frame, scene);
  drawAxis(frame, scene, height);
  drawBands(frame, scene, rows);
  drawPlace(frame, scene);
}

/** @param {HTMLElement} within */
function coloursOf(within) {
  const style = getComputedStyle(within);
  const named = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return { ink: named("ink"), soft: named("ink-soft"), line: named("line"), accent: named("accent-fill"), dark };
}

/**
 * @typedef {{context: CanvasRenderingContext2D, colours: ReturnType<typeof coloursOf>, left: number, width: number,
 *   x: (sample: number) => number, top: number, bottom: number}} Frame
 */

/**
 * @param {Frame} frame
 * @param {Scene} scene
 */
function drawLanes({ context, colours, left, width, x, top, bottom }, { signal, view: [from, to] }) {
  const found = ranges.get(signal) ?? signal.names.map((_, channel) => rangeOf(signal, channel));
  ranges.set(signal, found);
  const tall = (bottom - top) / signal.channels;
  const columns = Math.max(1, Math.round(width - left));
  signal.names.forEach((name, channel) => {
    const base = top + channel * tall;
    const [low, high] = found[channel];
    const y = (/** @type {number} */ value) => base + 4 + (1 - (value - low) / (high - low)) * (tall - 8);
    context.fillStyle = colours.soft;
    context.fillText(clipped(visible(name), context, left - 8), 0, base + tall / 2);
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    context.strokeRect(left, Math.round(base) + 0.5, width - left, 0);
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.25;
    context.beginPath();
    if (to - from < columns) trace(context, { signal, channel, from, to }, x, y);
    else {
      const ends = extremes(signal, channel, { from, to, columns });
      for (let column = 0; column < columns; column++) {
        if (Number.isNaN(ends[2 * column])) continue;
        context.moveTo(left + column + 0.5, y(ends[2 * column]) + 0.6);
        context.lineTo(left + column + 0.5, y(ends[2 * column + 1]) - 0.6);
      }
    }
    context.stroke();
  });
}

/**
 * Draws a line from sample to sample.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{signal: Scene["signal"], channel: number, from: number, to: number}} part
 * @param {(sample: number) => number} x
 * @param {(value: number) => number} y
 */
function trace(context, { signal, channel, from, to }, x, y) {
  const last = Math.min(signal.length - 1, Math.ceil(to));
  for (let at = Math.max(0, Math.ceil(from)); at <= last; at++) {
    context.lineTo(x(at), y(signal.values[at * signal.channels + channel]));
  }
}

/**
 * @param {Frame} frame
 * @param {Scene} scene
 * @param {number} height
 */
function drawAxis({ context, colours, x, left, width, bottom }, { rate, view: [from, to] }, height) {
  const unit = rate ?? 1;
  const marks = marksOf(from / unit, to / unit, Math.max(2, Math.floor((width - left) / 90)));
  context.strokeStyle = colours.line;
  context.strokeRect(left, Math.round(bottom) + 0.5, width - left, 0);
  context.fillStyle = colours.soft;
  context.textAlign = "center";
  for (const mark of marks) {
    const at = x(mark * unit);
    if (mark < 0 || at < left + 16 || at > width - 20) continue;
    context.fillText(`${mark.toLocaleString("en")}${rate ? " s" : ""}`, at, height - AXIS / 2);
  }
  context.textAlign = "left";
}

/**
 * @param {Frame} frame
 * @param {Scene} scene
 * @param {number} rows
 */
function drawBands(frame, scene, rows) {
  const { context, colours, left, width, x } = frame;
  const { windows, truths, known, view } = scene;
  context.save();
  context.beginPath();
  context.rect(left, 0, width - left, frame.bottom);
  context.clip();
  for (const run of runsOf(windows.slice(0, known), truths)) {
    const [from, to] = [x(run.from), x(run.to)];
    if (run.to < view[0] || run.from > view[1]) continue;
    const score = run.score === undefined ? "" : ` ${Math.round(run.score * 100)} %`;
    band(context, colours.dark, [from, to, 0], run.index, `${run.label}${score}`);
    if (rows > 1) band(context, colours.dark, [from, to, BAND], run.truthIndex, run.truth ?? "");
    context.fillStyle = `hsl(${hueOf(run.index)} 60% 50% / 9%)`;
    context.fillRect(from, frame.top, to - from, frame.bottom - frame.top);
  }
  context.restore();
  context.fillStyle = colours.soft;
  context.fillText("Answer", 0, BAND / 2);
  if (rows > 1) context.fillText("True", 0, 1.5 * BAND);
}

/**
 * Gives stretches of the time axis that have one answer and one truth; the score is the least in it.
 *
 * @param {readonly import("../lib/signal_windows.js").AnsweredWindow[]} windows
 * @param {readonly (string | undefined)[]} truths
 */
function runsOf(windows, truths) {
  /** @type {{from: number, to: number, label: string, index: number, score?: number, truth?: string, truthIndex: number}[]} */
  const runs = [];
  const numbers = new Map(
    [...new Set(windows.flatMap(({ answer }) => answer.classes?.slice(0, 1) ?? []))].map((each) => [
      each.label,
      each.index,
    ]),
  );
  windows.forEach(({ answer }, place) => {
    const [from, to] = bandOf(windows, place);
    const best = answer.classes?.[0];
    const label = best ? visible(best.label ?? `Class ${best.index}`) : "–";
    const truth = truths[place];
    const last = runs[runs.length - 1];
    if (last?.label === label && last.truth === truth) {
      last.to = to;
      if (best && last.score !== undefined) last.score = Math.min(last.score, best.score);
      return;
    }
    const truthIndex = numbers.get(truth ?? "") ?? truth?.length ?? 0;
    runs.push({ from, to, label, index: best?.index ?? 0, score: shareOf(best?.score), truth, truthIndex });
  });
  return runs;
}

/** @param {number | undefined} score */
function shareOf(score) {
  return score !== undefined && score >= 0 && score <= 1 ? score : undefined;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {boolean} dark
 * @param {readonly [from: number, to: number, top: number]} place
 * @param {number} index
 * @param {string} text
 */
function band(context, dark, [from, to, top], index, text) {
  context.fillStyle = `hsl(${hueOf(index)} ${dark ? "42% 26%" : "55% 86%"})`;
  context.beginPath();
  context.roundRect(from + 1, top + 2, Math.max(1, to - from - 2), BAND - 4, 5);
  context.fill();
  context.fillStyle = `hsl(${hueOf(index)} ${dark ? "70% 86%" : "70% 20%"})`;
  const start = Math.max(from, 0) + 7;
  const room = to - start - 6;
  if (room > 24) context.fillText(clipped(text, context, room), start, top + BAND / 2);
}

/** @param {number} index */
function hueOf(index) {
  return HUES[index % HUES.length];
}

/**
 * @param {string} text
 * @param {CanvasRenderingContext2D} context
 * @param {number} room
 */
function clipped(text, context, room) {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length--;
  return `${text.slice(0, length)}…`;
}

/**
 * @param {Frame} frame
 * @param {Scene} scene
 */
function drawPlace({ context, colours, x, left, bottom }, { place }) {
  const at = Math.max(left, x(place));
  context.fillStyle = colours.ink;
  context.fillRect(at - 1, 0, 2, bottom);
  context.beginPath();
  context.arc(at, bottom, 4, 0, 2 * Math.PI);
  context.fill();
}
