/**
 * A file from a server. A connection that is lost is tried again: the transfer goes on where it was, or begins anew where the server
 * does not go on or has other bytes by now.
 */

import { SatchelError } from "./errors.js";

/**
 * Is told how many bytes have come so far, and shown them; with `lost`, that the connection was lost and is tried again. What it
 * throws ends the transfer.
 *
 * @typedef {(count: number, bytes: Uint8Array, lost?: boolean) => void} OnBytes
 */

/**
 * What has come so far: `count` bytes of `whole`. `tag` is their ETag, empty where the rest cannot be asked for.
 *
 * @typedef {{url: string, limit: number, onBytes: OnBytes, whole: Uint8Array<ArrayBuffer>, count: number, tag: string}} Transfer
 */

/** Times that it is tried again without a byte more: where something had come, and where nothing ever did. */
const TRIES = 6;
const TRIES_FROM_NOTHING = 2;

/** Milliseconds before the first time, doubled each time; and at least, where something had come and the browser is offline. */
const PAUSE = 400;
const PAUSE_OFFLINE = 30_000;

/** Milliseconds without a byte after which a connection counts as lost. */
const SILENCE = 30_000;

/**
 * Gives what a server sends, at most `limit` bytes of it and one more.
 *
 * @param {string} url
 * @param {number} limit
 * @param {OnBytes} [onBytes]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {SatchelError} bundle/missing-file, bundle/unreadable
 */
export async function fetched(url, limit, onBytes = () => {}) {
  /** @type {Transfer} */
  const transfer = { url, limit, onBytes, whole: new Uint8Array(0), count: 0, tag: "" };
  for (let lost = 0, before = 0; ; ) {
    try {
      await receive(transfer);
      const { whole, count } = transfer;
      return count < whole.length ? whole.slice(0, count) : whole;
    } catch (error) {
      if (error instanceof SatchelError) throw error;
      const { count, whole } = transfer;
      lost = count === before ? lost + 1 : 1;
      before = count;
      if (lost > (count > 0 ? TRIES : TRIES_FROM_NOTHING)) throw unreadable(url, reasonOf(error));
      onBytes(count, whole, true);
      await pause(PAUSE * 2 ** (lost - 1), count > 0);
    }
  }
}

/**
 * Receives what is not there yet.
 *
 * @param {Transfer} transfer
 * @throws {SatchelError} when trying again does not help; other errors are of the connection
 */
async function receive(transfer) {
  const { url, count, tag, limit } = transfer;
  const ask = (/** @type {Record<string, string>} */ headers) =>
    heard(fetch(url, { credentials: "same-origin", headers }));
  let response = await ask(tag && count > 0 ? { range: `bytes=${count}-`, "if-range": tag } : {});
  if (response.status === 416 || !continues(response, count)) response = await ask({});
  if (response.status !== 206) restart(transfer, response);
  // Of a compressed transfer the length is stated as it was sent: a hint, which saves a second copy where it is right.
  const stated = transfer.count + Number(response.headers.get("content-length"));
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  try {
    for (let part; !(part = await heard(reader.read())).done && transfer.count <= limit; ) {
      append(transfer, part.value, stated);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/**
 * Waits for what a server says next, but not for ever.
 *
 * @template T
 * @param {Promise<T>} next
 * @returns {Promise<T>}
 */
async function heard(next) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Error("nothing came for 30 s")), SILENCE);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([next, silence]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Says whether a part, where it is one, is the one that was asked for.
 *
 * @param {Response} response
 * @param {number} count
 */
function continues({ status, headers }, count) {
  return status !== 206 || headers.get("content-range")?.startsWith(`bytes ${count}-`) === true;
}

/**
 * Forgets what has come: a response brings the whole.
 *
 * @param {Transfer} transfer
 * @param {Response} response
 */
function restart(transfer, { status, ok, headers }) {
  const { url } = transfer;
  if (status === 404) throw new SatchelError("bundle/missing-file", "the server has no such file", { where: url });
  if (!ok) throw unreadable(url, `status ${status}`);
  const tag = headers.get("etag") ?? "";
  // A weak tag does not settle the bytes; of a compressed transfer it is not known which of its bytes have come.
  transfer.tag = tag.startsWith('"') && !headers.get("content-encoding") ? tag : "";
  transfer.count = 0;
}

/**
 * @param {Transfer} transfer
 * @param {Uint8Array} part
 * @param {number} stated
 */
function append(transfer, part, stated) {
  const { whole, count, limit, onBytes } = transfer;
  const next = count + part.length;
  if (next > whole.length) {
    transfer.whole = new Uint8Array(Math.min(limit + 1, Math.max(next, stated, 2 * count)));
    transfer.whole.set(whole.subarray(0, count));
  }
  transfer.whole.set(part.subarray(0, transfer.whole.length - count), count);
  transfer.count = Math.min(next, limit + 1);
  onBytes(Math.min(transfer.count, limit), transfer.whole);
}

/**
 * Waits, but no longer than until the browser is online again.
 *
 * @param {number} milliseconds
 * @param {boolean} patient whether a browser that is offline is given longer
 * @returns {Promise<void>}
 */
function pause(milliseconds, patient) {
  const longer = patient && globalThis.navigator?.onLine === false;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.("online", done);
      resolve();
    };
    const timer = setTimeout(done, longer ? Math.max(milliseconds, PAUSE_OFFLINE) : milliseconds);
    globalThis.addEventListener?.("online", done);
  });
}

/** @param {unknown} error */
function reasonOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * @param {string} url
 * @param {string} reason
 */
function unreadable(url, reason) {
  return new SatchelError("bundle/unreadable", `cannot be fetched (${reason})`, {
    where: url,
    hint: "Is the server running?",
  });
}
