/**
 * A bundle that is one .satchel file: a zip of which every byte is accounted for.
 *
 * The form is narrow on purpose, so that every reader sees the same files in it: stored entries that follow each other from the
 * first byte, each under a local header that says what the central directory says, then the central directory, then its end
 * record as the last 22 bytes. No encryption, no compression, no 64-bit fields, no comment, nothing before, between or after.
 */

import { SatchelError } from "./errors.js";
import { MAX_FILES } from "./manifest.js";

/**
 * @typedef {object} Entry what the central directory says of one file
 * @property {string} name
 * @property {Uint8Array} rawName
 * @property {number} flags
 * @property {number} crc
 * @property {number} size
 * @property {number} header where its local header stands
 */

/** Bytes of the longest central directory that is read. */
const MAX_DIRECTORY = 8 * 2 ** 20;
export const MARK_SIZE = 4;
const END_SIZE = 22;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;
const END_MARK = 0x06054b50;
const CENTRAL_MARK = 0x02014b50;
const LOCAL_MARK = 0x04034b50;
const ENCRYPTED = 1 | 64;
const UTF8 = 0x800;
const FORBIDDEN_EXTRAS = [0x0001, 0x7075];
const UNIX = 3;
const LINK = 0o120000;
const REGULAR = 0o100000;

/**
 * Refuses what does not begin as a .satchel file.
 *
 * @param {Uint8Array} bytes
 * @param {number} count of bytes that are there, the first of which are in `bytes`
 * @param {string} where
 */
export function checkBeginning(bytes, count, where) {
  if (count < MARK_SIZE) return;
  if ([LOCAL_MARK, END_MARK].includes(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true))) return;
  throw notABundle("something else", where);
}

/**
 * Gives the files of a .satchel file.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} where
 * @returns {{sizes: Map<string, number>, read: (path: string) => Promise<Uint8Array<ArrayBuffer>>}} the bytes of each file, by path
 * @throws {SatchelError} bundle/not-a-bundle, bundle/zip-form, bundle/encrypted, bundle/compressed-entry, bundle/link,
 *   bundle/duplicate-name, bundle/too-many-files
 */
export function openZip(bytes, where) {
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { start, entries } = directory(file, where);
  const sizes = new Map();
  const offsets = new Map();
  let expected = 0;
  for (const entry of entries.sort((a, b) => a.header - b.header)) {
    if (entry.header !== expected) throw form("its entries overlap, or other data lies between them", where);
    const data = checkLocal(file, entry, `${where}: ${JSON.stringify(entry.name)}`);
    expected = data + entry.size;
    if (sizes.has(entry.name)) {
      throw new SatchelError("bundle/duplicate-name", `the name ${JSON.stringify(entry.name)} stands twice`, { where });
    }
    sizes.set(entry.name, entry.size);
    offsets.set(entry.name, data);
  }
  if (expected !== start) throw form("other data lies between its last entry and the central directory", where);
  return { sizes, read: async (path) => bytes.slice(offsets.get(path), offsets.get(path) + sizes.get(path)) };
}

/**
 * @param {DataView} file
 * @param {string} where
 */
function directory(file, where) {
  const length = file.byteLength;
  if (length < END_SIZE) throw notABundle(`${length} bytes`, where);
  checkBeginning(part(file, 0, MARK_SIZE), length, where);
  const end = length - END_SIZE;
  const [disk, firstDisk, here, count] = [4, 6, 8, 10].map((at) => file.getUint16(end + at, true));
  const size = file.getUint32(end + 12, true);
  const start = file.getUint32(end + 16, true);
  const comment = file.getUint16(end + 20, true);
  if (file.getUint32(end, true) !== END_MARK || comment || disk || firstDisk || here !== count) {
    throw form("it is cut short, or something follows its central directory", where);
  }
  if (count > MAX_FILES) {
    throw new SatchelError("bundle/too-many-files", `expected at most ${MAX_FILES} files, found ${count}`, { where });
  }
  if (start + size !== end || size > MAX_DIRECTORY)
    throw form("its central directory is not where the end of the file says", where);
  return { start, entries: entriesOf(file, start, end, count, where) };
}

/**
 * @param {DataView} file
 * @param {number} start
 * @param {number} end
 * @param {number} count
 * @param {string} where
 */
function entriesOf(file, start, end, count, where) {
  /** @type {Entry[]} */
  const entries = [];
  let place = start;
  for (let i = 0; i < count; i++) {
    if (place + CENTRAL_SIZE > end) throw form("its central directory is cut short", where);
    const [name, extra, comment] = [28, 30, 32].map((at) => file.getUint16(place + at, true));
    const next = place + CENTRAL_SIZE + name + extra + comment;
    if (file.getUint32(place, true) !== CENTRAL_MARK || next > end || comment) {
      throw form("its central directory is damaged", where);
    }
    entries.push(entryAt(file, place, name, extra, where));
    place = next;
  }
  if (place !== end) throw form("its central directory holds more than its entries", where);
  return entries;
}

/**
 * @param {DataView} file
 * @param {number} place
 * @param {number} nameLength
 * @param {number} extraLength
 * @param {string} where
 * @returns {Entry}
 */
function entryAt(file, place, nameLength, extraLength, where) {
  const flags = file.getUint16(place + 8, true);
  const rawName = part(file, place + CENTRAL_SIZE, nameLength);
  const name = nameOf(rawName, flags, where);
  const at = `${where}: ${JSON.stringify(name)}`;
  if (flags & ENCRYPTED)
    throw new SatchelError("bundle/encrypted", "the entry is encrypted, expected it plain", { where: at });
  const method = file.getUint16(place + 10, true);
  if (method !== 0) {
    throw new SatchelError(
      "bundle/compressed-entry",
      `the entry is compressed (method ${method}), expected it stored`,
      {
        where: at,
        hint: "Write the bundle with `satchel pack`, or zip it with `zip -0 -X -D`.",
      },
    );
  }
  refuseOtherKinds(file, place, name, at);
  const size = file.getUint32(place + 24, true);
  const odd = file.getUint32(place + 20, true) !== size || file.getUint16(place + 34, true) !== 0 || flags & ~UTF8;
  if (odd || forbidden(file, place + CENTRAL_SIZE + nameLength, extraLength, at)) {
    throw form("an entry has sizes that differ, or features beyond plain stored files", at);
  }
  return {
    name,
    rawName,
    flags,
    crc: file.getUint32(place + 16, true),
    size,
    header: file.getUint32(place + 42, true),
  };
}

/**
 * @param {DataView} file
 * @param {number} place
 * @param {string} name
 * @param {string} where
 */
function refuseOtherKinds(file, place, name, where) {
  const madeBy = file.getUint16(place + 4, true) >> 8;
  const kind = madeBy === UNIX ? (file.getUint32(place + 38, true) >>> 16) & 0o170000 : 0;
  if (kind === LINK) throw new SatchelError("bundle/link", "expected a file, found a link", { where });
  if ((kind !== 0 && kind !== REGULAR) || name.endsWith("/")) {
    throw new SatchelError("bundle/not-a-file", "expected a plain file, found a folder or device", { where });
  }
}

/**
 * @param {DataView} file
 * @param {number} at
 * @param {number} length
 */
function part(file, at, length) {
  return new Uint8Array(file.buffer, file.byteOffset + at, length);
}

/**
 * @param {Uint8Array} raw
 * @param {number} flags
 * @param {string} where
 */
function nameOf(raw, flags, where) {
  try {
    if (!(flags & UTF8) && raw.some((each) => each > 127)) throw new TypeError();
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new SatchelError("bundle/unsafe-name", "a name is not UTF-8 and marked as such", { where });
  }
}

/**
 * Says whether extra fields change size or name of an entry, which plain readers do not look at.
 *
 * @param {DataView} file
 * @param {number} start
 * @param {number} length
 * @param {string} where
 */
function forbidden(file, start, length, where) {
  const end = start + length;
  let place = start;
  while (place + 4 <= end) {
    if (FORBIDDEN_EXTRAS.includes(file.getUint16(place, true))) return true;
    place += 4 + file.getUint16(place + 2, true);
  }
  if (place !== end) throw form("an entry has a damaged extra field", where);
  return false;
}

/**
 * Gives where the entry's bytes begin, when the local header says of it what the central directory says.
 *
 * @param {DataView} file
 * @param {Entry} entry
 * @param {string} where
 */
function checkLocal(file, { rawName, flags, crc, size, header }, where) {
  if (header + LOCAL_SIZE > file.byteLength) throw form("an entry lies outside the file", where);
  const words = [0, 14, 18, 22].map((at) => file.getUint32(header + at, true));
  const halves = [6, 8, 26].map((at) => file.getUint16(header + at, true));
  const extra = file.getUint16(header + 28, true);
  const data = header + LOCAL_SIZE + rawName.length + extra;
  const same =
    words.join() === [LOCAL_MARK, crc, size, size].join() &&
    halves.join() === [flags, 0, rawName.length].join() &&
    data + size <= file.byteLength &&
    part(file, header + LOCAL_SIZE, rawName.length).every((each, i) => each === rawName[i]);
  if (!same) throw form("the local header and the central directory disagree on an entry", where);
  if (forbidden(file, data - extra, extra, where)) throw form("an entry has a damaged extra field", where);
  return data;
}

/**
 * @param {string} found
 * @param {string} where
 */
function notABundle(found, where) {
  const message = `expected a folder with manifest.json or a .satchel file, found ${found}`;
  return new SatchelError("bundle/not-a-bundle", message, { where });
}

/**
 * @param {string} message
 * @param {string} where
 */
function form(message, where) {
  return new SatchelError("bundle/zip-form", `this is not a .satchel file as Satchel writes it: ${message}`, {
    where,
    hint: "Get the file again, or write it with `satchel pack`.",
  });
}
