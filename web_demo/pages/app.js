/**
 * The page: opens a bundle, loads an artefact, runs photos through it. All the work is the worker's; this only shows it.
 */

import { startSatchel } from "../lib/client.js";
import { showAnswer, showState, showTrouble, showValues } from "./answers.js";
import { linkReport, showBundles } from "./bundle-choice.js";
import { find, setText, visible } from "./dom.js";
import { givenOf } from "./frame-input.js";
import { showChecking, showReport, showUnchecked } from "./golden-check.js";
import { kindOf, speakOf } from "./input-kind.js";
import { firstChoice, showModel } from "./model-panel.js";
import { showView } from "./model-view.js";
import { notice } from "./notice.js";
import { clearOverlay, rowsOf, showOverlay } from "./overlay.js";
import { listenForPhotos, showNothing, showPhoto, showSamples, showTable } from "./photo-input.js";
import { bytes } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("./input-kind.js").Kind} Kind */
/** @typedef {import("./model-panel.js").Info} Info */
/** @typedef {import("./photo-input.js").Photo} Photo */

const picker = find("bundle", HTMLSelectElement);
const checkButton = find("check", HTMLButtonElement);

/** @type {import("../lib/client.js").Satchel} */
let satchel;

/** @type {{info?: Info, kind?: Kind, artefact?: string, loaded: boolean, runtime: string, photo?: Photo, turn: number}} */
const now = { loaded: false, runtime: "", turn: 0 };

listenForPhotos(takePhoto);
checkButton.addEventListener("click", () => void attempt(check));
picker.addEventListener("change", () => void attempt(() => openChosen()));
void attempt(start);

async function start() {
  const turn = startTurn();
  satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  const [bundles, samples] = await Promise.all([fetchJson("/bundles"), fetchJson("/samples")]);
  showSamples(samples, takePhoto, (error) => showTrouble(notice(error)));
  showBundles(picker, bundles);
  find("bundle-choice", HTMLElement).hidden = bundles.length < 2;
  await openChosen(turn);
}

async function openChosen(turn = startTurn()) {
  const option = picker.selectedOptions[0];
  if (!option) return;
  const info = await satchel.open(option.value, { digest: option.dataset.digest });
  if (turn !== now.turn) return;
  now.info = info;
  linkReport(option);
  listen(kindOf(info.spec));
  document.title = `${visible(info.name)} · Satchel`;
  const artefact = firstChoice(info);
  if (artefact === undefined) {
    showModel(info, "", () => undefined);
    throw new Error("None of this bundle's variants runs in a browser. Pack it with float32 or int8 as well.");
  }
  await load(artefact, turn);
}

/**
 * Asks for what the model takes; what was given to a model of another kind is put away.
 *
 * @param {import("./input-kind.js").Kind} kind
 */
function listen(kind) {
  if (kind === now.kind) return;
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
  if (now.kind === "row" || now.kind === "signal") void showTable(photo);
  else showPhoto(photo);
  if (now.loaded) void attempt(() => answer(photo));
}

/** @param {Photo} photo */
async function answer(photo) {
  const { turn, artefact, runtime, info } = now;
  showState("busy");
  try {
    const asked = info ? await givenOf(photo.blob, info.spec) : photo.blob;
    const given = await satchel.run(asked, { view: true });
    if (photo !== now.photo || turn !== now.turn) return;
    if (given.values) showValues(given.values);
    else showAnswer(rowsOf(given));
    await showOverlay(given);
    showTimings(given.timings, `${artefact} on ${runtime}`);
    if (given.view) showView(given.view, Object.values(given.prepared ?? {})[0]?.sha256 ?? "");
  } catch (error) {
    if (photo === now.photo && turn === now.turn) throw error;
  }
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
    if (turn === now.turn) showUnchecked("The golden cases could not be run.", notice(error));
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
    showTrouble(notice(error));
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
