/**
 * One axis of Pillow's resize for RGBA pixels, in WebAssembly with SIMD: the four channels of a pixel at once, the same integers as
 * resize_pillow.js computes one by one.
 *
 * The module is assembled here, instruction by instruction: it is one function of three loops.
 */

const HALF = 1 << 21;
const PAGE = 65536;

/** Instructions by their names in the WebAssembly specification. */
const OP = {
  loop: [0x03, 0x40],
  end: [0x0b],
  brIf: [0x0d, 0],
  get: (/** @type {number} */ local) => [0x20, local],
  set: (/** @type {number} */ local) => [0x21, local],
  tee: (/** @type {number} */ local) => [0x22, local],
  load: (/** @type {number} */ offset) => [0x28, 2, offset],
  constant: (/** @type {number} */ value) => [0x41, ...signedLeb(value)],
  ltU: [0x49],
  add: [0x6a],
  sub: [0x6b],
  load32Splat: [0xfd, 9, 2, 0],
  load32Zero: [0xfd, 92, 2, 0],
  store32Lane0: [0xfd, 90, 2, 0, 0],
  splat: [0xfd, 17],
  extendLowU8: [0xfd, 0x89, 1],
  extendLowU16: [0xfd, 0xa9, 1],
  shiftRight: [0xfd, 0xac, 1],
  addLanes: [0xfd, 0xae, 1],
  multiplyLanes: [0xfd, 0xb5, 1],
  narrowToI16: [0xfd, 0x85, 1],
  narrowToU8: [0xfd, 0x66],
};

/** @param {number} value */
function signedLeb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f;
    if ((rest >> 7 === 0 && low < 64) || (rest >> 7 === -1 && low >= 64)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

// Parameters: where lines begin and how far apart they are, how far apart the taps of an output are, the table of taps, how many
// outputs a line has and how long an entry of the table is, where results go and how far apart they are, how many lines.
const [LINE, LINE_STEP, TAP_STEP, TABLE, OUTPUTS, ENTRY, OUT, OUT_LINE, OUT_STEP, LINES] = Array(10).keys();
// Locals.
const [ENTRY_AT, LEFT, PIXEL, WEIGHT, WEIGHT_END, RESULT, SUM] = [10, 11, 12, 13, 14, 15, 16];

/** @param {number} local @param {number[]} by */
const advance = (local, by) => [...OP.get(local), ...by, ...OP.add, ...OP.set(local)];

/** @param {number} local */
const countDown = (local) => [...OP.get(local), ...OP.constant(1), ...OP.sub, ...OP.tee(local), ...OP.brIf];

const TAP = [
  ...OP.loop,
  ...[...OP.get(SUM), ...OP.get(PIXEL), ...OP.load32Zero, ...OP.extendLowU8, ...OP.extendLowU16],
  ...[...OP.get(WEIGHT), ...OP.load32Splat, ...OP.multiplyLanes, ...OP.addLanes, ...OP.set(SUM)],
  ...advance(PIXEL, OP.get(TAP_STEP)),
  ...[...OP.get(WEIGHT), ...OP.constant(4), ...OP.add, ...OP.tee(WEIGHT), ...OP.get(WEIGHT_END), ...OP.ltU, ...OP.brIf],
  ...OP.end,
];

const OUTPUT = [
  ...OP.loop,
  ...[...OP.get(LINE), ...OP.get(ENTRY_AT), ...OP.load(0), ...OP.add, ...OP.set(PIXEL)],
  ...[...OP.get(ENTRY_AT), ...OP.constant(8), ...OP.add, ...OP.tee(WEIGHT)],
  ...[...OP.get(ENTRY_AT), ...OP.load(4), ...OP.add, ...OP.set(WEIGHT_END)],
  ...[...OP.constant(HALF), ...OP.splat, ...OP.set(SUM)],
  ...TAP,
  ...[...OP.get(RESULT), ...OP.get(SUM), ...OP.constant(22), ...OP.shiftRight, ...OP.tee(SUM), ...OP.get(SUM)],
  ...[...OP.narrowToI16, ...OP.tee(SUM), ...OP.get(SUM), ...OP.narrowToU8, ...OP.store32Lane0],
  ...advance(RESULT, OP.get(OUT_STEP)),
  ...advance(ENTRY_AT, OP.get(ENTRY)),
  ...countDown(LEFT),
  ...OP.end,
];

const BODY = [
  ...[2, 6, 0x7f, 1, 0x7b],
  ...OP.loop,
  ...[...OP.get(TABLE), ...OP.set(ENTRY_AT), ...OP.get(OUTPUTS), ...OP.set(LEFT), ...OP.get(OUT), ...OP.set(RESULT)],
  ...OUTPUT,
  ...advance(LINE, OP.get(LINE_STEP)),
  ...advance(OUT, OP.get(OUT_LINE)),
  ...countDown(LINES),
  ...OP.end,
  ...OP.end,
];

/** @param {number} id @param {number[]} content */
const section = (id, content) => [id, ...unsignedLeb(content.length), ...content];

/** @param {number} value @returns {number[]} */
const unsignedLeb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb(value >>> 7)]);

const MODULE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 10, ...Array(10).fill(0x7f), 0]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
  ...section(10, [1, ...unsignedLeb(BODY.length), ...BODY]),
);

/** @typedef {import("./pillow_taps.js").Taps} Taps */

/**
 * The function with its memory, which grows to what it is asked for.
 */
class Resampler {
  #memory;
  #run;

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE));
    this.#memory = /** @type {WebAssembly.Memory} */ (exports.m);
    this.#run = /** @type {(...numbers: number[]) => void} */ (exports.f);
  }

  /**
   * Gives the memory, of at least so many bytes; what it held stays.
   *
   * @param {number} bytes
   */
  memory(bytes) {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return new Uint8Array(this.#memory.buffer);
  }

  /**
   * Writes taps at a place of the memory.
   *
   * @param {Taps} taps
   * @param {number} place
   * @param {number} step bytes between the samples that the taps weigh
   * @returns {number} the bytes written
   */
  writeTaps({ starts, counts, weights, size }, place, step) {
    const entry = size + 2;
    const table = new Int32Array(this.#memory.buffer, place, starts.length * entry);
    for (let i = 0; i < starts.length; i++) {
      table[i * entry] = (starts[i] - starts[0]) * step;
      table[i * entry + 1] = counts[i] * 4;
      table.set(weights.subarray(i * size, (i + 1) * size), i * entry + 2);
    }
    return table.byteLength;
  }

  /**
   * Resamples lines of pixels; all numbers but `lines` and the count of outputs are bytes.
   *
   * @param {{source: number, lineStep: number, tapStep: number}} from
   * @param {{place: number, taps: Taps}} table
   * @param {{out: number, lineStep: number, step: number}} to
   * @param {number} lines
   */
  run({ source, lineStep, tapStep }, { place, taps }, to, lines) {
    const entry = (taps.size + 2) * 4;
    this.#run(source, lineStep, tapStep, place, taps.starts.length, entry, to.out, to.lineStep, to.step, lines);
  }
}

/** @type {Resampler | undefined} */
let shared;

/**
 * Gives the resampler, or undefined where there is no WebAssembly with SIMD.
 */
export function resampler() {
  if (shared === undefined && WebAssembly.validate(MODULE)) shared = new Resampler();
  return shared;
}
