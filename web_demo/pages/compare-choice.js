/**
 * The two ways that are compared: an artefact in a runtime each.
 */

import { element, find, visible } from "./dom.js";

/** @typedef {import("../lib/candidates.js").Candidate} Candidate */

/** @type {readonly Candidate[]} */
let offered = [];

/**
 * Offers every candidate on both sides; those that this browser lacks are listed with the reason and cannot be chosen.
 *
 * @param {readonly Candidate[]} candidates
 * @throws {Error} when fewer than one runs here
 */
export function offerSides(candidates) {
  offered = candidates;
  const running = candidates.filter((each) => each.absent === null);
  if (running.length === 0) throw new Error("Nothing of this bundle runs in this browser.");
  const best = [...running].sort((one, other) => rank(one) - rank(other));
  const [first] = best;
  const second = best.find((each) => each.artefact !== first.artefact) ?? best[1] ?? first;
  fill(find("side-a", HTMLSelectElement), first);
  fill(find("side-b", HTMLSelectElement), second);
}

/**
 * Gives a candidate's place among those to begin with: int8 before float32, LiteRT.js before others, more threads before one.
 *
 * @param {Candidate} candidate
 */
function rank({ artefact, runtime, backend, threads }) {
  const variant = ["int8", "float32", "float16"].indexOf(artefact.split("/")[0]);
  const way = runtime === "LiteRT.js" && backend === "wasm" ? 0 : 1;
  return 100 * (variant < 0 ? 9 : variant) + 10 * way - threads;
}

/**
 * Gives what is chosen for a side.
 *
 * @param {"A" | "B"} letter
 */
export function sideOf(letter) {
  return offered[Number(find(`side-${letter.toLowerCase()}`, HTMLSelectElement).value)];
}

/**
 * Gives a candidate's name: `int8 on LiteRT.js, wasm, 2 threads`.
 *
 * @param {Candidate} candidate
 */
export function candidateName({ artefact, runtime, backend, threads }) {
  const spread = threads > 1 ? `, ${threads} threads` : "";
  return `${visible(artefact.split("/")[0])} on ${runtime}, ${backend}${spread}`;
}

/**
 * @param {HTMLSelectElement} select
 * @param {Candidate} chosen
 */
function fill(select, chosen) {
  const options = offered.map((each, place) => {
    const why = each.absent === null ? "" : ` (${each.absent})`;
    return element("option", { value: place, disabled: each.absent !== null }, `${candidateName(each)}${why}`);
  });
  select.replaceChildren(...options);
  select.value = String(offered.indexOf(chosen));
}
