/**
 * The check page: every golden input through every variant and runtime of this browser, one after another.
 */

import { reportOf } from "../lib/browser_report.js";
import { startSatchel } from "../lib/client.js";
import { addRows, showTrial } from "./check-table.js";
import { find, setText } from "./dom.js";
import { startPage } from "./page.js";
import { save } from "./save.js";

/** @typedef {import("../lib/browser_report.js").BrowserReport} BrowserReport */
/** @typedef {import("../lib/client.js").Satchel} Satchel */

const again = find("again", HTMLButtonElement);
const cancel = find("cancel", HTMLButtonElement);
const keep = find("save", HTMLButtonElement);
const bar = find("progress", HTMLProgressElement);

/** @type {{working?: Satchel, report?: BrowserReport}} */
const now = {};

const page = await startPage({ bare: true });

/** What the first check finds; `satchel check --browser` waits for it. */
export const found = checked();
found.catch(page.trouble);

again.addEventListener("click", () => void checked().catch(page.trouble));
cancel.addEventListener("click", () => {
  const { working } = now;
  now.working = undefined;
  working?.close();
});
keep.addEventListener("click", () => {
  if (!now.report) return;
  const blob = new Blob([JSON.stringify(now.report, null, 2)], { type: "application/json" });
  save(blob, `check-${now.report.bundle.digest.slice(0, 12)}.json`);
});

/** Checks every candidate in a worker of its own, so that a cancelled one ends at once. */
async function checked() {
  busy(true);
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  now.working = satchel;
  try {
    return await checkAll(satchel);
  } catch (error) {
    if (now.working === satchel) {
      tell("The check could not be carried out.", "bad");
      throw error;
    }
    tell("Cancelled.", "waiting");
    return null;
  } finally {
    satchel.close();
    busy(false);
  }
}

/** @param {Satchel} satchel */
async function checkAll(satchel) {
  const { entry, info } = page;
  await satchel.open(entry.blob ?? entry.url, { digest: entry.digest });
  const candidates = await satchel.candidates();
  const rows = addRows(candidates);
  const trials = [];
  for (const [at, candidate] of candidates.entries()) {
    const name = `${candidate.artefact} on ${candidate.runtime} ${candidate.backend}`;
    tell(`Checking ${at + 1} of ${candidates.length}…`, "waiting");
    setText(find("progress-text", HTMLElement), name);
    const trial = await satchel.trial(candidate);
    showTrial(rows[at], trial);
    trials.push(trial);
    bar.value = (at + 1) / candidates.length;
  }
  const { userAgent: agent, hardwareConcurrency: cores } = navigator;
  const report = reportOf(info, { agent, cores, isolated: crossOriginIsolated }, trials);
  now.report = report;
  tell(report.verdict, report.ok ? "good" : "bad");
  setText(find("progress-text", HTMLElement), `${trials.length} of ${trials.length} done`);
  return report;
}

/** @param {boolean} working */
function busy(working) {
  again.disabled = working;
  cancel.disabled = !working;
  keep.disabled = working || now.report === undefined;
  if (working) bar.value = 0;
}

/**
 * @param {string} text
 * @param {"waiting" | "good" | "bad"} state
 */
function tell(text, state) {
  const verdict = find("verdict", HTMLElement);
  setText(verdict, text);
  verdict.dataset.state = state;
}
