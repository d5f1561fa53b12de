/**
 * The compare page: two variants or runtimes of a bundle on the same inputs. Never both at once: each would slow the other.
 */

import { startSatchel } from "../lib/client.js";
import { givenOfFile } from "../lib/given_of_file.js";
import { candidateName, offerSides, sideOf } from "./compare-choice.js";
import { showComparison } from "./compare-result.js";
import { gathered, RUNS, timed } from "./compare-runs.js";
import { find, setText } from "./dom.js";
import { listenForFiles } from "./files.js";
import { startPage } from "./page.js";

/** @typedef {import("../lib/given_of_file.js").Asked} Asked */
/** @typedef {import("./compare-runs.js").Side} Side */
/** @typedef {import("./page.js").Page} Page */

/** Inputs that are compared, and samples that are taken for them. */
const MOST_INPUTS = 50;
const MOST_SAMPLES = 8;

const run = find("run", HTMLButtonElement);

/** @type {{files: {blob: Blob, name: string}[]}} */
const now = { files: [] };

const page = await startPage({ bare: true });
listenForFiles(find("file", HTMLInputElement), (files) => {
  now.files = files.map((file) => ({ blob: file, name: file.name }));
  setText(find("inputs-text", HTMLElement), `${files.length} ${files.length === 1 ? "file" : "files"} of yours`);
  void page.attempt(() => compare(page));
});
run.addEventListener("click", () => void page.attempt(() => compare(page)));
void page.attempt(begin);

async function begin() {
  offerSides(await page.satchel.candidates());
  if (page.entry.samples.length === 0) {
    setText(find("inputs-text", HTMLElement), "This bundle has no samples here: choose a file");
    tell("Choose the inputs that both shall answer.", 0);
    run.disabled = true;
    return;
  }
  run.disabled = false;
  await compare(page);
}

/** @param {Page} page */
async function compare({ satchel, info, entry }) {
  run.disabled = true;
  try {
    const asked = await inputs(info.spec, entry.samples);
    const other = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
    try {
      await other.open(entry.blob ?? entry.url, { digest: entry.digest, keep: entry.blob === undefined });
      const sides = [await loaded("A", satchel), await loaded("B", other)];
      const pairs = await gathered(sides, asked, info.spec, (done) =>
        tell(`Input ${done + 1} of ${asked.length}`, 0.4 + (0.2 * done) / asked.length),
      );
      const times = await timed(sides, pairs.taken[0].given, (done) =>
        tell(`Run ${done + 1} of ${RUNS} of each`, 0.6 + (0.4 * done) / RUNS),
      );
      showComparison(info, sides, pairs, times);
      tell("Done.", 1);
    } finally {
      other.close();
    }
  } catch (error) {
    tell("", 0);
    throw error;
  } finally {
    run.disabled = false;
  }
}

/**
 * Loads what is chosen for a side.
 *
 * @param {"A" | "B"} letter
 * @param {import("../lib/client.js").Satchel} satchel
 * @returns {Promise<Side>}
 */
async function loaded(letter, satchel) {
  const { artefact, backend, threads } = sideOf(letter);
  const name = candidateName(sideOf(letter));
  const from = letter === "A" ? 0 : 0.2;
  const found = await satchel.load(artefact, {
    backend,
    threads,
    onProgress: ({ loaded: count, total }) => tell(`Fetching ${name}`, from + (0.2 * count) / Math.max(total, 1)),
  });
  return { letter, name, artefact, satchel, found };
}

/**
 * Gives what both sides are asked about.
 *
 * @param {import("../lib/spec.js").Spec} spec
 * @param {readonly string[]} samples
 * @returns {Promise<Asked[]>}
 */
async function inputs(spec, samples) {
  const files = now.files.length > 0 ? now.files : await Promise.all(samples.slice(0, MOST_SAMPLES).map(sample));
  /** @type {Asked[]} */
  const asked = [];
  for (const { blob, name } of files) asked.push(...(await givenOfFile(blob, name, spec, MOST_INPUTS - asked.length)));
  if (asked.length === 0) throw new Error("These files hold no input: choose others.");
  return asked.slice(0, MOST_INPUTS);
}

/** @param {string} name */
async function sample(name) {
  const response = await fetch(`/samples/${encodeURIComponent(name)}`);
  if (!response.ok) throw new Error(`The sample ${name} could not be fetched: ${await response.text()}`);
  return { blob: await response.blob(), name };
}

/**
 * @param {string} text
 * @param {number} share
 */
function tell(text, share) {
  setText(find("progress-text", HTMLElement), text);
  find("progress", HTMLProgressElement).value = share;
}
