/**
 * Check: does this bundle give its golden answers here?
 */

import { goldenArray } from "./golden.js";
import { bytesOf, sha256 } from "./hash.js";
import { fromPixels } from "./photo.js";

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./golden.js").Expected} Expected */
/** @typedef {import("./golden.js").GoldenCase} GoldenCase */
/** @typedef {import("./pipeline.js").Answer} Answer */

/**
 * `prepared`: the tensors are identical. `output`: within the bound of the artefact; largest is max|a - b| / max|a|, 0 when
 * identical. `answer`: the same classes in the same order.
 *
 * @typedef {{id: string, prepared: boolean, output: {ok: boolean, largest: number}, answer: boolean}} CaseReport
 * @typedef {{artefact: string, bound: number, cases: CaseReport[], pass: boolean}} Report
 */

/**
 * Runs the golden cases of the loaded artefact.
 *
 * @param {Bundle} bundle
 * @param {(report: CaseReport) => void} [onCase]
 * @returns {Promise<Report>}
 */
export async function checkGolden(bundle, onCase = () => {}) {
  const { artefact } = bundle.loaded();
  const golden = await bundle.reader.golden();
  const bound = golden.bounds[artefact];
  /** @type {CaseReport[]} */
  const cases = [];
  for (const each of golden.cases) {
    const report = await checkCase(bundle, each, bound);
    onCase(report);
    cases.push(report);
  }
  const pass = cases.every((each) => each.prepared && each.output.ok && each.answer);
  return { artefact, bound, cases, pass };
}

/**
 * @param {Bundle} bundle
 * @param {GoldenCase} each
 * @param {number} bound
 * @returns {Promise<CaseReport>}
 */
async function checkCase(bundle, each, bound) {
  const { artefact, pipeline } = bundle.loaded();
  const expected = each.artefacts[artefact];
  const inputs = await bundle.reader.goldenInput(each);
  const [{ pixels, width, height }] = Object.values(inputs);
  const tensors = pipeline.prepare(fromPixels(pixels, width, height, { name: each.id }));
  const hashes = Object.entries(tensors).map(
    async ([name, { data }]) => (await sha256(bytesOf(data))) === expected.prepared[name]?.sha256,
  );
  const prepared = (await Promise.all(hashes)).every(Boolean);
  const outputs = await bundle.infer(tensors);
  const largest = largestDifference(expected, outputs);
  return {
    id: each.id,
    prepared,
    output: { ok: bound === 0 ? largest === 0 : largest <= bound, largest },
    answer: sameClasses(pipeline.read(outputs), expected.answer),
  };
}

/**
 * Gives the largest max|a - b| / max|a| of all outputs, a being what is expected.
 *
 * @param {Expected} expected
 * @param {Record<string, ArrayLike<number>>} outputs
 */
function largestDifference(expected, outputs) {
  let largest = 0;
  for (const [name, values] of Object.entries(expected.outputs)) {
    const wanted = Array.from(/** @type {ArrayLike<number | bigint>} */ (goldenArray(values)), Number);
    const found = outputs[name] ?? [];
    if (found.length !== wanted.length) return Infinity;
    let difference = 0;
    let scale = 0;
    for (let i = 0; i < wanted.length; i++) {
      const one = Math.abs(wanted[i] - found[i]);
      difference = one > difference || Number.isNaN(one) ? one : difference;
      scale = Math.max(scale, Math.abs(wanted[i]));
    }
    if (Number.isNaN(difference)) return Infinity;
    if (difference > 0) largest = Math.max(largest, difference / scale);
  }
  return largest;
}

/**
 * @param {Answer} found
 * @param {{classes: readonly {index: number, label?: string}[]}} expected
 */
function sameClasses(found, expected) {
  const form = (/** @type {readonly {index: number, label?: string | null}[]} */ classes) =>
    JSON.stringify(classes.map(({ index, label }) => [index, label ?? null]));
  return form(found.classes) === form(expected.classes);
}
