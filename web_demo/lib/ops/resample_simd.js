/**
 * One axis of Pillow's resize in WebAssembly with SIMD: the channels of a pixel at once, the same integers as resize_pillow.js
 * computes one by one.
 */

import { advance, OP, programOf, until } from "./wasm.js";

const HALF = 1 << 21;

// Parameters: where lines begin and how far apart they are, how far apart the taps of an output are, the table of taps, how many
// outputs a line has and how long an entry of the table is, where results go and how far apart they are, how many lines.
const [LINE, LINE_STEP, TAP_STEP, TABLE, OUTPUTS, ENTRY, OUT, OUT_LINE, OUT_STEP, LINES] = Array(10).keys();
// Locals.
const [ENTRY_AT, LEFT, PIXEL, WEIGHT, WEIGHT_END, RESULT, SUM] = [10, 11, 12, 13, 14, 15, 16];

/** @param {number} local */
const countDown = (local) => [...OP.get(local), ...OP.constant(1), ...OP.sub, ...OP.tee(local), ...OP.brIf];

const TAP = [
  ...OP.loop,
  ...[...OP.get(SUM), ...OP.get(PIXEL), ...OP.load32Zero, ...OP.extendLowU8, ...OP.extendLowU16],
  ...[...OP.get(WEIGHT), ...OP.load32Splat(0), ...OP.multiplyI32, ...OP.addI32, ...OP.set(SUM)],
  ...advance(PIXEL, OP.get(TAP_STEP)),
  ...until(WEIGHT, OP.constant(4), WEIGHT_END),
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

const program = programOf(10, 6, 1, [
  ...OP.loop,
  ...[...OP.get(TABLE), ...OP.set(ENTRY_AT), ...OP.get(OUTPUTS), ...OP.set(LEFT), ...OP.get(OUT), ...OP.set(RESULT)],
  ...OUTPUT,
  ...advance(LINE, OP.get(LINE_STEP)),
  ...advance(OUT, OP.get(OUT_LINE)),
  ...countDown(LINES),
  ...OP.end,
]);

/** @typedef {import("./pillow_taps.js").Taps} Taps */

/**
 * Gives the resampler, or undefined where there is no WebAssembly with SIMD.
 */
export function resampler() {
  const made = program();
  return made && { memory: made.memory, writeTaps, run: runWith(made.run) };
}

/**
 * Writes taps at a place of the memory.
 *
 * @param {Uint8Array<ArrayBuffer>} memory
 * @param {Taps} taps
 * @param {number} place
 * @param {number} step bytes between the samples that the taps weigh
 */
function writeTaps(memory, { starts, counts, weights, size }, place, step) {
  const entry = size + 2;
  const table = new Int32Array(memory.buffer, place, starts.length * entry);
  for (let i = 0; i < starts.length; i++) {
    table[i * entry] = (starts[i] - starts[0]) * step;
    table[i * entry + 1] = counts[i] * 4;
    table.set(weights.subarray(i * size, (i + 1) * size), i * entry + 2);
  }
}

/** @param {import("./wasm.js").Program["run"]} run */
function runWith(run) {
  /**
   * Resamples lines of pixels; all numbers but `lines` and the count of outputs are bytes.
   *
   * @param {{source: number, lineStep: number, tapStep: number}} from
   * @param {{place: number, taps: Taps}} table
   * @param {{out: number, lineStep: number, step: number}} to
   * @param {number} lines
   */
  return ({ source, lineStep, tapStep }, { place, taps }, to, lines) => {
    const entry = (taps.size + 2) * 4;
    run(source, lineStep, tapStep, place, taps.starts.length, entry, to.out, to.lineStep, to.step, lines);
  };
}
