/**
 * What every page that tries a bundle does: opens the bundle of its address, draws top line and tabs, loads the artefact that is
 * chosen, runs the golden cases. What is done with the model is the page's own.
 */

import { startSatchel } from "../lib/client.js";
import { SatchelError } from "../lib/errors.js";
import { showState, showTrouble } from "./answers.js";
import { addressOf, catalogue, entryNamed, tabsOf } from "./catalogue.js";
import { chooseByHand, chooseFor, forget, remembered } from "./choice.js";
import { element, find, setText, visible } from "./dom.js";
import { showChecking, showReport, showUnchecked } from "./golden-check.js";
import { kindOf } from "./input-kind.js";
import { firstChoice, showModel } from "./model-panel.js";
import { notice } from "./notice.js";
import { askForNews, isWanted, keepOffline, keepRuntimes } from "./offline-start.js";
import { bytes, shortDigest } from "./text.js";

/** @typedef {import("./catalogue.js").Entry} Entry */
/** @typedef {import("./model-panel.js").Info} Info */

/**
 * What is loaded: an artefact in a runtime. `label` says both (`LiteRT.js, 2 threads`).
 *
 * @typedef {{artefact: string, runtime: string, backend: string, threads: number, label: string}} Loaded
 */

/**
 * @typedef {object} Page
 * @property {import("../lib/client.js").Satchel} satchel
 * @property {readonly Entry[]} entries all bundles that can be tried
 * @property {Entry} entry
 * @property {Info} info of the bundle that is open
 * @property {Loaded} [loaded] nothing while a model is being loaded
 * @property {number} turn grows with everything newly asked for; what an earlier turn still brings is dropped
 * @property {(work: () => Promise<unknown>) => Promise<void>} attempt does what was asked, and shows why it could not be done,
 *   unless something else has been asked since
 * @property {(error: unknown) => void} trouble shows an error where the answer would be
 * @property {(artefact: string) => Promise<void>} load loads another artefact, calls onReady, and runs the golden cases
 */

/**
 * @typedef {object} Manner
 * @property {(page: Page) => void} [onOpen] called when a bundle is open and no model is loaded yet; a page that has it takes
 *   another bundle of its kind in place, without a new document
 * @property {(page: Page) => void | Promise<void>} [onReady] called each time an artefact has been loaded, before it is checked
 * @property {boolean} [bare] neither loads nor checks anything by itself
 */

/**
 * Opens the bundle that the address names.
 *
 * @param {Manner} manner
 * @returns {Promise<Page>} once a bundle is open; it never settles where none could be opened, and the page shows why
 */
export function startPage(manner) {
  const page = /** @type {Page} */ ({ turn: 0, entries: /** @type {readonly Entry[]} */ ([]) });
  page.attempt = (work) => attempt(page, work);
  page.trouble = (error) => trouble(page, error);
  page.load = (artefact) => load(page, manner, artefact);
  document.getElementById("check")?.addEventListener("click", () => void page.attempt(() => check(page)));
  return new Promise((resolve) => {
    void page.attempt(() => start(page, manner, resolve));
  });
}

/**
 * @param {Page} page
 * @param {Manner} manner
 * @param {(page: Page) => void} onOpened
 */
async function start(page, manner, onOpened) {
  startTurn(page);
  const [entries, satchel] = await Promise.all([
    catalogue(),
    startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" }),
  ]);
  page.entries = entries;
  page.satchel = satchel;
  const entry = entryNamed(entries, decodeURIComponent(location.pathname.split("/")[2] ?? ""));
  offerBundles(page, manner);
  await openEntry(page, manner, entry, onOpened);
}

/**
 * @param {Page} page
 * @param {Manner} manner
 * @param {Entry} entry
 * @param {(page: Page) => void} [onOpened]
 */
async function openEntry(page, manner, entry, onOpened = () => {}) {
  const { turn } = page;
  page.entry = entry;
  showTop(page);
  const info = await page.satchel.open(entry.blob ?? entry.url, { digest: entry.digest, keep: isWanted(entry) });
  if (turn !== page.turn) return;
  page.info = info;
  document.title = `${visible(info.name)} · Satchel`;
  manner.onOpen?.(page);
  onOpened(page);
  if (manner.bare) return;
  const choice = remembered(info.digest);
  const known = info.variants.some((each) => each.artefact === choice?.way.artefact);
  const artefact = known ? choice?.way.artefact : firstChoice(info);
  if (artefact === undefined) {
    if (document.getElementById("model")) showModel(info, "", () => undefined);
    throw noneRuns(info);
  }
  await load(page, manner, artefact, turn);
}

/** @param {Info} info */
function noneRuns({ variants }) {
  const held = [...new Set(variants.map((each) => each.artefact))].join(", ");
  const message = `none of this bundle's variants runs in a browser: it holds ${visible(held)}`;
  const hint =
    "It would need float32 or int8, which LiteRT.js runs, or one for TF.js: pack it with such a variant as well.";
  return new SatchelError("model/not-runnable", message, { hint });
}

/**
 * Loads an artefact, lets the page use it, then runs the golden cases.
 *
 * @param {Page} page
 * @param {Manner} manner
 * @param {string} artefact
 * @param {number} [turn]
 */
async function load(page, manner, artefact, turn = startTurn(page)) {
  const { info, satchel } = page;
  if (document.getElementById("model")) {
    showModel(info, artefact, (chosen) => {
      chooseByHand(info.digest, chosen);
      void page.attempt(() => load(page, manner, chosen));
    });
  }
  showProgress(`Fetching ${artefact}`, 0, 0);
  showState("loading");
  const choice = remembered(info.digest);
  const { backend, threads: most } = choice?.way.artefact === artefact ? choice.way : {};
  const found = await loadedAs(satchel, artefact, {
    backend,
    threads: most,
    onProgress: ({ loaded, total, lost }) => {
      const what = lost ? "Connection lost, trying again" : `Fetching ${artefact}`;
      if (turn === page.turn) showProgress(what, loaded, total);
    },
  });
  if (turn !== page.turn) return;
  const { runtime, backend: used, threads } = found;
  const label = `${runtime}, ${threads} ${threads === 1 ? "thread" : "threads"}`;
  page.loaded = { artefact, runtime, backend: used, threads, label };
  showState("waiting");
  await manner.onReady?.(page);
  await check(page);
  if (turn === page.turn) void keepOffline(page).then((here) => choose(page, here));
}

/**
 * Loads an artefact as it was chosen; where that cannot be any more, as it can.
 *
 * @param {import("../lib/client.js").Satchel} satchel
 * @param {string} artefact
 * @param {import("../lib/loading.js").Wanted} wanted
 */
async function loadedAs(satchel, artefact, wanted) {
  try {
    return await satchel.load(artefact, wanted);
  } catch (error) {
    const code = error instanceof SatchelError ? error.code : "";
    if (wanted.backend === undefined || !["model/not-runnable", "env/device-lost"].includes(code)) throw error;
    return satchel.load(artefact, { onProgress: wanted.onProgress });
  }
}

/**
 * Shows what this device chose, measured now where it was not yet.
 *
 * @param {Page} page
 * @param {boolean} here whether all of the bundle is kept in this browser
 */
async function choose(page, here) {
  const { turn, info, entry, loaded } = page;
  const note = document.getElementById("device-choice");
  if (note === null || !loaded) return;
  const wanted = () => turn === page.turn;
  const kept = remembered(info.digest);
  if (kept) return setText(note, kept.reason);
  const found = await chooseFor(entry, loaded, { here, wanted }).catch(() => undefined);
  if (!found || !wanted()) return;
  const { way, reason } = found.choice;
  const same = way.artefact === loaded.artefact && way.backend === loaded.backend && way.threads === loaded.threads;
  setText(note, same ? reason : `${reason} Used from the next visit on.`);
  if (here) await keepRuntimes(found.runtimes);
}

/** @param {Page} page */
async function check(page) {
  const { turn, loaded } = page;
  const again = document.getElementById("check");
  if (!loaded || !again) return;
  showChecking();
  again.toggleAttribute("disabled", true);
  try {
    const report = await page.satchel.check();
    if (turn === page.turn) showReport(report, loaded.artefact);
  } catch (error) {
    if (turn === page.turn) showUnchecked("The golden cases could not be run.", noticeOf(page, error));
  }
  again.toggleAttribute("disabled", turn !== page.turn);
}

/**
 * Gives the number of the new turn; whatever an earlier one still brings is then dropped.
 *
 * @param {Page} page
 */
function startTurn(page) {
  page.turn += 1;
  page.loaded = undefined;
  showChecking();
  document.getElementById("check")?.toggleAttribute("disabled", true);
  find("notice", HTMLElement).replaceChildren();
  return page.turn;
}

/**
 * @param {Page} page
 * @param {() => Promise<unknown>} work
 */
async function attempt(page, work) {
  const working = work();
  const { turn } = page;
  try {
    await working;
  } catch (error) {
    if (turn !== page.turn) return;
    if (error instanceof SatchelError && error.code === "env/device-lost" && page.loaded)
      return goOn(page, page.loaded);
    trouble(page, error);
    if (!page.loaded) showUnchecked("No model could be loaded, so nothing could be checked.");
  }
}

/**
 * Goes on without the graphics processor, which was lost in the middle of a run: what was asked is answered anew.
 *
 * @param {Page} page
 * @param {Loaded} lost
 */
async function goOn(page, { artefact }) {
  forget(page.info.digest);
  await attempt(page, () => page.load(artefact));
}

/**
 * @param {Page} page
 * @param {unknown} error
 */
function trouble(page, error) {
  if (error instanceof Error && "code" in error && error.code === "bundle/missing-file") void askForNews(page);
  const box = noticeOf(page, error);
  if (document.getElementById("answer")) showTrouble(box);
  else find("notice", HTMLElement).replaceChildren(box);
}

/**
 * @param {Page} page
 * @param {unknown} error
 */
function noticeOf({ info }, error) {
  return notice(error, info ? kindOf(info.spec) : undefined);
}

/**
 * Puts an option for each bundle into the picker; those of one name bear the head of their digest beside it.
 *
 * @param {Page} page
 * @param {Manner} manner
 */
function offerBundles(page, manner) {
  const picker = find("bundle", HTMLSelectElement);
  const { entries } = page;
  const options = entries.map((entry) => {
    const alone = entries.filter((each) => each.name === entry.name).length === 1;
    const name = visible(entry.name);
    return element("option", { value: entry.id }, alone ? name : `${name} · ${shortDigest(entry.digest)}`);
  });
  picker.replaceChildren(...options);
  picker.addEventListener("change", () => turnTo(page, manner, entryNamed(entries, picker.value)));
}

/**
 * Goes to another bundle: in place where this page is for it too.
 *
 * @param {Page} page
 * @param {Manner} manner
 * @param {Entry} entry
 */
function turnTo(page, manner, entry) {
  const here = document.body.dataset.page ?? "";
  const offered = tabsOf(entry.given).some((tab) => tab.page === here);
  if (!offered || !manner.onOpen) return location.assign(addressOf(entry, offered ? here : undefined));
  history.replaceState(null, "", addressOf(entry, here));
  startTurn(page);
  void page.attempt(() => openEntry(page, manner, entry));
}

/**
 * Shows which bundle this is, where it can be tried, and its author's report.
 *
 * @param {Page} page
 */
function showTop({ entry }) {
  find("bundle", HTMLSelectElement).value = entry.id;
  const here = document.body.dataset.page;
  const links = tabsOf(entry.given).map(({ page, title }) =>
    element("a", { href: addressOf(entry, page), "aria-current": page === here ? "page" : undefined }, title),
  );
  find("tabs", HTMLElement).replaceChildren(...links);
  const report = document.getElementById("report");
  if (!report) return;
  report.hidden = !entry.report;
  if (entry.report) find("report-link", HTMLAnchorElement).href = entry.report;
}

/**
 * @param {string} what
 * @param {number} loaded
 * @param {number} total
 */
function showProgress(what, loaded, total) {
  const bar = document.getElementById("loading-bar");
  if (!(bar instanceof HTMLProgressElement)) return;
  if (total > 0) bar.value = loaded / total;
  else bar.removeAttribute("value");
  setText(find("loading-text", HTMLElement), total > 0 ? `${what}: ${bytes(loaded)} of ${bytes(total)}` : `${what}…`);
}
