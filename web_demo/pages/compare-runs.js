/**
 * The runs of a comparison: every input through both sides, then one input many times through each by turns.
 */

import { SatchelError } from "../lib/errors.js";
import { differenceOf, quantile, realOf } from "../lib/difference.js";

/** @typedef {import("../lib/client.js").Satchel} Satchel */
/** @typedef {import("../lib/client.js").RunResult} RunResult */
/** @typedef {import("../lib/difference.js").Difference} Difference */
/** @typedef {import("../lib/spec.js").Spec} Spec */
/** @typedef {{letter: "A" | "B", name: string, artefact: string, satchel: Satchel, found: import("../lib/client.js").Loaded}} Side */
/** @typedef {{name: string, answers: [RunResult, RunResult]}} Answered */
/** @typedef {import("../lib/given_of_file.js").Asked} Asked */

/**
 * `tensors` by name: what the models were given and what they gave, of all inputs together.
 *
 * @typedef {{answered: Answered[], taken: Asked[], tensors: Map<string, Difference>}} Pairs `taken` are the inputs that both answered
 * @typedef {{median: number, p95: number, infer: number}} Times in milliseconds; `infer` is the model's own median
 */

export const RUNS = 30;
const WARM_UP = 5;

/**
 * Runs every input through both sides; rows of a table that the model cannot take are passed over.
 *
 * @param {readonly Side[]} sides A, then B
 * @param {readonly Asked[]} asked
 * @param {Spec} spec
 * @param {(done: number) => void} onInput
 * @returns {Promise<Pairs>}
 * @throws {SatchelError} input/..., where no input can be taken, or one that is a whole file
 */
export async function gathered([a, b], asked, spec, onInput) {
  /** @type {Answered[]} */
  const answered = [];
  /** @type {Map<string, [Float64Array[], Float64Array[]]>} */
  const gathering = new Map();
  /** @type {Asked[]} */
  const taken = [];
  for (const [place, each] of asked.entries()) {
    const { name, given } = each;
    onInput(place);
    const first = await a.satchel.run(given, { outputs: true }).catch((error) => {
      const more = taken.length > 0 || place < asked.length - 1;
      if ("row" in given && more && error instanceof SatchelError && error.code.startsWith("input/")) return undefined;
      throw error;
    });
    if (first === undefined) continue;
    taken.push(each);
    const second = await b.satchel.run(given, { outputs: true });
    answered.push({ name, answers: [first, second] });
    for (const [side, run] of [first, second].entries()) gather(gathering, side, [a, b][side].artefact, run, spec);
    delete first.tensors;
    delete second.tensors;
  }
  const tensors = new Map([...gathering].map(([name, [one, other]]) => [name, differenceOf(whole(one), whole(other))]));
  return { answered, taken, tensors };
}

/**
 * @param {Map<string, [Float64Array[], Float64Array[]]>} gathering
 * @param {number} side
 * @param {string} artefact
 * @param {RunResult} run
 * @param {Spec} spec
 */
function gather(gathering, side, artefact, { tensors }, { inputs, outputs }) {
  const parts = /** @type {const} */ ([
    [inputs, tensors?.prepared.map((each) => Object.fromEntries(Object.entries(each).map(([k, v]) => [k, v.data])))],
    [outputs, tensors?.outputs],
  ]);
  for (const [described, windows] of parts) {
    for (const { name, tensor } of described) {
      const kept = gathering.get(name) ?? [[], []];
      gathering.set(name, kept);
      for (const each of windows ?? []) kept[side].push(realOf(each[name], tensor[artefact]));
    }
  }
}

/** @param {readonly Float64Array[]} parts */
function whole(parts) {
  const out = new Float64Array(parts.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Times one input through both sides, by turns, after warming both up.
 *
 * @param {readonly Side[]} sides
 * @param {import("../lib/bundle.js").Given} given
 * @param {(done: number) => void} onRun
 * @returns {Promise<Times[]>}
 */
export async function timed(sides, given, onRun) {
  const runs = sides.map(() => /** @type {import("../lib/bundle.js").Timings[]} */ ([]));
  for (let i = -WARM_UP; i < RUNS; i++) {
    if (i >= 0) onRun(i);
    for (const [place, { satchel }] of sides.entries()) {
      const { timings } = await satchel.run(given);
      if (i >= 0) runs[place].push(timings);
    }
  }
  return runs.map((each) => {
    const totals = each.map(({ total }) => total);
    const infers = each.map(({ infer }) => infer);
    return { median: quantile(totals, 0.5), p95: quantile(totals, 0.95), infer: quantile(infers, 0.5) };
  });
}
