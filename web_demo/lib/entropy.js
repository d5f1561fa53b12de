/**
 * The entropy coded form of a model, decoded: an adaptive binary range coder whose bits five contexts foretell, their odds mixed with
 * weights that learn (SPEC.md, section 6). As entropy_coder.py and Entropy.kt.
 */

import { SatchelError } from "./errors.js";

/** Bytes of the largest model that may travel in this form. */
const MAX_CODED = 16 * 2 ** 20;
const MAX_BOOK = 256;
const SLOTS = 2 ** 20;
const [SETS, INPUTS, LIMIT, LONGEST] = [512, 5, 254, 32];
const [EVEN, RATE, WEIGHT, MOST] = [2048, 24, 20480, 2 ** 20];
/** 4096 / (1 + exp(-x)) at x = -8, -7.5 ... 8. */
const KNOTS = [
  1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785, 3901, 3975,
  4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
];
const GAINS = Int32Array.from({ length: LIMIT + 1 }, (_, seen) => Math.floor(65536 / (2 * seen + 3)));

/** The code ends before what it stands for does, or states what cannot be. */
class PastEnd extends Error {}

/**
 * Gives the share of 4096 for log odds of -2047 to 2047, in 256ths.
 *
 * @param {number} x
 */
function squash(x) {
  const knot = (x + 2048) >> 7;
  const part = x & 127;
  return (KNOTS[knot] * (128 - part) + KNOTS[knot + 1] * part + 64) >> 7;
}

/** Gives the log odds of each share of 4096: `squash` the other way round. */
function stretched() {
  const made = new Int32Array(4096).fill(2047);
  for (let x = -2047, from = 0; x <= 2047; x++) {
    const to = squash(x);
    while (from <= to) made[from++] = x;
  }
  return made;
}

const STRETCHED = stretched();

/**
 * Gives the first slot of a context.
 *
 * @param {number} kind
 * @param {number} a
 * @param {number} b
 */
function hashed(kind, a, b) {
  const value = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(kind, 0xc2b2ae3d);
  return Math.imul(value ^ (value >>> 15), 0x27d4eb2f) >>> 12;
}

/** A code being read. */
class Coder {
  #stored;
  #low = 0;
  #high = 0xffffffff;
  #code = 0;
  #odds = new Uint16Array(SLOTS).fill(32768);
  #seen = new Uint8Array(SLOTS);
  #weights = new Int32Array(SETS * INPUTS).fill(WEIGHT);
  #base = new Int32Array(INPUTS);
  #slot = new Int32Array(INPUTS);
  #x = new Int32Array(INPUTS);
  #past = [0, 0, 0, 0];
  #bytes = 0;
  at = 0;

  /** @param {Uint8Array} stored */
  constructor(stored) {
    this.#stored = stored;
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#next()) >>> 0;
  }

  /**
   * Decodes one bit that is 1 in `share` of 4096 cases.
   *
   * @param {number} share
   */
  narrow(share) {
    const span = this.#high - this.#low;
    const middle = this.#low + (span >>> 12) * share + (((span & 4095) * share) >>> 12);
    const bit = this.#code <= middle ? 1 : 0;
    if (bit) this.#high = middle;
    else this.#low = middle + 1;
    while ((this.#low ^ this.#high) >>> 24 === 0) {
      this.#code = ((this.#code << 8) | this.#next()) >>> 0;
      this.#low = (this.#low << 8) >>> 0;
      this.#high = ((this.#high << 8) | 255) >>> 0;
    }
    return bit;
  }

  /**
   * Decodes one bit as five contexts foretell it, and learns from it.
   *
   * @param {number} node
   * @param {number} group
   */
  learned(node, group) {
    const weights = group * INPUTS;
    let sum = 0;
    for (let i = 0; i < INPUTS; i++) {
      this.#slot[i] = (this.#base[i] + node) & (SLOTS - 1);
      this.#x[i] = STRETCHED[this.#odds[this.#slot[i]] >> 4];
      sum += this.#x[i] * this.#weights[weights + i];
    }
    const share = squash(Math.min(Math.max(Math.floor(sum / 65536), -2047), 2047));
    const bit = this.narrow(share);
    const miss = ((bit << 12) - share) * RATE;
    for (let i = 0; i < INPUTS; i++) {
      const slot = this.#slot[i];
      const moved = this.#weights[weights + i] + ((this.#x[i] * miss + 32768) >> 16);
      this.#weights[weights + i] = Math.min(Math.max(moved, -MOST), MOST);
      const known = this.#odds[slot];
      this.#odds[slot] = known + (((65535 * bit - known) * GAINS[this.#seen[slot]]) >> 15);
      if (this.#seen[slot] < LIMIT) this.#seen[slot]++;
    }
    return bit;
  }

  /** Decodes a number below 2^32: its length in 6 bits, then what follows its first bit. */
  number() {
    let length = 0;
    for (let i = 0; i < 6; i++) length = (length << 1) | this.narrow(EVEN);
    if (length > LONGEST) throw new PastEnd();
    let made = length > 0 ? 1 : 0;
    for (let i = 1; i < length; i++) made = made * 2 + this.narrow(EVEN);
    return made;
  }

  /** Decodes one byte, foretold from the four before it and its place modulo 4. */
  byte() {
    const [first, second, third, fourth] = this.#past;
    const phase = this.#bytes & 3;
    const two = first | (second << 8);
    const three = two | (third << 16);
    this.#base[0] = hashed(0, first, 0);
    this.#base[1] = hashed(1, two, 0);
    this.#base[2] = hashed(2, three, 0);
    this.#base[3] = hashed(3, three | (fourth << 24), 0);
    this.#base[4] = hashed(4, fourth, phase);
    let node = 1;
    while (node < 256) node = (node << 1) | this.learned(node, phase);
    this.#past = [node & 255, first, second, third];
    this.#bytes++;
    return node & 255;
  }

  /**
   * Decodes a matrix of indexes row by row, each foretold from its neighbours, column and row.
   *
   * @param {number} rows
   * @param {number} columns
   * @param {number} count of values in its book
   * @param {number} part
   */
  matrix(rows, columns, count, part) {
    const index = new Uint8Array(rows * columns);
    const bits = count > 2 ? 32 - Math.clz32(count - 2) : 0;
    for (let row = 0, at = 0; row < rows && count > 1; row++) {
      for (let column = 0; column < columns; column++, at++) {
        const far = neighbours(index, at, row, column, columns);
        this.#base[0] = hashed(5, part, far & 15);
        this.#base[1] = hashed(6, part, far);
        this.#base[2] = hashed(7, part, column);
        this.#base[3] = hashed(8, part, row);
        this.#base[4] = hashed(9, part, 0);
        index[at] = this.#element(count, bits);
      }
    }
    return index;
  }

  /**
   * @param {number} count
   * @param {number} bits
   */
  #element(count, bits) {
    if (!this.learned(0, 4)) return 0;
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.learned(node, 256 + node);
    const found = node - (1 << bits) + 1;
    if (found >= count) throw new PastEnd();
    return found;
  }

  #next() {
    if (this.at === this.#stored.length) throw new PastEnd();
    return this.#stored[this.at++];
  }
}

/**
 * Gives which of eight neighbours are not 0, a bit each.
 *
 * @param {Uint8Array} index
 * @param {number} at
 * @param {number} row
 * @param {number} column
 * @param {number} columns
 */
function neighbours(index, at, row, column, columns) {
  const above = at - columns;
  let found = 0;
  if (column > 0 && index[at - 1]) found |= 1;
  if (column > 1 && index[at - 2]) found |= 2;
  if (row > 0 && index[above]) found |= 4;
  if (row > 1 && index[above - columns]) found |= 8;
  if (row > 2 && index[above - 2 * columns]) found |= 16;
  if (column > 2 && index[at - 3]) found |= 32;
  if (row > 0 && column > 0 && index[above - 1]) found |= 64;
  if (row > 0 && column + 1 < columns && index[above + 1]) found |= 128;
  return found;
}

/**
 * Gives the bytes of an entropy code, no more than stated.
 *
 * @param {Uint8Array} stored
 * @param {number} size
 * @param {string} where
 * @returns {Uint8Array<ArrayBuffer>}
 * @throws {SatchelError} bundle/bomb when it states more than `size` or that is too much, bundle/changed-file when it is damaged,
 *   cut short or goes on behind its end
 */
export function decoded(stored, size, where) {
  if (size > MAX_CODED) {
    const message = `an entropy code is said to hold ${size} bytes, expected at most ${MAX_CODED}`;
    throw new SatchelError("bundle/bomb", message, { where });
  }
  const made = new Uint8Array(size);
  try {
    const coder = new Coder(stored);
    for (let at = 0, part = 0; at < size; part++) at += fill(coder, made.subarray(at), part, where);
    if (coder.at !== stored.length) throw new PastEnd();
  } catch (error) {
    if (!(error instanceof PastEnd)) throw error;
    const message = "the entropy code is damaged, cut short or has an end too many";
    throw new SatchelError("bundle/changed-file", message, { where });
  }
  return made;
}

/**
 * Decodes one part into `made` and gives its length.
 *
 * @param {Coder} coder
 * @param {Uint8Array} made
 * @param {number} place
 * @param {string} where
 */
function fill(coder, made, place, where) {
  if (!coder.narrow(EVEN)) {
    const length = coder.number();
    if (length === 0) throw new PastEnd();
    checkRoom(length, made.length, where);
    for (let i = 0; i < length; i++) made[i] = coder.byte();
    return length;
  }
  const [width, rows, columns, count] = [coder.number(), coder.number(), coder.number(), coder.number()];
  if (![1, 2, 4].includes(width) || !rows || !columns || !count || count > MAX_BOOK) throw new PastEnd();
  checkRoom(rows * columns * width, made.length, where);
  const book = Uint8Array.from({ length: width * count }, () => coder.byte());
  const index = coder.matrix(rows, columns, count, place);
  for (let i = 0, at = 0; i < index.length; i++) {
    for (let k = 0; k < width; k++) made[at++] = book[index[i] * width + k];
  }
  return index.length * width;
}

/**
 * @param {number} length
 * @param {number} room
 * @param {string} where
 */
function checkRoom(length, room, where) {
  if (length <= room) return;
  throw new SatchelError("bundle/bomb", "the entropy code holds more than the stated bytes", { where });
}
