/**
 * One axis of Pillow's resize: the channels of a pixel at once, the same integers as lib/ops/resize_pillow.js computes one by one.
 */

import { assembled, advance, OP, until } from "./assembler.js";

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

export const MODULE = assembled(10, 6, 1, [
  ...OP.loop,
  ...[...OP.get(TABLE), ...OP.set(ENTRY_AT), ...OP.get(OUTPUTS), ...OP.set(LEFT), ...OP.get(OUT), ...OP.set(RESULT)],
  ...OUTPUT,
  ...advance(LINE, OP.get(LINE_STEP)),
  ...advance(OUT, OP.get(OUT_LINE)),
  ...countDown(LINES),
  ...OP.end,
]);
