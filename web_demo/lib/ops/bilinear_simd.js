/**
 * tf.bilinear in WebAssembly with SIMD: the channels of a pixel at once, each operation rounded to binary32 as in resize_tf.js.
 */

import { BILINEAR } from "./bilinear_wasm.js";
import { copyRow, programOf } from "./wasm.js";

/** Bytes of a table's entry: where the one neighbour is, where the other is, how far it is between them. */
const ENTRY = 12;

const program = programOf(BILINEAR);

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
