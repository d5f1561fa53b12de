/**
 * Files kept in this browser for later visits, each under its SHA-256: versions of a bundle share the files that did not change. What
 * is read is checked, and dropped where it is damaged. Where the browser keeps nothing, everything goes on without.
 *
 * Pages and workers of several tabs use the same store at once. A file under its hash is the same whoever writes it; what is removed
 * is removed under a lock, and nothing that another tab has open.
 */

import { sha256 } from "./hash.js";

/**
 * A version of a bundle of which files are kept.
 *
 * @typedef {object} Version
 * @property {string} bundle what it is a version of: its address without the digest
 * @property {string} digest
 * @property {boolean} whole whether every file of it was kept
 * @property {number} since when this was last so, in milliseconds of the epoch
 * @property {Record<string, number>} files bytes by SHA-256
 * @property {unknown} entry what the page wants to know of it offline
 */

/** @typedef {"refused" | "full" | "unwanted"} Trouble why nothing more is kept: the browser refuses, it has no room, or nobody wants it */

/**
 * What the browser has for keeping.
 *
 * @typedef {object} Means
 * @property {CacheStorage} [caches]
 * @property {LockManager} [locks]
 */

const STORE = "satchel-kept";

/** Keys are addresses that are never fetched. */
const FILES = "https://satchel.invalid/sha256/";
const VERSIONS = "https://satchel.invalid/version/";

/** Milliseconds for which what is not whole, or may be open elsewhere, is left alone. */
const DAY = 24 * 60 * 60 * 1000;

/**
 * Opens the store; one that the browser refuses keeps nothing and says so.
 *
 * @param {Means} [means]
 * @returns {Promise<Keep>}
 */
export async function openKeep(means = { caches: cachesOf(), locks: globalThis.navigator?.locks }) {
  const cache = await means.caches?.open(STORE).catch(() => undefined);
  return new Keep(cache, means.locks);
}

/** Gives the browser's caches: none where the page is not secure, or where reading the name alone is refused. */
function cachesOf() {
  try {
    return globalThis.caches;
  } catch {
    return undefined;
  }
}

export class Keep {
  #cache;
  #locks;
  /** @type {Set<Promise<void>>} files on their way into the store */
  #writing = new Set();

  /**
   * @param {Cache | undefined} cache
   * @param {LockManager | undefined} locks
   */
  constructor(cache, locks) {
    this.#cache = cache;
    this.#locks = locks;
    /** @type {Trouble | undefined} */
    this.trouble = cache === undefined ? "refused" : undefined;
  }

  /**
   * Gives a kept file, its hash checked; one that is damaged is dropped.
   *
   * @param {string} hash
   * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
   */
  async get(hash) {
    try {
      const kept = await this.#cache?.match(FILES + hash);
      if (kept === undefined) return undefined;
      const data = new Uint8Array(await kept.arrayBuffer());
      if ((await sha256(data)) === hash) return data;
      await this.#cache?.delete(FILES + hash);
    } catch {
      // what cannot be read is fetched
    }
    return undefined;
  }

  /**
   * Keeps a file whose hash was checked. Nobody need wait for it.
   *
   * @param {string} hash
   * @param {Uint8Array<ArrayBuffer>} data
   */
  put(hash, data) {
    if (this.#cache === undefined || this.trouble !== undefined) return;
    const writing = this.#cache.put(FILES + hash, new Response(data)).catch((error) => void this.#stop(error));
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }

  /** Waits until what was put is kept, or is not. */
  async settled() {
    await Promise.all(this.#writing);
  }

  /**
   * Gives those of these hashes whose files are not there.
   *
   * @param {Iterable<string>} hashes
   */
  async missing(hashes) {
    const there = new Set(await this.#keys(FILES));
    return [...hashes].filter((each) => !there.has(FILES + each));
  }

  /** Gives every version, the newest first. */
  async versions() {
    const keys = await this.#keys(VERSIONS);
    const read = keys.map(async (key) => (await this.#cache?.match(key))?.json().catch(() => undefined));
    const found = /** @type {(Version | undefined)[]} */ (await Promise.all(read)).filter((each) => each !== undefined);
    return found.sort((a, b) => b.since - a.since);
  }

  /**
   * Notes that a version is being fetched, so that its files are left alone.
   *
   * @param {Omit<Version, "whole" | "since">} version
   */
  async begin(version) {
    await this.#alone(async () => {
      const known = (await this.versions()).find((each) => isSame(each, version));
      if (!known) await this.#write({ ...version, whole: false, since: Date.now() });
    });
  }

  /**
   * Notes that a version is whole, which then stands in for every older one; these are removed unless a tab has them open.
   *
   * @param {Omit<Version, "whole" | "since">} version
   * @returns {Promise<boolean>} whether it is: every file of it is there
   */
  async commit(version) {
    await this.settled();
    let whole = false;
    await this.#alone(async () => {
      if ((await this.missing(Object.keys(version.files))).length > 0) return;
      whole = await this.#write({ ...version, whole: true, since: Date.now() });
      if (whole) await this.#sweep();
    });
    return whole;
  }

  /**
   * Removes every version of a bundle, and the files that no other has; nothing more is kept here.
   *
   * @param {string} bundle
   */
  async forget(bundle) {
    this.trouble ??= "unwanted";
    await this.settled();
    await this.#alone(async () => {
      const all = await this.versions();
      await this.#remove(all, (each) => each.bundle === bundle);
    });
  }

  /**
   * Says to other tabs that a version is open here; the lock ends with the tab, or when what is given back is called.
   *
   * @param {string} digest
   * @returns {() => void}
   */
  hold(digest) {
    let release = () => {};
    const ended = new Promise((resolve) => (release = () => resolve(undefined)));
    this.#locks?.request(inUse(digest), { mode: "shared" }, () => ended).catch(() => {});
    return release;
  }

  /** Removes the versions that a newer whole one stands in for, and those that never became whole. */
  async #sweep() {
    const all = await this.versions();
    const held = await this.#held();
    /** @param {Version} version */
    const isOver = (version) => {
      const [newest] = all.filter((each) => each.bundle === version.bundle && each.whole);
      if (version === newest || held?.has(inUse(version.digest))) return false;
      const isOld = Date.now() - version.since > DAY;
      // Without locks nobody knows what another tab has open.
      return version.whole && held !== undefined ? true : isOld;
    };
    await this.#remove(all, isOver);
  }

  /**
   * @param {readonly Version[]} all
   * @param {(version: Version) => boolean} isOver
   */
  async #remove(all, isOver) {
    const needed = new Set(all.filter((each) => !isOver(each)).flatMap((each) => Object.keys(each.files)));
    for (const version of all.filter(isOver)) {
      await this.#cache?.delete(keyOf(version));
      const loose = Object.keys(version.files).filter((each) => !needed.has(each));
      await Promise.all(loose.map((each) => this.#cache?.delete(FILES + each)));
    }
  }

  /** Gives the names of the locks that tabs hold; undefined where there are no locks. */
  async #held() {
    const found = await this.#locks?.query().catch(() => undefined);
    return found && new Set(found.held?.map(({ name }) => name));
  }

  /**
   * @param {Version} version
   * @returns {Promise<boolean>} whether it was written
   */
  async #write(version) {
    if (this.#cache === undefined) return false;
    const headers = { "content-type": "application/json" };
    const record = new Response(JSON.stringify(version), { headers });
    return this.#cache.put(keyOf(version), record).then(
      () => true,
      (error) => this.#stop(error),
    );
  }

  /** @param {string} prefix */
  async #keys(prefix) {
    const all = (await this.#cache?.keys().catch(() => [])) ?? [];
    return all.map(({ url }) => url).filter((url) => url.startsWith(prefix));
  }

  /**
   * Does what no other tab may do meanwhile.
   *
   * @param {() => Promise<void>} work
   */
  async #alone(work) {
    if (this.#locks === undefined) await work();
    else await this.#locks.request(STORE, work);
  }

  /**
   * @param {unknown} error
   * @returns {false}
   */
  #stop(error) {
    this.trouble = error instanceof Error && error.name === "QuotaExceededError" ? "full" : "refused";
    return false;
  }
}

/** @param {Pick<Version, "bundle" | "digest">} version */
function keyOf({ bundle, digest }) {
  return `${VERSIONS}${encodeURIComponent(bundle)}/${digest}`;
}

/**
 * @param {Version} known
 * @param {Pick<Version, "bundle" | "digest">} version
 */
function isSame(known, { bundle, digest }) {
  return known.bundle === bundle && known.digest === digest;
}

/** @param {string} digest */
function inUse(digest) {
  return `satchel-uses-${digest}`;
}
