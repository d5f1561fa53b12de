/**
 * Check: does this bundle give its golden answers here?
 */

import { answerJson } from "./answers.js";
import { SatchelError } from "./errors.js";
import { goldenArray, goldenTensor } from "./golden.js";
import { sha256 } from "./hash.js";
import { bytesOf } from "./ops/bytes.js";
import { joined } from "./ops/joined.js";
import { sizeOf } from "./ops/shapes.js";
import { fromPixels } from "./photo_pixels.js";
import { sameAnswer } from "./same_answer.js";

/** The smallest normal binary32, below which nothing is divided by. */
const SMALLEST = 2 ** -126;

/** @typedef {import("./golden.js").Expected} Expected */
/** @typedef {import("./golden.js").GoldenCase} GoldenCase */

/**
 * What is checked: a bundle, one of its artefacts with its pipeline, and what runs the model. An open Bundle is all of it.
 *
 * @typedef {object} Checked
 * @property {import("./bundle_reader.js").BundleReader} reader
 * @property {() => {artefact: string, pipeline: import("./pipeline_base.js").PipelineBase}} loaded
 * @property {(tensors: Record<string, import("./families.js").TensorValue>) => Promise<Record<string, ArrayLike<number>>>} infer
 *   tensors by input name -> the raw values by output name
 */

/**
 * `prepared`: the tensors are identical. `output`: within the bound of the artefact; largest is max|a - b| / max|a|, 0 when
 * identical. `answer`: the same, as same_answer.js means it.
 *
 * @typedef {{id: string, prepared: boolean, output: {ok: boolean, largest: number}, answer: boolean}} CaseReport
 * @typedef {{artefact: string, bound: number, cases: CaseReport[], pass: boolean}} Report
 */

/**
 * Runs the golden cases of the loaded artefact.
 *
 * @param {Checked} bundle
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
 * @param {Checked} bundle
 * @param {GoldenCase} each
 * @param {number} bound
 * @returns {Promise<CaseReport>}
 */
async function checkCase(bundle, each, bound) {
  const { artefact, pipeline } = bundle.loaded();
  const expected = each.artefacts[artefact];
  const windows = pipeline.windows(await givenBy(bundle, each));
  const prepared = await Promise.all(
    Object.keys(windows[0].tensors).map(async (name) => {
      const parts = windows.map(({ tensors }) => tensors[name].data);
      return (await sha256(bytesOf(joined(parts)))) === expected.prepared[name]?.sha256;
    }),
  );
  /** @type {{outputs: Record<string, ArrayLike<number>>, start?: number}[]} */
  const outputs = [];
  for (const { tensors, start } of windows) outputs.push({ outputs: await bundle.infer(tensors), start });
  const largest = await largestDifference(
    expected,
    outputs.map((window) => window.outputs),
    bound,
  );
  return {
    id: each.id,
    prepared: prepared.every(Boolean),
    output: { ok: largest <= bound, largest },
    answer: answersSame(() => pipeline.readWindows(outputs, windows[0].trace), expected, bound),
  };
}

/**
 * Says whether the answer is the expected one; outputs that no answer can be read from give none.
 *
 * @param {() => import("./answers.js").Answer} read
 * @param {Expected} expected
 * @param {number} bound
 */
function answersSame(read, expected, bound) {
  try {
    return sameAnswer(expected.answer, answerJson(read()), bound);
  } catch (error) {
    if (error instanceof SatchelError) return false;
    throw error;
  }
}

/**
 * Gives what the steps of each input take, of a golden case.
 *
 * @param {Checked} bundle
 * @param {GoldenCase} each
 */
async function givenBy(bundle, each) {
  const { pipeline } = bundle.loaded();
  const inputs = await bundle.reader.goldenInput(each);
  for (const [name, input] of Object.entries(inputs)) {
    if (input.pixels instanceof Uint8Array)
      inputs[name] = fromPixels(input.pixels, input.width, input.height, { name: each.id });
  }
  const values = Object.values(inputs);
  return pipeline.load(values.length === 1 ? values[0] : inputs);
}

/**
 * Gives the largest max|a - b| / max|a| of all outputs, a being what is expected; infinite when lengths differ or a value is no
 * number. Several windows stand one after another. Of a large output only some values are kept, and its hash: where the bound is 0,
 * another hash is an infinite difference.
 *
 * @param {Expected} expected
 * @param {readonly Record<string, ArrayLike<number>>[]} windows
 * @param {number} bound
 */
async function largestDifference(expected, windows, bound) {
  let most = 0;
  for (const [name, values] of Object.entries(expected.outputs)) {
    const found = windows.flatMap((outputs) => Array.from(outputs[name] ?? [], Number));
    const wanted = Array.from(/** @type {ArrayLike<number | bigint>} */ (goldenArray(values)), Number);
    const size = sizeOf(values.shape);
    if (found.length !== size) return Infinity;
    if (values.every === undefined) most = Math.max(most, difference(wanted, found));
    else if (bound === 0 && (await sha256(bytesOf(goldenTensor(values.dtype, found)))) !== values.sha256)
      return Infinity;
    else {
      const { every } = values;
      most = Math.max(
        most,
        difference(
          wanted,
          found.filter((_, i) => i % every === 0),
          values.largest,
        ),
      );
    }
  }
  return most;
}

/**
 * @param {readonly number[]} wanted
 * @param {ArrayLike<number>} found
 * @param {number} [largest] what is known of the largest magnitude
 */
function difference(wanted, found, largest = 0) {
  if (found.length !== wanted.length) return Infinity;
  let most = 0;
  let scale = Math.max(SMALLEST, largest);
  for (let i = 0; i < wanted.length; i++) {
    const one = Math.abs(wanted[i] - found[i]);
    if (Number.isNaN(one)) return Infinity;
    most = Math.max(most, one);
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  return most / scale;
}
