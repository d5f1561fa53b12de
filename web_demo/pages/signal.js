/**
 * The signal page: a recording that is played, with the answer of every window.
 */

import { classNames } from "../lib/class_names.js";
import { endedBy, Playhead, SPEEDS } from "../lib/playhead.js";
import { readSignalFile } from "../lib/signal_file.js";
import { answerWindows, cuttingOf, truthOf } from "../lib/signal_windows.js";
import { labelReader } from "../lib/table_file.js";
import { showAnswer, showState, showValues } from "./answers.js";
import { element, find, setText } from "./dom.js";
import { listenForFiles } from "./files.js";
import { refuseOther } from "./input-kind.js";
import { startPage } from "./page.js";
import { fetchSample, showChips } from "./sample-chips.js";
import { drawScene } from "./signal-plot.js";
import { clearWindows, showWindows } from "./signal-windows.js";
import { milliseconds } from "./text.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("../lib/signal_windows.js").AnsweredWindow} AnsweredWindow */

/** Windows that the plot shows at once while it scrolls, and samples a second where nothing says the rate. */
const WINDOWS_SHOWN = 4;
const PLAIN_RATE = 10;

const plot = find("plot", HTMLCanvasElement);
const seek = find("seek", HTMLInputElement);
const playButton = find("play", HTMLButtonElement);
const head = new Playhead(PLAIN_RATE);

/**
 * @type {{page?: Page, file?: File, run?: object, cutting?: import("../lib/signal_windows.js").Cutting, rate?: number,
 *   signal?: import("../lib/signal_file.js").SignalFile, windows: AnsweredWindow[], truths: (string | undefined)[], shown: number}}
 */
const now = { windows: [], truths: [], shown: -1 };

listenForFiles(find("file", HTMLInputElement), ([file]) => take(file));
playButton.addEventListener("click", toggle);
find("back", HTMLButtonElement).addEventListener("click", () => step(-1));
find("forth", HTMLButtonElement).addEventListener("click", () => step(1));
seek.addEventListener("input", () => {
  head.seek(Number(seek.value));
  show();
});
document.addEventListener("keydown", onKey);
new ResizeObserver(show).observe(plot);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
offerSpeeds();
void startPage({ onOpen, onReady });

/** @param {Page} page */
function onOpen(page) {
  const { info, entry } = page;
  const cutting = cuttingOf(info.spec);
  Object.assign(now, { page, cutting, file: undefined });
  clear();
  setText(find("signal-name", HTMLElement), "Drop a CSV file here: a header, then one sample a row");
  setText(find("signal-hint", HTMLElement), hintOf(cutting));
  showChips(entry.samples, (name) =>
    page.attempt(async () => take(new File([await fetchSample(name)], name, { type: "text/csv" }))),
  );
}

/** @param {import("../lib/signal_windows.js").Cutting} cutting */
function hintOf({ channels, rate, length, hop }) {
  const said = channels ? [`Columns: ${channels.join(", ")}`] : [];
  if (rate) said.push(`${rate} samples a second`);
  const time = (/** @type {number} */ samples) =>
    rate ? `${Number((samples / rate).toPrecision(4))}\u00a0s` : `${samples}\u00a0samples`;
  if (length && hop) said.push(`the model hears ${time(length)} at a time, every\u00a0${time(hop)}`);
  return said.join("; ");
}

function onReady() {
  if (now.file) take(now.file);
}

/** @param {File} file */
function take(file) {
  now.file = file;
  const { page } = now;
  clear();
  setText(find("signal-name", HTMLElement), file.name);
  setText(find("choose-text", HTMLElement), "Another file");
  if (!page?.loaded) return;
  const run = (now.run = {});
  void page.attempt(async () => {
    try {
      await answerFile(page, file, run);
    } catch (error) {
      if (run === now.run) throw error;
    }
  });
}

/**
 * @param {Page} page
 * @param {File} file
 * @param {object} run
 */
async function answerFile(page, file, run) {
  const { cutting } = now;
  if (!cutting) return;
  refuseOther("signal", { blob: file, name: file.name });
  const labels = classNames(page.info.spec, page.info.labels);
  const signal = await readSignalFile(file, cutting, labels);
  if (run !== now.run) return;
  begin(signal, cutting.rate ?? signal.measured);
  const read = labelReader(labels);
  const began = performance.now();
  const answered = () => {
    const { windows, truths } = now;
    const truthIndices = truths.map((each) => (each === undefined ? undefined : read(each)));
    const took = performance.now() - began;
    const note = `${milliseconds(took / Math.max(1, windows.length))} a window with ${page.loaded?.artefact} on ${page.loaded?.label}.`;
    showWindows({ windows, truths, truthIndices, said: saidOf }, note);
  };
  await answerWindows(signal, cutting, {
    ask: (values, channels) => page.satchel.run({ signal: values, channels }),
    add: (windows) => {
      now.windows.push(...windows);
      now.truths.push(...windows.map((each) => (signal.labels ? truthOf(signal.labels, each) : undefined)));
      head.ready = windows[windows.length - 1]?.end ?? head.ready;
      if (!head.playing) head.seek(head.ready);
      show();
    },
    wanted: () => run === now.run,
  });
  if (run !== now.run) return;
  head.ready = signal.length;
  if (!head.playing) head.seek(signal.length);
  answered();
  show();
}

/**
 * @param {import("../lib/signal_file.js").SignalFile} signal
 * @param {number | undefined} rate
 */
function begin(signal, rate) {
  Object.assign(now, { signal, rate });
  Object.assign(head, { end: signal.length, ready: 0, rate: rate ?? PLAIN_RATE });
  seek.max = String(signal.length);
  for (const id of ["seek", "play", "back", "forth"]) document.getElementById(id)?.removeAttribute("disabled");
  find("plot-empty", HTMLElement).hidden = true;
  showState("busy");
}

function clear() {
  head.pause();
  Object.assign(head, { end: 0, ready: 0 });
  head.seek(0);
  Object.assign(now, { run: undefined, signal: undefined, windows: [], truths: [], shown: -1 });
  for (const id of ["seek", "play", "back", "forth"]) document.getElementById(id)?.setAttribute("disabled", "");
  find("plot-empty", HTMLElement).hidden = false;
  clearWindows();
  plot.getContext("2d")?.reset();
  setText(find("clock", HTMLElement), "");
}

function toggle() {
  if (head.playing) head.pause();
  else {
    head.play();
    requestAnimationFrame(tick);
  }
  show();
}

/** @param {number} time */
function tick(time) {
  head.advance(time);
  show();
  if (head.playing) requestAnimationFrame(tick);
}

/**
 * Goes to where the next window has ended, or the one before.
 *
 * @param {1 | -1} by
 */
function step(by) {
  head.pause();
  const known = endedBy(now.windows, head.place);
  const at = known - 1 + by;
  head.seek(now.windows[Math.min(Math.max(0, at), now.windows.length - 1)]?.end ?? 0);
  show();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const own =
    event.target instanceof HTMLElement && event.target.closest("input, select, button, a, [tabindex='0'], summary");
  if (own || !now.signal || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " ") toggle();
  else if (event.key === "ArrowLeft") step(-1);
  else if (event.key === "ArrowRight") step(1);
  else return;
  event.preventDefault();
}

function show() {
  const { signal, windows, truths, rate } = now;
  if (!signal) return;
  const known = endedBy(windows, head.place);
  drawScene(plot, { signal, windows, truths, known, place: head.place, rate, view: viewOf(signal.length) });
  seek.value = String(head.place);
  seek.setAttribute("aria-valuetext", saidOf(head.place));
  setText(find("clock", HTMLElement), `${saidOf(head.place)} of ${saidOf(signal.length)}`);
  setText(playButton, head.playing ? "Pause" : head.ended ? "Play again" : "Play");
  showMoment(known - 1);
}

/**
 * Gives the samples that are in view: all of a short recording; of a longer one some windows around the place, page by page where
 * motion is not wanted.
 *
 * @param {number} length
 * @returns {[number, number]}
 */
function viewOf(length) {
  const span = Math.max(WINDOWS_SHOWN * (now.cutting?.length ?? length), 1);
  if (length <= span) return [0, length];
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const from = Math.min(Math.floor(head.place / span) * span, length - span);
    return [from, from + span];
  }
  const from = Math.min(Math.max(0, head.place - span * 0.75), length - span);
  return [from, from + span];
}

/** @param {number} place of the window heard last */
function showMoment(place) {
  if (place === now.shown && (place >= 0 || now.windows.length === 0)) return;
  now.shown = place;
  const found = now.windows[place];
  if (!found) {
    if (now.windows.length > 0) showState("waiting");
    return;
  }
  if (found.answer.values) showValues(found.answer.values);
  else showAnswer(found.answer.classes ?? []);
  const truth = now.truths[place];
  const heard = `Heard from ${saidOf(found.start)} to ${saidOf(found.end)}`;
  setText(find("when", HTMLElement), truth === undefined ? heard : `${heard}; truly ${truth}`);
  plot.setAttribute(
    "aria-label",
    `${find("announcement", HTMLElement).textContent}. ${heard}. All answers are in the table below.`,
  );
}

/** @param {number} sample */
function saidOf(sample) {
  if (now.rate === undefined) return `sample ${Math.round(sample).toLocaleString("en")}`;
  const seconds = sample / now.rate;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}

function offerSpeeds() {
  const within = find("speeds", HTMLFieldSetElement);
  for (const speed of SPEEDS) {
    const name = speed === Infinity ? "Fastest" : `${speed}×`;
    const input = element("input", { type: "radio", name: "speed", id: `speed-${speed}`, value: speed });
    input.checked = speed === head.speed;
    input.addEventListener("change", () => (head.speed = speed));
    within.append(element("span", { class: "speed" }, input, element("label", { for: `speed-${speed}` }, name)));
  }
}
