/**
 * The photo page: runs photos through the model that is loaded.
 */

import { givenOfPicture } from "../lib/given_of_picture.js";
import { showAnswer, showState, showValues } from "./answers.js";
import { find } from "./dom.js";
import { kindOf, refuseOther, speakOf } from "./input-kind.js";
import { showView } from "./model-view.js";
import { notice } from "./notice.js";
import { clearOverlay, rowsOf, showOverlay } from "./overlay.js";
import { startPage } from "./page.js";
import { clearActions, showActions } from "./photo-actions.js";
import { listenForAddresses } from "./photo-address.js";
import { listenForPhotos, showNothing, showPhoto, showSamples } from "./photo-input.js";
import { listenToScene, showScene } from "./photo-scene.js";
import { forgetAnswers, listPhotos, markPhoto, tellOf, unanswered } from "./photo-several.js";
import { showSliders } from "./photo-sliders.js";
import { scoreFormat } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("../lib/answers.js").Answer} Answer */
/** @typedef {import("../lib/reread.js").Reading} Reading */
/** @typedef {import("./input-kind.js").Kind} Kind */
/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./photo-input.js").Photo} Photo */

/**
 * `photo` is on the stage; `answered` is the one whose outputs the worker still has.
 *
 * @type {{page?: Page, kind?: Kind, photo?: Photo, answered?: Photo, reading?: Reading}}
 */
const now = {};

listenForPhotos(takePhotos);
listenForAddresses((photo) => takePhotos([photo]), trouble);
listenToScene(trouble);
void startPage({ onOpen: listen, onReady });

/**
 * Asks for what the model takes; what was given to a model of another kind is put away.
 *
 * @param {Page} page
 */
function listen(page) {
  const { spec } = page.info;
  const kind = kindOf(spec);
  now.page = page;
  now.reading = undefined;
  showSamples(page.entry.samples, (photo) => takePhotos([photo]), trouble);
  showSliders(spec, read, trouble);
  clearOverlay();
  if (kind === now.kind) return;
  if (now.kind) {
    showNothing();
    listPhotos([], takePhoto);
    now.photo = undefined;
  }
  now.kind = kind;
  speakOf(kind);
}

/** @param {Page} page */
async function onReady(page) {
  forgetAnswers();
  if (now.photo) await answer(page, now.photo);
  await answerOthers(page);
}

/** @param {readonly Photo[]} photos at least one */
function takePhotos(photos) {
  listPhotos(photos, takePhoto);
  takePhoto(photos[0]);
}

/** @param {Photo} photo */
function takePhoto(photo) {
  now.photo = photo;
  clearOverlay();
  showPhoto(photo);
  markPhoto(photo);
  const { page } = now;
  if (page?.loaded) void page.attempt(() => answer(page, photo).then(() => answerOthers(page)));
}

/**
 * Answers for the photo on the stage.
 *
 * @param {Page} page
 * @param {Photo} photo
 */
async function answer(page, photo) {
  const { turn, info, loaded } = page;
  const wanted = () => photo === now.photo && turn === page.turn;
  showState("busy");
  try {
    const given = await asked(page, photo, { view: true });
    if (!wanted()) return;
    await show(given, info.labels);
    showTimings(given.timings, `${loaded?.artefact} on ${loaded?.label}`);
    if (given.view) showView(given.view, Object.values(given.prepared ?? {})[0]?.sha256 ?? "");
  } catch (error) {
    clearActions();
    if (wanted()) throw error;
  }
}

/**
 * Gives the answer for a photo, and writes it below the photo where there are several.
 *
 * @param {Page} page
 * @param {Photo} photo
 * @param {{view?: boolean}} [options]
 */
async function asked({ satchel, info }, photo, { view = false } = {}) {
  try {
    refuseOther(kindOf(info.spec), photo);
    now.answered = undefined;
    const given = await satchel.run(await givenOfPicture(photo.blob, info.spec), { view, reading: now.reading });
    now.answered = photo;
    tellOf(photo, inShort(given));
    return given;
  } catch (error) {
    tellOf(photo, notice(error, now.kind).querySelector(".notice-title")?.textContent ?? "", true);
    throw error;
  }
}

/**
 * Answers for the listed photos that are not on the stage, one after another, until something else is asked for.
 *
 * @param {Page} page
 */
async function answerOthers(page) {
  const { turn } = page;
  const { photo } = now;
  for (const each of unanswered()) {
    if (turn !== page.turn || photo !== now.photo) return;
    await asked(page, each).catch(() => {}); // told below the photo
  }
}

/**
 * Reads the answer anew, with what the sliders say.
 *
 * @param {Reading} reading
 */
async function read(reading) {
  const { page, photo } = now;
  now.reading = reading;
  if (!page?.loaded || !photo) return;
  if (now.answered !== photo) return answer(page, photo);
  const given = await page.satchel.reread(reading);
  if (photo === now.photo && page.loaded) await show(given, page.info.labels);
}

/**
 * @param {Answer} given
 * @param {Readonly<Record<string, string[]>>} labels
 */
async function show(given, labels) {
  if (given.values) showValues(given.values);
  else showAnswer(rowsOf(given));
  await showOverlay(given);
  await showScene(given.mask);
  const { naturalWidth: width, naturalHeight: height } = find("stage-photo", HTMLImageElement);
  showActions(given, { name: now.photo?.name ?? "photo", width, height }, Object.values(labels)[0] ?? []);
}

/**
 * Gives an answer in a few words: its best class, how many things, the first number.
 *
 * @param {Answer} given
 */
function inShort(given) {
  if (given.values) return String(given.values.data[0]);
  const rows = rowsOf(given);
  const [best] = rows;
  if (!best) return "Nothing recognised";
  const name = best.label ?? `Class ${best.index}`;
  if (given.objects && rows.length > 1) return `${name} and ${rows.length - 1} more`;
  return `${name}, ${scoreFormat(rows.map((each) => each.score))(best.score)}`;
}

/** @param {unknown} error */
function trouble(error) {
  now.page?.trouble(error);
}
