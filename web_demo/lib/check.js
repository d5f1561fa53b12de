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
 * `prepared`: the tensors are identical. `output`: within the bound of the artefact in every run; largest is max|a - b| / max|a|, 0
 * when identical. `answer`: the same in every run, as same_answer.js means it. `verdict`: "right once" where some runs are right and
 * others are not, as some accelerators do it.
 *
 * @typedef {"right" | "right once" | "wrong"} Verdict
 * @typedef {object} CaseReport
 * @property {string} id
 * @property {boolean} prepared
 * @property {{ok: boolean, largest: number}} output
 * @property {boolean} answer
 * @property {Verdict} verdict
 * @property {number[]} milliseconds of the model alone, in each run
 *
 * @typedef {{artefact: string, bound: number, runs: number, cases: CaseReport[], pass: boolean}} Report
 */

/**
 * `onCase` is told of every case when it is done; each is run so many times, twice without `runs`.
 *
 * @typedef {{onCase?: (report: CaseReport) => void, runs?: number}} CheckOptions
 */

/**
 * Runs the golden cases of the loaded artefact.
 *
 * @param {Checked} bundle
 * @param {CheckOptions} [options]
 * @returns {Promise<Report>}
 */
export async function checkGolden(bundle, { onCase = () => {}, runs = 2 } = {}) {
  const { artefact } = bundle.loaded();
  const golden = await bundle.reader.golden();
  const bound = golden.bounds[artefact];
  /** @type {CaseReport[]} */
  const cases = [];
  for (const each of golden.cases) {
    const report = await checkCase(bundle, each, { bound, runs });
    onCase(report);
    cases.push(report);
  }
  const pass = cases.every((each) => each.verdict === "right");
  return { artefact, bound, runs, cases, pass };
}

/**
 * @param {Checked} bundle
 * @param {GoldenCase} each
 * @param {{bound: number, runs: number}} how
 * @returns {Promise<CaseReport>}
 */
async function checkCase(bundle, each, { bound, runs }) {
  const { artefact } = bundle.loaded();
  const expected = each.artefacts[artefact];
  const windows = await goldenWindows(bundle, each);
  const prepared = await preparedSame(windows, expected);
  const found = [];
  for (let run = 0; run < runs; run++) found.push(await runOnce(bundle, windows, expected, bound));
  const right = found.filter(({ largest, answer }) => prepared && largest <= bound && answer).length;
  const largest = Math.max(...found.map((one) => one.largest));
  return {
    id: each.id,
    prepared,
    output: { ok: largest <= bound, largest },
    answer: found.every((one) => one.answer),
    verdict: right === runs ? "right" : right > 0 ? "right once" : "wrong",
    milliseconds: found.map((one) => one.milliseconds),
  };
}

/**
 * Gives the tensors that the loaded pipeline makes of a golden case.
 *
 * @param {Checked} bundle
 * @param {GoldenCase} each
 */
export async function goldenWindows(bundle, each) {
  return bundle.loaded().pipeline.windows(await givenBy(bundle, each));
}

/**
 * @param {readonly import("./pipeline_base.js").Prepared[]} windows
 * @param {Expected} expected
 */
async function preparedSame(windows, expected) {
  const same = Object.keys(windows[0].tensors).map(async (name) => {
    const parts = windows.map(({ tensors }) => tensors[name].data);
    return (await sha256(bytesOf(joined(parts)))) === expected.prepared[name]?.sha256;
  });
  return (await Promise.all(same)).every(Boolean);
}

/**
 * Gives how far the outputs of one run are off, and whether their answer is the expected one.
 *
 * @param {Checked} bundle
 * @param {readonly import("./pipeline_base.js").Prepared[]} windows
 * @param {Expected} expected
 * @param {number} bound
 */
async function runOnce(bundle, windows, expected, bound) {
  /** @type {{outputs: Record<string, ArrayLike<number>>, start?: number}[]} */
  const outputs = [];
  const start = performance.now();
  for (const { tensors, start: first } of windows) outputs.push({ outputs: await bundle.infer(tensors), start: first });
  const milliseconds = performance.now() - start;
  const raw = outputs.map((window) => window.outputs);
  const { pipeline } = bundle.loaded();
  return {
    largest: await largestDifference(expected, raw, bound),
    answer: answersSame(() => pipeline.readWindows(outputs, windows[0].trace), expected, bound),
    milliseconds,
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
