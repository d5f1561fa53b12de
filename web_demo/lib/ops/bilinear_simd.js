/**
 * tf.bilinear in WebAssembly with SIMD: the channels of a pixel at once, each operation rounded to binary32 as in resize_tf.js.
 */

import { advance, copyRow, OP, programOf, until } from "./wasm.js";

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

const program = programOf(5, 3, 4, [
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

/** @typedef {{lower: Int32Array, upper: Int32Array, lerp: Float32Array}} Lerps */

/**
 * Gives the window of a resized picture, four numbers a pixel; undefined where there is no WebAssembly with SIMD.
 *
 * @param {import("./picture.js").Picture} source uint8, three channels
 * @param {Lerps} columns
 * @param {Lerps} rows
 * @returns {Float32Array<ArrayBuffer> | undefined} valid until the next call
 */
export function bilinearSimd(source, columns, rows) {
  const made = program();
  if (made === undefined) return undefined;
  const [width, height] = [columns.lerp.length, rows.lerp.length];
  const left = columns.lower[0];
  const reach = columns.upper[width - 1] + 1 - left;
  const length = reach * source.step;
  const lines = [...new Set([...rows.lower, ...rows.upper])];
  const tables = (width + height) * ENTRY;
  const out = Math.ceil((tables + lines.length * length) / 16 + 1) * 16;
  const memory = made.memory(out + width * height * 16);
  const places = new Map(lines.map((line, i) => [line, tables + i * length]));
  for (const [line, place] of places) copyRow(source, line, memory, place, left, reach);
  writeTable(memory, 0, columns, (column) => (column - left) * source.step);
  writeTable(memory, width * ENTRY, rows, (line) => /** @type {number} */ (places.get(line)));
  made.run(0, width * ENTRY, width * ENTRY, tables, out);
  return new Float32Array(memory.buffer, out, width * height * 4);
}

/**
 * @param {Uint8Array<ArrayBuffer>} memory
 * @param {number} place
 * @param {Lerps} lerps
 * @param {(index: number) => number} at the bytes to a neighbour
 */
function writeTable({ buffer }, place, { lower, upper, lerp }, at) {
  const words = new Int32Array(buffer, place, lerp.length * 3);
  const parts = new Float32Array(buffer, place, lerp.length * 3);
  lerp.forEach((part, i) => {
    words[3 * i] = at(lower[i]);
    words[3 * i + 1] = at(upper[i]);
    parts[3 * i + 2] = part;
  });
}
