/**
 * The gallery: a card for each bundle, and a place to drop one more.
 */

import { startSatchel } from "../lib/client.js";
import { SatchelError } from "../lib/errors.js";
import { addressOf, catalogue, givenOf, tabsOf } from "./catalogue.js";
import { element, find, setText, visible } from "./dom.js";
import { listenForFiles } from "./files.js";
import { notice } from "./notice.js";
import { tellAway } from "./offline-start.js";
import { bytes } from "./text.js";
import { forgetVisit, keepVisit } from "./visit.js";

/** @typedef {import("./catalogue.js").Entry} Entry */

/** What a card says a model does with what it is given. */
const TASKS = /** @type {Readonly<Record<string, string>>} */ ({
  image_classification: "Names what a photo shows",
  object_detection: "Finds things in a photo",
  segmentation: "Cuts a photo into regions",
  keypoints: "Finds points in a photo",
  tabular_classification: "Sorts rows of a table",
  tabular_regression: "Estimates a number from a row",
  signal_classification: "Names what a sensor feels",
});

listenForFiles(find("file", HTMLInputElement), ([file]) => void attempt(() => take(file)));
void attempt(show);

async function show() {
  const entries = await catalogue();
  tellAway(entries);
  const list = find("bundles", HTMLUListElement);
  list.replaceChildren(...entries.map(card));
  list.removeAttribute("aria-busy");
}

/** @param {Entry} entry */
function card(entry) {
  if (entry.kept === false) return awayCard(entry);
  const title = element("a", { class: "gallery-link", href: addressOf(entry) }, visible(entry.name));
  const does =
    entry.given === "drawing" ? "Names what you draw" : (TASKS[entry.task] ?? entry.task.replaceAll("_", " "));
  const facts = element(
    "p",
    { class: "gallery-facts" },
    `${bytes(smallest(entry))} to ${bytes(entry.bytes)} · ${variantsOf(entry)}`,
  );
  const ways = tabsOf(entry.given).map((tab) => element("a", { href: addressOf(entry, tab.page) }, tab.title));
  const told = element(
    "div",
    { class: "gallery-told" },
    element("h2", { class: "gallery-name" }, title),
    element("p", { class: "gallery-task" }, visible(does)),
    facts,
    element("p", { class: "gallery-ways" }, ...ways),
  );
  if (entry.blob) told.append(forgetting(entry));
  return element("li", { class: "gallery-card", "data-bundle": entry.id }, picture(entry), told);
}

/**
 * Gives the card of a bundle that is on the server only, when there is none.
 *
 * @param {Entry} entry
 */
function awayCard(entry) {
  const told = element(
    "div",
    { class: "gallery-told" },
    element("h2", { class: "gallery-name" }, visible(entry.name)),
    element("p", { class: "gallery-task" }, "Not available offline: it was not opened here while there was a server."),
  );
  const bare = picture({ ...entry, thumbnail: null });
  return element("li", { class: "gallery-card gallery-away", "data-bundle": entry.id }, bare, told);
}

/** @param {Entry} entry */
function picture({ thumbnail, given }) {
  const box = element("div", { class: "gallery-picture", "data-given": given, "aria-hidden": "true" });
  if (thumbnail) box.append(element("img", { src: thumbnail, alt: "", loading: "lazy", decoding: "async" }));
  return box;
}

/** @param {Entry} entry */
function smallest({ variants, bytes: whole }) {
  return Math.min(whole, ...variants.map((each) => each.bytes));
}

/** @param {Entry} entry */
function variantsOf({ variants }) {
  const names = [...new Set(variants.map(({ artefact }) => artefact.split("/")[0]))];
  return visible(names.join(", "));
}

/** @param {Entry} entry */
function forgetting({ id, name }) {
  const button = element("button", { class: "button button-quiet gallery-forget", type: "button" }, "Remove");
  button.setAttribute("aria-label", `Remove ${visible(name)}`);
  button.addEventListener("click", () => void attempt(() => forgetVisit(id).then(show)));
  return button;
}

/**
 * Checks a bundle that was dropped, keeps it for this visit, and lists it.
 *
 * @param {File} file
 */
async function take(file) {
  find("notice", HTMLElement).replaceChildren();
  announce(`Checking ${visible(file.name)}…`);
  if (!/\.satchel$/i.test(file.name)) {
    throw new SatchelError("bundle/not-a-bundle", `expected a .satchel file, found ${JSON.stringify(file.name)}`, {
      hint: "Photos, tables and signals go onto the page of a bundle: choose one above.",
    });
  }
  const satchel = await startSatchel({ libraryUrl: "/lib/", runtimesUrl: "/runtimes/" });
  try {
    const { name, digest, task, spec, variants } = await satchel.open(file);
    const entry = await keepVisit(file, {
      ...{ name, task, digest, description: spec.description ?? null, given: givenOf(spec), url: "", bytes: file.size },
      variants: variants.map(({ artefact, storedBytes }) => ({ artefact, bytes: storedBytes })),
      ...{ thumbnail: null, report: null, samples: [], file: null, phone: null },
    });
    await show();
    announce(`${visible(name)} is here`);
    document.querySelector(`[data-bundle="${CSS.escape(entry.id)}"] a`)?.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (document.querySelector(`[data-bundle="${CSS.escape(entry.id)}"] a`))?.focus();
  } finally {
    satchel.close();
  }
}

/** @param {string} text */
function announce(text) {
  setText(find("announcement", HTMLElement), text);
}

/** @param {() => Promise<unknown>} work */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    announce("");
    find("notice", HTMLElement).replaceChildren(notice(error));
    scrollTo({ top: 0 });
  }
}
