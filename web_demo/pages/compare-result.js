/**
 * What a comparison found: a sentence, bars of the times, and tables of sizes, answers and tensors.
 */

import { sameAnswer } from "../lib/same_answer.js";
import { answerJson } from "../lib/answers.js";
import { element, find, setText, visible } from "./dom.js";
import { rowsOf } from "./overlay.js";
import { save } from "./save.js";
import { bytes, milliseconds, scoreFormat } from "./text.js";

/** @typedef {import("./compare-runs.js").Answered} Answered */
/** @typedef {import("./compare-runs.js").Pairs} Pairs */
/** @typedef {import("./compare-runs.js").Side} Side */
/** @typedef {import("./compare-runs.js").Times} Times */
/** @typedef {import("./model-panel.js").Info} Info */

/** How far scores may lie apart where two answers are called the same. */
const BOUND = 0.01;

/**
 * Shows what was found.
 *
 * @param {Info} info
 * @param {readonly Side[]} sides
 * @param {Pairs} pairs
 * @param {readonly Times[]} times
 */
export function showComparison(info, sides, pairs, times) {
  const verdicts = pairs.answered.map(verdictOf);
  setText(find("verdict", HTMLElement), headline(verdicts));
  setText(find("verdict-told", HTMLElement), told(sides, times));
  find("latency", HTMLElement).replaceChildren(...bars(sides, times));
  fill(
    "facts-table",
    ["", "Median", "95th percentile", "Model alone", "In the bundle", "Over the wire"],
    [...sides.map((side, place) => factsOf(info, side, times[place]))],
  );
  setText(
    find("latency-note", HTMLElement),
    "30 runs of the first input on each side by turns, after 5 to warm up, from the input to the answer. Over the wire is the body " +
      "of the model’s files as the server sent them on this visit.",
  );
  fill("answers-table", ["Input", "A", "B", "Verdict"], pairs.answered.map(answerRow(verdicts)));
  fill("tensors-table", ["Tensor", "Numbers", "Largest", "Mean", "Signal to noise"], [...pairs.tensors].map(tensorRow));
  find("save", HTMLButtonElement).onclick = () => save(report(info, sides, pairs, times), "comparison.json");
  const result = find("result", HTMLElement);
  result.hidden = false;
}

/**
 * @param {readonly ("identical" | "same" | "differs")[]} verdicts
 */
function headline(verdicts) {
  const count = verdicts.length;
  const noun = count === 1 ? "input" : "inputs";
  const same = verdicts.filter((each) => each !== "differs").length;
  if (verdicts.every((each) => each === "identical")) return `Identical answers on ${count} ${noun}`;
  return same === count
    ? `The same answers on ${count} ${noun}`
    : `${count - same} of ${count} ${noun} answered differently`;
}

/**
 * @param {readonly Side[]} sides
 * @param {readonly Times[]} times
 */
function told([a, b], [one, other]) {
  const [fast, slow] = one.median <= other.median ? [a, b] : [b, a];
  const ratio = Math.max(one.median, other.median) / Math.min(one.median, other.median);
  if (ratio < 1.05) return `${a.letter} and ${b.letter} take the same time.`;
  return `${fast.letter} is ${ratio.toFixed(ratio < 10 ? 1 : 0)} times as fast as ${slow.letter}: ${fast.name}.`;
}

/**
 * @param {readonly Side[]} sides
 * @param {readonly Times[]} times
 */
function bars(sides, times) {
  const longest = Math.max(...times.map((each) => each.p95));
  return sides.map(({ letter, name }, place) => {
    const { median, p95 } = times[place];
    const bar = element("span", { class: "compare-bar", "aria-hidden": "true" });
    bar.style.setProperty("--median", String(median / longest));
    bar.style.setProperty("--p95", String(p95 / longest));
    return element(
      "div",
      { class: "compare-lane", "data-side": letter.toLowerCase() },
      element("span", { class: "compare-lane-name" }, `${letter}: ${name}`),
      element("strong", {}, milliseconds(median)),
      bar,
    );
  });
}

/**
 * @param {Info} info
 * @param {Side} side
 * @param {Times} times
 */
function factsOf({ variants }, { letter, artefact, found }, { median, p95, infer }) {
  const stored = variants.find((each) => each.artefact === artefact)?.storedBytes ?? 0;
  const wire = found.wire > 0 ? bytes(found.wire) : "already here";
  return [letter, milliseconds(median), milliseconds(p95), milliseconds(infer), bytes(stored), wire];
}

/** @param {readonly string[]} verdicts */
function answerRow(verdicts) {
  return (/** @type {Answered} */ { name, answers }, /** @type {number} */ place) => [
    name,
    ...answers.map(inWords),
    verdicts[place],
  ];
}

/** @param {[string, import("../lib/difference.js").Difference]} tensor */
function tensorRow([name, { count, identical, largest, mean, snr }]) {
  if (count === 0) return [name, "other lengths", "", "", ""];
  if (identical) return [name, count.toLocaleString("en"), "0", "0", "identical"];
  return [name, count.toLocaleString("en"), largest.toPrecision(3), mean.toPrecision(3), `${snr.toFixed(1)} dB`];
}

/**
 * @param {Answered} pair
 * @returns {"identical" | "same" | "differs"}
 */
function verdictOf({ answers }) {
  const [one, other] = /** @type {any[]} */ (answers.map((each) => answerJson(each)));
  if (JSON.stringify(one) === JSON.stringify(other)) return "identical";
  if (sameAnswer(one, other, BOUND)) return "same";
  return first(answers[0]) === first(answers[1]) && !answers[0].objects ? "same" : "differs";
}

/** @param {import("../lib/client.js").RunResult} answer */
function first(answer) {
  return rowsOf(answer)[0]?.index;
}

/** @param {import("../lib/client.js").RunResult} answer */
function inWords(answer) {
  if (answer.values) return Array.from(answer.values.data).slice(0, 4).map((each) => each.toPrecision(4)).join(", "); // prettier-ignore
  const rows = rowsOf(answer).slice(0, answer.objects ? 5 : 2);
  const format = scoreFormat(rows.map((each) => each.score));
  const named = rows.map(({ label, index, score }) => [label ?? `Class ${index}`, format(score)].join(" "));
  return named.join(", ") || "nothing";
}

/**
 * @param {string} id
 * @param {readonly string[]} heads
 * @param {readonly (readonly string[])[]} rows
 */
function fill(id, heads, rows) {
  const head = element("tr", {}, ...heads.map((each) => element("th", { scope: "col" }, each)));
  const body = rows.map(([name, ...cells]) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, visible(name)),
      ...cells.map((each) => element("td", { class: COLOURS[each] }, visible(each))),
    ),
  );
  find(id, HTMLTableElement).replaceChildren(element("thead", {}, head), element("tbody", {}, ...body));
}

const COLOURS = /** @type {Readonly<Record<string, string>>} */ ({ identical: "good", same: "good", differs: "bad" });

/**
 * @param {Info} info
 * @param {readonly Side[]} sides
 * @param {Pairs} pairs
 * @param {readonly Times[]} times
 */
function report({ name, digest }, sides, pairs, times) {
  const document = {
    bundle: { name, digest },
    browser: navigator.userAgent,
    sides: sides.map(({ name: way, artefact, found }, place) => ({ way, artefact, ...found, times: times[place] })),
    inputs: pairs.answered.map(({ name: input, answers }) => ({
      input,
      answers: answers.map((each) => answerJson(each)),
    })),
    tensors: Object.fromEntries(pairs.tensors),
  };
  return new Blob([`${JSON.stringify(document, null, 2)}\n`], { type: "application/json" });
}
