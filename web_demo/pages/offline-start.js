/**
 * Keeps the bundle that is open, the pages and the runtime in use for when there is no server; says at the foot of the page what is
 * kept, and when the server has a newer version of the bundle.
 */

import { element, find } from "./dom.js";
import { bytes } from "./text.js";

/** @typedef {import("./page.js").Page} Page */
/** @typedef {import("./catalogue.js").Entry} Entry */

/** Milliseconds after which the server is asked anew whether it has another version. */
const ASK_AGAIN = 30_000;

const WHY = /** @type {Readonly<Record<string, string>>} */ ({
  refused: "This browser keeps nothing for this page: the model comes from the server each time.",
  full: "This browser has no room to keep this model: it comes from the server each time.",
  lost: "Not all of this model could be kept: the rest is fetched on the next visit.",
  unwanted: "This model is not kept in this browser.",
  saving: "Your browser saves data: this model is kept only as far as it was used.",
});

/** The digest of the bundle that was last seen to. */
let seenTo = "";

/**
 * Keeps the bundle of a page, once it has given its first answers and has nothing else to do; asks from time to time for a newer
 * version. Once for each bundle.
 *
 * @param {Page} page
 * @returns {Promise<boolean>} whether all of the bundle is kept now
 */
export async function keepOffline(page) {
  const { entry } = page;
  if (entry.blob || entry.digest === seenTo) return false;
  if (seenTo === "") watch(page);
  seenTo = entry.digest;
  const saving = /** @type {any} */ (navigator).connection?.saveData;
  if (!isWanted(entry) || saving) {
    offer(page, saving ? "saving" : "unwanted");
    return false;
  }
  await idle();
  return keep(page, entry);
}

/**
 * Keeps the files of more runtimes.
 *
 * @param {readonly string[]} urls
 */
export async function keepRuntimes(urls) {
  await ask(
    "keep",
    urls.map((url) => new URL(url).pathname),
  );
}

/**
 * Says whether a bundle is to be kept: a person may have removed it.
 *
 * @param {Pick<Entry, "id">} entry
 */
export function isWanted({ id }) {
  try {
    return localStorage.getItem(unwanted(id)) === null;
  } catch {
    return true; // storage is refused; keeping will tell
  }
}

/**
 * Says at the foot of the gallery that there is no server.
 *
 * @param {readonly Entry[]} entries
 */
export function tellAway(entries) {
  if (entries.some(isAway)) show("offline", "No server: the models that were kept in this browser work.");
}

/**
 * Asks the server whether it has another version of the bundle by now, and offers it.
 *
 * @param {Page} page
 */
export async function askForNews({ entry }) {
  const response = await fetch("/bundles", { cache: "no-store" }).catch(() => undefined);
  if (!response?.ok || response.headers.has("x-satchel")) return;
  const found = /** @type {Entry[]} */ (await response.json()).find(({ id }) => id === entry.id);
  if (found && found.digest !== entry.digest) tellNews();
}

/** @param {Page} page */
function watch(page) {
  const ask = () => {
    if (document.visibilityState === "visible" && !page.entry.blob) void askForNews(page);
  };
  document.addEventListener("visibilitychange", ask);
  addEventListener("online", ask);
  setInterval(ask, ASK_AGAIN);
}

/** Says that there is a newer version; the one that is open goes on working. */
function tellNews() {
  if (document.getElementById("news")) return;
  const take = element("button", { class: "button", type: "button", id: "news-take" }, "Take it");
  const later = element("button", { class: "button button-quiet", type: "button" }, "Later");
  const news = element("aside", { class: "news", id: "news", role: "status" });
  take.addEventListener("click", () => location.reload());
  later.addEventListener("click", () => {
    news.hidden = true;
  });
  document.body.append(news);
  news.append(element("p", {}, "A new version of this model is here."), take, later);
}

/**
 * @param {Page} page
 * @param {Entry} entry
 * @returns {Promise<boolean>}
 */
async function keep(page, entry) {
  /** @type {typeof show} */
  const tell = (...told) => {
    if (page.entry === entry) show(...told);
  };
  tell("keeping", "Keeping this model for when there is no server…");
  const kept = await page.satchel.keep({
    entry: { ...entry, kept: undefined },
    onProgress: ({ loaded, total }) => tell("keeping", `Keeping this model: ${bytes(loaded)} of ${bytes(total)}`),
  });
  if (!kept.kept) {
    tell(kept.reason ?? "lost", WHY[kept.reason ?? "lost"]);
    return false;
  }
  const size = bytes(kept.bytes);
  const away = isAway(entry);
  const pages = away ? {} : await keepPages(page, entry);
  if (away) tell("offline", `No server: this works from what was kept · ${size}`, removal(page, entry));
  else if (pages.error !== undefined) tell(pages.error, WHY[pages.error]);
  else tell("kept", `Works offline · ${bytes(kept.bytes + (pages.bytes ?? 0))} kept`, removal(page, entry));
  return true;
}

/**
 * Keeps the pages, the runtimes that were used, and what the pages show of the bundle beside its files.
 *
 * @param {Page} page
 * @param {Entry} entry
 * @returns {Promise<{bytes?: number, error?: string}>}
 */
async function keepPages(page, entry) {
  const shell = await ask("shell");
  if (shell.error !== undefined) return shell;
  const runtimes = (await page.satchel.runtimes()).map((url) => new URL(url).pathname);
  return ask("keep", ["/bundles", ...runtimes, ...pathsOf(entry)]);
}

/**
 * @param {Entry} entry
 * @returns {string[]}
 */
function pathsOf({ samples, thumbnail, report }) {
  const pictures = samples.map((name) => `/samples/${encodeURIComponent(name)}`);
  return [...pictures, ...[thumbnail, report].filter((each) => each !== null)];
}

/**
 * @param {Page} page
 * @param {Entry} entry
 */
function removal(page, entry) {
  return button("Remove", () => void remove(page, entry));
}

/**
 * @param {Page} page
 * @param {Entry} entry
 */
async function remove(page, entry) {
  const others = new Set(page.entries.filter(({ id }) => id !== entry.id).flatMap(pathsOf));
  setWanted(entry, false);
  offer(page, "unwanted");
  await page.satchel.forget();
  await ask(
    "drop",
    pathsOf(entry).filter((path) => !others.has(path)),
  );
}

/**
 * Offers to keep what is not kept by itself.
 *
 * @param {Page} page
 * @param {"unwanted" | "saving"} why
 */
function offer(page, why) {
  const { entry } = page;
  const accept = button(`Keep it for offline use`, () => {
    setWanted(entry, true);
    void keep(page, entry);
  });
  show(why, WHY[why], accept);
}

/**
 * Asks the service worker to do something.
 *
 * @param {string} verb
 * @param {readonly string[]} [paths]
 * @returns {Promise<{bytes?: number, error?: string}>}
 */
async function ask(verb, paths = []) {
  try {
    await navigator.serviceWorker.register("/offline.js");
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    return await new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      active?.postMessage({ verb, paths }, [port2]);
    });
  } catch {
    return { error: "refused" };
  }
}

/**
 * @param {string} state
 * @param {string} text
 * @param {...HTMLElement} more
 */
function show(state, text, ...more) {
  const line = find("offline", HTMLElement);
  line.dataset.state = state;
  line.replaceChildren(element("span", { class: "offline-text" }, text), ...more);
  line.hidden = false;
}

/**
 * @param {string} text
 * @param {() => void} onClick
 */
function button(text, onClick) {
  const made = element("button", { class: "button button-quiet offline-button", type: "button" }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** @param {Entry} entry */
function isAway({ kept }) {
  return kept !== undefined;
}

/**
 * @param {Entry} entry
 * @param {boolean} wanted
 */
function setWanted({ id }, wanted) {
  try {
    if (wanted) localStorage.removeItem(unwanted(id));
    else localStorage.setItem(unwanted(id), "");
  } catch {
    // storage is refused: it is not kept either
  }
}

/** @param {string} id */
function unwanted(id) {
  return `satchel-unwanted-${id}`;
}

/** Waits until the page has nothing else to do. */
function idle() {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(resolve, { timeout: 5000 });
    else setTimeout(resolve, 500);
  });
}
