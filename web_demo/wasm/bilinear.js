/**
 * tf.bilinear: the channels of a pixel at once, each operation rounded to binary32 as in lib/ops/resize_tf.js.
 */

import { assembled, advance, OP, until } from "./assembler.js";

// Parameters: the tables of columns and of rows with their ends, where results go.
const [COLUMNS, COLUMNS_END, ROW, ROWS_END, OUT] = Array(5).keys();
// Locals.
const [COLUMN, UPPER, LOWER, ACROSS, DOWN, FROM, TOP] = [5, 6, 7, 8, 9, 10, 11];

/** Bytes of a table's entry: where the one neighbour is, where the other is, how far it is between them. */
const ENTRY = 12;

/** @param {number} row @param {number} neighbour */
const pixel = (row, neighbour) => [
  ...[...OP.get(row), ...OP.get(COLUMN), ...OP.load(neighbour), ...OP.add, ...OP.load32Zero],
  ...[...OP.extendLowU8, ...OP.extendLowU16, ...OP.convertToF32],
];

/** Gives from + (to - from) * part, of `to` on the stack. @param {number} from @param {number} part */
const mix = (from, part) => [
  ...[...OP.get(from), ...OP.subF32, ...OP.get(part), ...OP.multiplyF32, ...OP.get(from), ...OP.addF32],
];

/** @param {number} row */
const across = (row) => [...pixel(row, 0), ...OP.set(FROM), ...pixel(row, 4), ...mix(FROM, ACROSS)];

export const MODULE = assembled(5, 3, 4, [
  ...OP.loop,
  ...[...OP.get(ROW), ...OP.load(0), ...OP.set(UPPER), ...OP.get(ROW), ...OP.load(4), ...OP.set(LOWER)],
  ...[...OP.get(ROW), ...OP.load32Splat(8), ...OP.set(DOWN), ...OP.get(COLUMNS), ...OP.set(COLUMN)],
  ...OP.loop,
  ...[...OP.get(COLUMN), ...OP.load32Splat(8), ...OP.set(ACROSS)],
  ...[...across(UPPER), ...OP.set(TOP)],
  ...[...OP.get(OUT), ...across(LOWER), ...mix(TOP, DOWN), ...OP.store128],
  ...advance(OUT, OP.constant(16)),
  ...until(COLUMN, OP.constant(ENTRY), COLUMNS_END),
  ...OP.end,
  ...until(ROW, OP.constant(ENTRY), ROWS_END),
  ...OP.end,
]);
