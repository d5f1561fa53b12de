/**
 * The page: opens a bundle, loads an artefact, runs photos through it. All the work is the worker's; this only shows it.
 */

import { startSatchel } from "../lib/client.js";
import { showAnswer, showState, showTrouble, showValues } from "./answers.js";
import { linkReport, showBundles } from "./bundle-choice.js";
import { find, setText, visible } from "./dom.js";
import { givenOf } from "./frame-input.js";
import { showChecking, showReport, showUnchecked } from "./golden-check.js";
import { isTabled, kindOf, refuseOther, speakOf } from "./input-kind.js";
import { firstChoice, showModel } from "./model-panel.js";
import { showView } from "./model-view.js";
import { notice } from "./notice.js";
import { clearOverlay, rowsOf, showOverlay } from "./overlay.js";
import { listenForPhotos, showNothing, showPhoto, showSamples, showTable } from "./photo-input.js";
import { answerRows, clearRows, readTable, showRows } from "./rows.js";
import { bytes, milliseconds } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("./input-kind.js").Kind} Kind */
/** @typedef {import("./model-panel.js").Info} Info */
/** @typedef {import("./photo-input.js").Photo} Photo */

const picker = find("bundle", HTMLSelectElement);
const checkButton = find("check", HTMLButtonElement);

/** @type {import("../lib/client.js").Satchel} */
let satchel;

/** @type {readonly import("./bundle-choice.js").Served[]} */
let served = [];

/** @type {{info?: Info, kind?: Kind, artefact?: string, loaded: boolean, runtime: string, photo?: Photo, turn: number}} */
const now = { loaded: false, runtime: "", turn: 0 };

listenForPhotos(takePhoto);
checkButton.addEventListener("click", () => void attempt(check));
picker.addEventListener("change", () => void attempt(() => openChosen()));
void attempt(start);

async function start() {
  const turn = startTurn();
  satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  served = await fetchJson("/bundles");
  showBundles(picker, served);
  find("bundle-choice", HTMLElement).hidden = served.length < 2;
  await openChosen(turn);
}

async function openChosen(turn = startTurn()) {
  const option = picker.selectedOptions[0];
  if (!option) return;
  offerSamples([]);
  const info = await satchel.open(option.value, { digest: option.dataset.digest });
  if (turn !== now.turn) return;
  now.info = info;
  linkReport(option);
  listen(kindOf(info.spec));
  offerSamples(served[picker.selectedIndex]?.samples ?? []);
  document.title = `${visible(info.name)} · Satchel`;
  const artefact = firstChoice(info);
  if (artefact === undefined) {
    showModel(info, "", () => undefined);
    throw new Error("None of this bundle's variants runs in a browser. Pack it with float32 or int8 as well.");
  }
  await load(artefact, turn);
}

/** @param {readonly string[]} names */
function offerSamples(names) {
  showSamples(names, takePhoto, (error) => showTrouble(notice(error, now.kind)));
}

/**
 * Asks for what the model takes; what was given to a model of another kind is put away, and so is a table, whose columns are those
 * of one model.
 *
 * @param {import("./input-kind.js").Kind} kind
 */
function listen(kind) {
  if (kind === now.kind && !isTabled(kind)) return;
  if (now.kind) showNothing();
  clearOverlay();
  now.photo = undefined;
  now.kind = kind;
  speakOf(kind);
}

/**
 * Loads an artefact, answers for the photo on the stage, then runs the golden cases.
 *
 * @param {string} artefact
 * @param {number} [turn]
 */
async function load(artefact, turn = startTurn()) {
  const { info } = now;
  if (!info) return;
  now.artefact = artefact;
  showModel(info, artefact, (chosen) => void attempt(() => load(chosen)));
  showProgress(`Fetching ${artefact}`, 0, 0);
  showState("loading");
  const loaded = await satchel.load(artefact, (/** @type {{loaded: number, total: number}} */ progress) => {
    if (turn === now.turn) showProgress(`Fetching ${artefact}`, progress.loaded, progress.total);
  });
  if (turn !== now.turn) return;
  now.loaded = true;
  now.runtime = `${loaded.runtime}, ${loaded.threads} ${loaded.threads === 1 ? "thread" : "threads"}`;
  if (now.photo) await answer(now.photo);
  else showState("waiting");
  await check();
}

/** @param {Photo} photo */
function takePhoto(photo) {
  now.photo = photo;
  clearOverlay();
  if (isTabled(now.kind)) void showTable(photo);
  else showPhoto(photo);
  if (now.loaded) void attempt(() => answer(photo));
}

/** @param {Photo} photo */
async function answer(photo) {
  const { turn, info, kind } = now;
  if (!info || !kind) return;
  const wanted = () => photo === now.photo && turn === now.turn;
  showState("busy");
  try {
    refuseOther(kind, photo);
    const table = kind === "row" && info.spec.inputs.length === 1 ? await readTable(photo.blob, info.spec) : undefined;
    if (table && table.rows.length > 1) await answerTable(table, wanted);
    else await answerOne(photo, info, wanted);
  } catch (error) {
    if (wanted()) throw error;
  }
}

/**
 * @param {Photo} photo
 * @param {Info} info
 * @param {() => boolean} wanted whether anybody still waits
 */
async function answerOne(photo, info, wanted) {
  const { artefact, runtime } = now;
  const given = await satchel.run(await givenOf(photo.blob, info.spec), { view: true });
  if (!wanted()) return;
  clearRows();
  if (given.values) showValues(given.values);
  else showAnswer(rowsOf(given));
  await showOverlay(given);
  showTimings(given.timings, `${artefact} on ${runtime}`);
  if (given.view) showView(given.view, Object.values(given.prepared ?? {})[0]?.sha256 ?? "");
}

/**
 * @param {import("./rows.js").Table} table
 * @param {() => boolean} wanted whether anybody still waits
 */
async function answerTable(table, wanted) {
  const { artefact, runtime } = now;
  const start = performance.now();
  const lines = await answerRows(table, (row) => satchel.run({ row }), wanted);
  if (wanted()) showRows(lines, table, `${milliseconds(performance.now() - start)}, ${artefact} on ${runtime}`);
}

async function check() {
  const { turn, artefact } = now;
  if (!now.loaded || !artefact) return;
  showChecking();
  checkButton.disabled = true;
  try {
    const report = await satchel.check();
    if (turn === now.turn) showReport(report, artefact);
  } catch (error) {
    if (turn === now.turn) showUnchecked("The golden cases could not be run.", notice(error, now.kind));
  }
  checkButton.disabled = turn !== now.turn;
}

/** Gives the number of the new turn; whatever an earlier one still brings is then dropped. */
function startTurn() {
  now.turn += 1;
  now.loaded = false;
  showChecking();
  checkButton.disabled = true;
  find("notice", HTMLElement).replaceChildren();
  return now.turn;
}

/**
 * Does what was asked, and shows why it could not be done, unless something else has been asked since.
 *
 * @param {() => Promise<void>} work
 */
async function attempt(work) {
  const working = work();
  const { turn } = now;
  try {
    await working;
  } catch (error) {
    if (turn !== now.turn) return;
    showTrouble(notice(error, now.kind));
    if (!now.loaded) showUnchecked("No model could be loaded, so nothing could be checked.");
  }
}

/**
 * @param {string} what
 * @param {number} loaded
 * @param {number} total
 */
function showProgress(what, loaded, total) {
  const bar = find("loading-bar", HTMLProgressElement);
  if (total > 0) bar.value = loaded / total;
  else bar.removeAttribute("value");
  setText(find("loading-text", HTMLElement), total > 0 ? `${what}: ${bytes(loaded)} of ${bytes(total)}` : `${what}…`);
}

/** @param {string} url */
async function fetchJson(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
  return response.json();
}
