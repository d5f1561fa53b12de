/**
 * The photo page: runs photos through the model that is loaded.
 */

import { showAnswer, showState, showValues } from "./answers.js";
import { givenOf } from "./frame-input.js";
import { isTabled, kindOf, refuseOther, speakOf } from "./input-kind.js";
import { showView } from "./model-view.js";
import { clearOverlay, rowsOf, showOverlay } from "./overlay.js";
import { startPage } from "./page.js";
import { listenForPhotos, showNothing, showPhoto, showSamples, showTable } from "./photo-input.js";
import { answerRows, clearRows, readTable, showRows } from "./rows.js";
import { milliseconds } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("./input-kind.js").Kind} Kind */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./photo-input.js").Photo} Photo */

/** @type {{page?: Page, kind?: Kind, photo?: Photo}} */
const now = {};

listenForPhotos(takePhoto);
void startPage({ onOpen: listen, onReady });

/**
 * Asks for what the model takes; what was given to a model of another kind is put away, and so is a table, whose columns are those
 * of one model.
 *
 * @param {Page} page
 */
function listen(page) {
  now.page = page;
  const kind = kindOf(page.info.spec);
  showSamples(page.entry.samples, takePhoto, page.trouble);
  if (kind === now.kind && !isTabled(kind)) return;
  if (now.kind) {
    showNothing();
    now.photo = undefined;
  }
  clearOverlay();
  now.kind = kind;
  speakOf(kind);
}

/** @param {Page} page */
async function onReady(page) {
  if (now.photo) await answer(page, now.photo);
}

/** @param {Photo} photo */
function takePhoto(photo) {
  now.photo = photo;
  clearOverlay();
  if (isTabled(now.kind)) void showTable(photo);
  else showPhoto(photo);
  const { page } = now;
  if (page?.loaded) void page.attempt(() => answer(page, photo));
}

/**
 * @param {Page} page
 * @param {Photo} photo
 */
async function answer(page, photo) {
  const { turn, info } = page;
  const kind = kindOf(info.spec);
  const wanted = () => photo === now.photo && turn === page.turn;
  showState("busy");
  try {
    refuseOther(kind, photo);
    const table = kind === "row" && info.spec.inputs.length === 1 ? await readTable(photo.blob, info.spec) : undefined;
    if (table && table.rows.length > 1) await answerTable(page, table, wanted);
    else await answerOne(page, photo, wanted);
  } catch (error) {
    if (wanted()) throw error;
  }
}

/**
 * @param {Page} page
 * @param {Photo} photo
 * @param {() => boolean} wanted whether anybody still waits
 */
async function answerOne({ satchel, info, loaded }, photo, wanted) {
  const given = await satchel.run(await givenOf(photo.blob, info.spec), { view: true });
  if (!wanted()) return;
  clearRows();
  if (given.values) showValues(given.values);
  else showAnswer(rowsOf(given));
  await showOverlay(given);
  showTimings(given.timings, `${loaded?.artefact} on ${loaded?.label}`);
  if (given.view) showView(given.view, Object.values(given.prepared ?? {})[0]?.sha256 ?? "");
}

/**
 * @param {Page} page
 * @param {import("./rows.js").Table} table
 * @param {() => boolean} wanted whether anybody still waits
 */
async function answerTable({ satchel, loaded }, table, wanted) {
  const start = performance.now();
  const lines = await answerRows(table, (row) => satchel.run({ row }), wanted);
  const note = `${milliseconds(performance.now() - start)}, ${loaded?.artefact} on ${loaded?.label}`;
  if (wanted()) showRows(lines, table, note);
}
