/**
 * The proof: the bundle's golden inputs, run here, against what the bundle says they give.
 */

import { element, find, setText, visible } from "./dom.js";

/**
 * @typedef {{id: string, prepared: boolean, output: {ok: boolean, largest: number}, answer: boolean}} Case
 * @typedef {{cases: readonly Case[], pass: boolean}} Report
 */

/** Shows that a check is under way, or that a model is being loaded which will then be checked. */
export function showChecking() {
  setSeal("waiting", "Checking…");
  delete document.getElementById("proof")?.dataset.artefact;
}

/**
 * Shows what a check found.
 *
 * @param {Report} report
 * @param {string} artefact
 */
export function showReport(report, artefact) {
  const good = report.cases.filter(passes).length;
  const count = `${good} of ${report.cases.length}`;
  setSeal(report.pass ? "good" : "bad", report.pass ? "Answers verified" : "Answers differ");
  setText(
    find("proof-line", HTMLElement),
    report.pass
      ? `The answers here are the bundle's: ${count} golden cases, ${closeness(report.cases)}.`
      : `The answers here are not the bundle's: only ${count} golden cases pass. Do not rely on this browser for ${artefact}.`,
  );
  find("proof-table", HTMLElement).replaceChildren(table(report.cases));
  find("proof", HTMLElement).dataset.artefact = artefact;
}

/**
 * Shows that nothing could be checked, and why.
 *
 * @param {string} reason
 * @param {...HTMLElement} notice
 */
export function showUnchecked(reason, ...notice) {
  setSeal("bad", "Not checked");
  if (!document.getElementById("proof")) return;
  setText(find("proof-line", HTMLElement), reason);
  find("proof-table", HTMLElement).replaceChildren(...notice);
}

/** @param {Case} each */
function passes(each) {
  return each.prepared && each.output.ok && each.answer;
}

/** @param {readonly Case[]} cases */
function closeness(cases) {
  const largest = Math.max(0, ...cases.map((each) => each.output.largest));
  return largest === 0 ? "identical to the bit" : `outputs within ${largest.toExponential(1)} of the largest`;
}

/**
 * Sets the seal in the top line; a page may have it without the proof, or neither.
 *
 * @param {"waiting" | "good" | "bad"} state
 * @param {string} text
 */
export function setSeal(state, text) {
  const seal = document.getElementById("seal");
  if (!seal) return;
  seal.dataset.state = state;
  const card = document.getElementById("proof");
  if (card) card.dataset.state = state;
  setText(find("seal-text", HTMLElement), text);
}

/** @param {readonly Case[]} cases */
function table(cases) {
  const head = ["Case", "Prepared", "Output", "Answer"].map((title) => element("th", { scope: "col" }, title));
  const rows = cases.map((each) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, visible(each.id)),
      mark(each.prepared, "identical", "differs"),
      mark(each.output.ok, outputText(each.output.largest), `off by ${each.output.largest.toExponential(1)}`),
      mark(each.answer, "same", "differs"),
    ),
  );
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

/** @param {number} largest */
function outputText(largest) {
  return largest === 0 ? "identical" : `within ${largest.toExponential(1)}`;
}

/**
 * @param {boolean} ok
 * @param {string} good
 * @param {string} bad
 */
function mark(ok, good, bad) {
  return element("td", { class: ok ? "good" : "bad" }, ok ? good : bad);
}
