/**
 * The live answer in words and bars: quick enough to follow, slow enough to read, and read aloud now and then.
 */

import { classRow, nameOf, showState } from "./answers.js";
import { find, setText } from "./dom.js";
import { rowsOf } from "./overlay.js";
import { scoreFormat } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {import("./overlay.js").Row} Row */

/** Milliseconds between two texts, between two readings of the times, and between two announcements, at least. */
const TEXT = 150;
const TIMES = 500;
const ALOUD = 2000;

/** Rows that are shown at most; of things, which come and go, fewer: their place is kept, and they stand in the picture, too. */
const ROWS = 5;
const THINGS = 3;

/** When each was done last, and what was said last. */
const last = { text: -Infinity, times: -Infinity, aloud: -Infinity, said: "" };

/**
 * Shows an answer, unless one was shown a moment ago.
 *
 * @param {Answer} answer
 * @param {number} now in milliseconds
 */
export function showLive(answer, now) {
  const rows = answer.values ? numbered(answer.values.data) : rowsOf(answer);
  sayAloud(rows, answer, now);
  if (now - last.text < TEXT) return;
  last.text = now;
  const format = scoreFormat(rows.map((each) => each.score));
  const [best] = rows;
  setText(find("best-label", HTMLElement), best ? nameOf(best) : "Nothing found");
  setText(find("best-share", HTMLElement), best ? format(best.score) : "");
  const whole = Math.max(1, ...rows.map((each) => Math.abs(each.score)));
  const list = find("classes", HTMLOListElement);
  const shown = rows.slice(0, answer.objects ? THINGS : ROWS);
  list.style.setProperty("--rows", String(answer.objects ? THINGS : shown.length));
  list.replaceChildren(...shown.map((each) => classRow(each, each.score / whole, format)));
  showState("result");
}

/**
 * Shows the pace, unless it was shown a moment ago.
 *
 * @param {import("../lib/camera_meter.js").Pace | undefined} pace
 * @param {number} dropped
 * @param {string} note which artefact and runtime
 * @param {number} now in milliseconds
 */
export function showPace(pace, dropped, note, now) {
  if (!pace || now - last.times < TIMES) return;
  last.times = now;
  const { framesASecond, decode, prepare, infer, read } = pace;
  setText(find("rate", HTMLElement), framesASecond.toFixed(framesASecond < 9.95 ? 1 : 0));
  setText(find("dropped", HTMLElement), String(dropped));
  showTimings({ decode, prepare, infer, read, total: decode + prepare + infer + read }, note);
}

/** Lets the next answer and pace be shown at once: another camera, another model, or a slider that was moved. */
export function showNext() {
  last.text = last.times = -Infinity;
}

/**
 * Says what is seen when it is something else than before, at most every two seconds.
 *
 * @param {readonly Row[]} rows
 * @param {Answer} answer
 * @param {number} now
 */
function sayAloud(rows, { objects, mask }, now) {
  if (now - last.aloud < ALOUD) return;
  const said = objects ? counted(rows) : mask ? shared(rows) : rows.slice(0, 1).map(nameOf).join("");
  if (said === last.said) return;
  last.said = said;
  last.aloud = now;
  setText(find("announcement", HTMLElement), said || "Nothing found");
}

/**
 * Gives the names of things with their count: `2 cups, cat`.
 *
 * @param {readonly Row[]} rows
 */
function counted(rows) {
  const names = rows.map(nameOf).sort();
  return [...new Set(names)]
    .map((name) => {
      const count = names.filter((each) => each === name).length;
      return count > 1 ? `${count} times ${name}` : name;
    })
    .join(", ");
}

/**
 * Gives the share of each class in steps of ten percent, so that it is not said anew for every movement.
 *
 * @param {readonly Row[]} rows
 */
function shared(rows) {
  const whole = [...rows].sort((a, b) => a.index - b.index).slice(1);
  return whole.map((each) => `${nameOf(each)}, about ${Math.round(each.score * 10) * 10} %`).join("; ");
}

/**
 * @param {ArrayLike<number>} data
 * @returns {Row[]}
 */
function numbered(data) {
  return Array.from({ length: Math.min(data.length, ROWS) }, (_, index) => ({
    index,
    label: `Value ${index + 1}`,
    score: data[index],
  }));
}
