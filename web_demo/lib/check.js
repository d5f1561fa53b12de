/**
 * Check: does this bundle give its golden answers here?
 */

import { goldenArray } from "./golden.js";
import { bytesOf, sha256 } from "./hash.js";
import { fromPixels } from "./photo.js";

/** The smallest normal binary32, below which nothing is divided by. */
const SMALLEST = 2 ** -126;

/** @typedef {import("./bundle.js").Bundle} Bundle */
/** @typedef {import("./golden.js").Expected} Expected */
/** @typedef {import("./golden.js").GoldenCase} GoldenCase */
/** @typedef {import("./pipeline.js").Answer} Answer */

/**
 * `prepared`: the tensors are identical. `output`: within the bound of the artefact; largest is max|a - b| / max|a|, 0 when
 * identical. `answer`: the same classes in the same order; among scores nearer than the bound, in any order.
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
    output: { ok: largest <= bound, largest },
    answer: sameRanking(expected.answer, pipeline.read(outputs), bound),
  };
}

/**
 * Gives the largest max|a - b| / max|a| of all outputs, a being what is expected; infinite when lengths differ or a value is no
 * number.
 *
 * @param {Expected} expected
 * @param {Record<string, ArrayLike<number>>} outputs
 */
function largestDifference(expected, outputs) {
  const each = Object.entries(expected.outputs).map(([name, values]) =>
    difference(
      Array.from(/** @type {ArrayLike<number | bigint>} */ (goldenArray(values)), Number),
      outputs[name] ?? [],
    ),
  );
  return Math.max(0, ...each);
}

/**
 * @param {readonly number[]} wanted
 * @param {ArrayLike<number>} found
 */
function difference(wanted, found) {
  if (found.length !== wanted.length) return Infinity;
  let most = 0;
  let scale = SMALLEST;
  for (let i = 0; i < wanted.length; i++) {
    const one = Math.abs(wanted[i] - found[i]);
    if (Number.isNaN(one)) return Infinity;
    most = Math.max(most, one);
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  return most / scale;
}

/**
 * Says whether two rankings are one, where scores nearer than the bound may change places.
 *
 * @param {{classes: readonly {index: number, score: number}[]}} wanted
 * @param {Answer} found
 * @param {number} bound 0 for identical
 */
function sameRanking({ classes: wanted }, { classes: found }, bound) {
  if (wanted.length !== found.length) return false;
  const near = 2 * bound * wanted.reduce((most, { score }) => Math.max(most, Math.abs(score)), 0);
  const scores = new Map(wanted.map(({ index, score }) => [index, score]));
  return found.every(({ index, score }, i) => {
    const { index: place, score: expected } = wanted[i];
    const swapped = bound > 0 && Math.abs((scores.get(index) ?? expected) - expected) <= near;
    return Math.abs(score - expected) <= near && (index === place || swapped);
  });
}
