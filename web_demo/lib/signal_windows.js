/**
 * The windows of a long signal: where each lies in it, and their answers, asked for in pieces where the steps allow that.
 */

import { ratio } from "./ops/ratio.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./spec.js").Spec} Spec */

/**
 * How a spec cuts a signal, in samples of the file. `rate` is undefined where the spec does not say it. `stretch` is how many samples
 * of the file one of the model's is. A spec without a window step takes the signal as one: `length` and `hop` are then undefined.
 *
 * @typedef {object} Cutting
 * @property {number} [rate] samples a second
 * @property {number} [length] samples of a window
 * @property {number} [hop] samples from one window to the next
 * @property {number} stretch
 * @property {"drop" | "pad" | "error"} [tail]
 * @property {boolean} apart whether a window's tensor depends on that window's samples alone
 * @property {readonly string[]} [channels] names of the columns
 * @property {number} [width] how many channels the model takes
 */

/**
 * A window with its answer, in samples of the file: `start` is its first sample, `end` the one behind its last.
 *
 * @typedef {{start: number, end: number, answer: Answer}} AnsweredWindow
 */

/** Windows that are asked about at once. */
const AT_ONCE = 64;

/**
 * Gives how the first input of a spec cuts a signal.
 *
 * @param {Spec} spec
 * @returns {Cutting}
 */
export function cuttingOf({ inputs: [{ steps, tensor }] }) {
  const first = steps[0];
  const window = steps.find((step) => step.op === "window");
  const resample = steps.find((step) => step.op === "resample");
  const before = window ? steps.slice(0, steps.indexOf(window)) : steps;
  const [up, down] = resample ? ratio(resample.from_rate, resample.to_rate) : [1, 1];
  const stretch = down / up;
  const channels = first?.op === "columns" ? first.columns.map(({ name }) => name) : undefined;
  return {
    rate: resample?.from_rate,
    length: window && window.length * stretch,
    hop: window && window.hop * stretch,
    stretch,
    tail: window?.tail,
    apart: window !== undefined && before.every((step) => step.op === "columns" || isIdle(step)),
    channels,
    width: channels?.length ?? widthOf(Object.values(tensor)[0]),
  };
}

/**
 * Gives whether a step leaves every sample as it is, as a resample does that only says the rate.
 *
 * @param {import("./steps.js").InputStep} step
 */
function isIdle(step) {
  return step.op === "resample" && step.from_rate === step.to_rate;
}

/** @param {import("./spec.js").Tensor | undefined} tensor */
function widthOf(tensor) {
  const order = tensor?.layout;
  if (order === "NL") return 1;
  return order === undefined ? undefined : tensor?.shape[order === "NCL" ? 1 : 2];
}

/**
 * Gives how many windows a signal of so many samples has.
 *
 * @param {number} samples
 * @param {Cutting} cutting
 */
export function countOf(samples, { length, hop, tail }) {
  if (length === undefined || hop === undefined) return 1;
  const whole = samples >= length ? Math.floor((samples - length) / hop) + 1 : 0;
  const left = samples - (whole > 0 ? (whole - 1) * hop + length : 0);
  return whole + Number(tail === "pad" && left > 0 && whole * hop < samples);
}

/**
 * Answers a signal window by window, in their order. Where a window's tensor depends on its own samples alone, some windows are asked
 * about at a time; else the signal is as a whole. The answers are those that the whole signal has either way.
 *
 * @param {{values: Float64Array<ArrayBuffer>, channels: number, length: number}} signal
 * @param {Cutting} cutting
 * @param {object} hands
 * @param {(signal: Float64Array<ArrayBuffer>, channels: number) => Promise<Answer>} hands.ask
 * @param {(windows: readonly AnsweredWindow[]) => void} hands.add
 * @param {() => boolean} [hands.wanted]
 * @returns {Promise<void>}
 * @throws {import("./errors.js").SatchelError} what the model's steps refuse: input/too-short, input/leftover-samples, ...
 */
export async function answerWindows(signal, cutting, { ask, add, wanted = () => true }) {
  for (const { from, to } of piecesOf(signal.length, cutting)) {
    if (!wanted()) return;
    const values = signal.values.slice(from * signal.channels, to * signal.channels);
    const answer = await ask(values, signal.channels);
    if (!wanted()) return;
    add(windowsOf(answer, from, signal.length, cutting));
  }
}

/**
 * Gives the pieces of a signal that are asked about: each holds whole windows, the last also what the tail is made of.
 *
 * @param {number} samples
 * @param {Cutting} cutting
 * @returns {{from: number, to: number}[]}
 */
export function piecesOf(samples, cutting) {
  const { apart, length, hop } = cutting;
  const count = countOf(samples, cutting);
  if (!apart || length === undefined || hop === undefined || count <= AT_ONCE) return [{ from: 0, to: samples }];
  const pieces = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const last = Math.min(first + AT_ONCE, count) - 1;
    const to = last === count - 1 ? samples : last * hop + length;
    pieces.push({ from: first * hop, to });
  }
  return pieces;
}

/**
 * @param {Answer} answer
 * @param {number} from
 * @param {number} samples
 * @param {Cutting} cutting
 * @returns {AnsweredWindow[]}
 */
function windowsOf(answer, from, samples, { length, stretch }) {
  const each = answer.windows ?? [{ ...answer, start: 0 }];
  return each.map(({ start, ...found }) => {
    const first = from + start * stretch;
    return { start: first, end: Math.min(samples, first + (length ?? samples)), answer: found };
  });
}

/**
 * Gives the stretch of the time axis that shows a window's answer: half a hop to either side of its middle, the first from its
 * beginning and the last to its end, so that every moment has the answer of the window whose middle is nearest.
 *
 * @param {readonly {start: number, end: number}[]} windows
 * @param {number} place
 * @returns {[from: number, to: number]}
 */
export function bandOf(windows, place) {
  const middle = (/** @type {number} */ at) => (windows[at].start + windows[at].end) / 2;
  const from = place === 0 ? windows[0].start : (middle(place - 1) + middle(place)) / 2;
  const to = place === windows.length - 1 ? windows[place].end : (middle(place) + middle(place + 1)) / 2;
  return [from, to];
}

/**
 * Gives what most samples of a window are labelled; undefined where none is.
 *
 * @param {readonly string[]} labels one a sample
 * @param {{start: number, end: number}} window
 * @returns {string | undefined}
 */
export function truthOf(labels, { start, end }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const label of labels.slice(Math.ceil(start), Math.ceil(end))) {
    if (label.trim() !== "") counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}
