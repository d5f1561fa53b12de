/**
 * The drawing page: a guess while a visitor draws.
 */

import { classNames } from "../lib/class_names.js";
import { SatchelError } from "../lib/errors.js";
import { latestOnly } from "../lib/latest.js";
import { classRow, nameOf, showState } from "./answers.js";
import { find, setText } from "./dom.js";
import { clear, isBlank, listenForStrokes, picture, pixels, undo } from "./draw-pad.js";
import { listenForFiles } from "./files.js";
import { showView } from "./model-view.js";
import { startPage } from "./page.js";
import { save } from "./save.js";
import { scoreFormat } from "./text.js";
import { showTimings } from "./timings.js";

/** @typedef {import("./page.js").Page} Page */

const INVITATION = "Draw a digit on the paper, and the guess appears here.";

/** Milliseconds without a change after which the guess is said aloud: not at every stroke of a line. */
const STILL = 700;

/** @type {{page?: Page, photo?: File, said?: ReturnType<typeof setTimeout>}} */
const now = {};

const guess = latestOnly(answer, (error) => now.page?.trouble(error));

listenForStrokes(() => {
  now.photo = undefined;
  change();
});
listenForFiles(find("file", HTMLInputElement), ([file]) => {
  clear();
  now.photo = file;
  change();
});
find("undo", HTMLButtonElement).addEventListener("click", undo);
find("clear", HTMLButtonElement).addEventListener("click", clear);
find("save", HTMLButtonElement).addEventListener("click", () => {
  void now.page?.attempt(async () => save(await picture(), "drawing.png"));
});
void startPage({
  onOpen: (page) => {
    now.page = page;
  },
  onReady: () => guess(undefined),
});

function change() {
  for (const id of ["undo", "clear", "save"]) find(id, HTMLButtonElement).disabled = isBlank();
  void guess(undefined);
}

async function answer() {
  const { page, photo } = now;
  if (!page?.loaded) return;
  if (isBlank() && !photo) return invite(INVITATION);
  const { turn, loaded, satchel, info } = page;
  try {
    const found = await satchel.run(photo ?? pixels(), { view: true });
    if (turn !== page.turn || (isBlank() && !now.photo)) return;
    showDigits(found.classes ?? [], classNames(info.spec, info.labels).length);
    showTimings(found.timings, `${loaded.artefact} on ${loaded.label}`);
    if (found.view) showView(found.view, Object.values(found.prepared ?? {})[0]?.sha256 ?? "");
  } catch (error) {
    if (turn !== page.turn) return;
    if (!(error instanceof SatchelError) || error.code !== "input/empty-drawing") throw error;
    invite(photo ? "There is no ink in this picture: write dark on white paper." : INVITATION);
  }
}

/** @param {string} text */
function invite(text) {
  clearTimeout(now.said);
  setText(find("waiting", HTMLElement), text);
  setText(find("announcement", HTMLElement), "");
  showState("waiting");
}

/**
 * Shows the classes in their own order, so that the bars stay where they are while the drawing grows.
 *
 * @param {readonly import("./answers.js").Class[]} classes best first
 * @param {number} count
 */
function showDigits(classes, count) {
  const format = scoreFormat(classes.map(({ score }) => score));
  const [best] = classes;
  setText(find("best-label", HTMLElement), best ? nameOf(best) : "Nothing recognised");
  setText(find("best-share", HTMLElement), best ? format(best.score) : "");
  const rows = [...classes]
    .sort((a, b) => a.index - b.index)
    .slice(0, Math.max(count, 1))
    .map((each) => {
      const row = classRow(each, each.score, format);
      row.toggleAttribute("data-best", each === best);
      return row;
    });
  find("digits", HTMLOListElement).replaceChildren(...rows);
  clearTimeout(now.said);
  now.said = setTimeout(() => {
    if (best) setText(find("announcement", HTMLElement), `${nameOf(best)}, ${format(best.score)}`);
  }, STILL);
  showState("result");
}
