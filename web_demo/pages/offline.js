/**
 * The service worker: where there is no server, it gives what was kept. While there is one, the server is asked first: an edited file
 * shows on reload. Files of bundles are none of its business: the library keeps them by their hash (lib/keep.js), of which only the
 * records are read here, to know which bundles there are offline.
 */

"use strict";

/** Pages, scripts, styles and the runtimes that were used, each under its hash and path. */
const SHELL = "satchel-shell";
/** What has no hash in a list: samples, pictures, reports, the list of bundles. */
const ANSWERS = "satchel-answers";
/** The store of lib/keep.js. */
const KEPT = "satchel-kept";

/** Keys are addresses that are never fetched. */
const PLACE = "https://satchel.invalid/";
const RECORD = `${PLACE}shell`;
const VERSIONS = `${PLACE}version/`;

/** Statuses by which something between here and the server says that it is not there. */
const AWAY = [502, 503, 504];

/** Files of bundles whose address holds the digest, but for what the digest does not settle. */
const PINNED = /^\/bundles\/[^/]+@[0-9a-f]{64}\/(?!measurements\/|card\.md$)|\.satchel$/;

/** @typedef {{version: string, pages: Record<string, string>, files: Record<string, string>, runtimes: Record<string, string>}} Shell */

/** @type {any} this scope, of which the page's types know nothing */
const worker = self;

/** @type {Promise<unknown>} what is kept is changed by one at a time */
let queue = Promise.resolve();

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || pathname === "/shell" || PINNED.test(pathname)) return;
  event.respondWith(answered(event.request, pathname));
});

worker.addEventListener("message", (/** @type {any} */ event) => {
  const { verb, paths } = event.data;
  queue = queue
    .then(() => WORK[verb](paths))
    .then(
      (bytes) => event.ports[0]?.postMessage({ bytes }),
      (error) => event.ports[0]?.postMessage({ error: error.name === "QuotaExceededError" ? "full" : "lost" }),
    );
  event.waitUntil(queue);
});

/** @type {Record<string, (paths: readonly string[]) => Promise<number | void>>} what a page can ask for */
const WORK = { shell: keepShell, keep: keepPaths, drop };

/**
 * Gives what the server answers; what was kept, where it is not there.
 *
 * @param {Request} request
 * @param {string} path
 */
async function answered(request, path) {
  try {
    const response = await fetch(request);
    if (AWAY.includes(response.status)) return (await kept(path)) ?? response;
    if (path === "/bundles" && response.ok) void remember(path, response.clone());
    return response;
  } catch (error) {
    const found = await kept(path);
    if (found) return found;
    throw error;
  }
}

/**
 * @param {string} path
 * @returns {Promise<Response | undefined>}
 */
async function kept(path) {
  try {
    if (path === "/bundles") return await catalogue();
    const shell = await shellOf();
    const hash = shell && (shell.pages[kindOf(path)] ?? shell.files[path] ?? shell.runtimes[path]);
    const found = hash && (await (await caches.open(SHELL)).match(keyOf(hash, kindOf(path))));
    return found || (await (await caches.open(ANSWERS)).match(path));
  } catch {
    return undefined; // storage is refused
  }
}

/**
 * Gives the page that stands for a path: one document for all bundles.
 *
 * @param {string} path
 */
function kindOf(path) {
  return /^\/(?!pages|lib|runtimes|bundles|samples|thumbnails|phone)([a-z]+)\/[^/]+$/.test(path)
    ? path.replace(/[^/]+$/, "")
    : path;
}

/** Gives the list of bundles as it was, those that are kept as they were kept; each says whether it can be tried without a server. */
async function catalogue() {
  const listed = await (await caches.open(ANSWERS)).match("/bundles");
  const entries = listed ? await listed.json() : [];
  const versions = await whole();
  if (!listed && versions.size === 0) return undefined;
  for (const id of versions.keys())
    if (!entries.some((/** @type {any} */ each) => each.id === id)) entries.push({ id });
  const shown = entries.map((/** @type {any} */ entry) => ({
    ...(versions.get(entry.id) ?? entry),
    kept: versions.has(entry.id),
  }));
  return new Response(JSON.stringify(shown), { headers: { "content-type": "application/json", "x-satchel": "kept" } });
}

/** Gives the entries of the bundles that are wholly kept, of each the newest version. */
async function whole() {
  const cache = await caches.open(KEPT);
  const keys = (await cache.keys()).filter(({ url }) => url.startsWith(VERSIONS));
  const read = await Promise.all(keys.map(async (key) => (await cache.match(key))?.json()));
  const versions = read.filter((each) => each?.whole && each.entry).sort((a, b) => a.since - b.since);
  return new Map(versions.map(({ entry }) => [entry.id, entry]));
}

/**
 * Keeps all of the newest shell, and the runtimes that were kept before; the old one is there until all of the new one is.
 */
async function keepShell() {
  const before = await shellOf();
  const shell = /** @type {Shell} */ (await (await whenOk("/shell")).json());
  const cache = await caches.open(SHELL);
  const there = await keysOf(cache);
  const runtimes = Object.entries(shell.runtimes).filter(([path]) => {
    return before && there.has(keyOf(before.runtimes[path] ?? "", path));
  });
  const wanted = [...Object.entries(shell.pages), ...Object.entries(shell.files), ...runtimes];
  await Promise.all(wanted.map(([path, hash]) => there.has(keyOf(hash, path)) || keepFile(cache, path, hash)));
  await cache.put(RECORD, new Response(JSON.stringify(shell)));
  const keys = new Set([RECORD, ...wanted.map(([path, hash]) => keyOf(hash, path))]);
  await Promise.all([...there].filter((key) => !keys.has(key)).map((key) => cache.delete(key)));
}

/**
 * Keeps answers and runtimes.
 *
 * @param {readonly string[]} paths
 * @returns {Promise<number>} their bytes
 */
async function keepPaths(paths) {
  const shell = await shellOf();
  const [cache, answers] = await Promise.all([caches.open(SHELL), caches.open(ANSWERS)]);
  const there = await keysOf(cache);
  const sizes = paths.map(async (path) => {
    const hash = shell?.runtimes[path];
    if (hash === undefined) {
      const response = await whenOk(path);
      const size = (await response.clone().blob()).size;
      await answers.put(path, response);
      return size;
    }
    if (!there.has(keyOf(hash, path))) await keepFile(cache, path, hash);
    return (await (await cache.match(keyOf(hash, path)))?.blob())?.size ?? 0;
  });
  return (await Promise.all(sizes)).reduce((sum, each) => sum + each, 0);
}

/** @param {readonly string[]} paths */
async function drop(paths) {
  const answers = await caches.open(ANSWERS);
  await Promise.all(paths.map((path) => answers.delete(path)));
}

/**
 * Fetches a file of the shell and keeps it where its hash is right.
 *
 * @param {Cache} cache
 * @param {string} path
 * @param {string} hash
 */
async function keepFile(cache, path, hash) {
  const response = await whenOk(path.endsWith("/") && path !== "/" ? `${path}kept` : path);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  const found = Array.from(digest, (each) => each.toString(16).padStart(2, "0")).join("");
  if (found !== hash) throw new Error(`${path} was changed meanwhile`);
  await cache.put(keyOf(hash, path), response);
}

/** @param {string} path */
async function whenOk(path) {
  const response = await fetch(path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return response;
}

/**
 * @param {string} path
 * @param {Response} response
 */
async function remember(path, response) {
  await caches.open(ANSWERS).then(
    (answers) => answers.put(path, response),
    () => undefined, // storage is refused
  );
}

/** @returns {Promise<Shell | undefined>} */
async function shellOf() {
  return (await (await caches.open(SHELL)).match(RECORD))?.json();
}

/** @param {Cache} cache */
async function keysOf(cache) {
  return new Set((await cache.keys()).map(({ url }) => url));
}

/**
 * @param {string} hash
 * @param {string} path
 */
function keyOf(hash, path) {
  return `${PLACE}shell/${hash}${path}`;
}
