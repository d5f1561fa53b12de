/**
 * A signal in a CSV file: its channels, and beside them the true labels and the times of its samples, where there are such columns.
 */

import { SatchelError } from "./errors.js";
import { numberOf } from "./ops/tables.js";
import { fitOf, labelColumn, refuseLacking, TableFile } from "./table_file.js";

/** @typedef {import("./signal_windows.js").Cutting} Cutting */

/**
 * `values` sample by sample; `labels` one a sample, of the column `labelled`; `rate` samples a second, as the spec or the column of
 * times says it, undefined where neither does; `measured` is what the times say.
 *
 * @typedef {object} SignalFile
 * @property {readonly string[]} names of the channels
 * @property {Float64Array<ArrayBuffer>} values
 * @property {number} channels
 * @property {number} length samples
 * @property {string} [labelled]
 * @property {readonly string[]} [labels]
 * @property {number} [measured]
 */

/** Names that a column of times in seconds, or in thousandths of them, bears. */
const SECONDS = /^(time|t|seconds?|time[ _]?[([]?s(ec)?[)\]]?|elapsed|timestamp)$/i;
const THOUSANDTHS = /^(ms|milliseconds?|time[ _]?[([]?ms[)\]]?|timestamp[ _]?[([]?ms[)\]]?)$/i;

/** Records by which columns of labels and of times are recognised. */
const FIRST = 200;

/** How far, as a share, measured times may be from the rate of the spec. */
const TOLERANCE = 0.05;

/** Values that one file may have; a minute at 44,100 samples a second is far less. */
const MAX_VALUES = 2 ** 25;

/**
 * Reads a signal from a CSV file that has a header and then one sample a row.
 *
 * @param {Blob} file
 * @param {Cutting} cutting
 * @param {readonly string[]} labels of the model's classes
 * @returns {Promise<SignalFile>}
 * @throws {SatchelError} input/missing-column, input/wrong-channels, input/wrong-rate, input/too-short, input/empty, input/empty-cell,
 *   input/not-a-number, input/ragged-row, input/too-large, and what TableFile.open throws; where a cell is meant, with the file's line
 */
export async function readSignalFile(file, cutting, labels) {
  const table = await TableFile.open(file);
  const first = await firstOf(file);
  const names = channelsOf(table.header, first, cutting);
  const labelled = labelColumn(table.header, first, names, labels);
  const timed = table.header.find((name) => !names.includes(name) && (SECONDS.test(name) || THOUSANDTHS.test(name)));
  const places = names.map((name) => table.header.indexOf(name));
  const [labelPlace, timePlace] = [labelled, timed].map((name) =>
    name === undefined ? -1 : table.header.indexOf(name),
  );
  /** @type {number[]} */
  const values = [];
  /** @type {string[]} */
  const truths = [];
  /** @type {number[]} */
  const times = [];
  for await (const { fields, line } of table.rows()) {
    needFields(fields, table.header, line);
    for (const place of places) values.push(sample(fields[place], table.header[place], line));
    if (labelPlace >= 0) truths.push(fields[labelPlace]);
    if (timePlace >= 0) times.push(numberOf(fields[timePlace]) ?? NaN);
    if (values.length > MAX_VALUES) throw tooLarge();
  }
  const length = values.length / names.length;
  needLength(length, cutting);
  const measured = timed === undefined ? undefined : measuredRate(times, THOUSANDTHS.test(timed) ? 1000 : 1);
  needRate(measured, cutting);
  const read = { names, values: Float64Array.from(values), channels: names.length, length, measured };
  return labelled === undefined ? read : { ...read, labelled, labels: truths };
}

/**
 * Gives samples a second of the times of samples: from the middle one of their distances. Undefined where they do not rise.
 *
 * @param {readonly number[]} times
 * @param {number} unit how many of them are a second
 * @returns {number | undefined}
 */
export function measuredRate(times, unit) {
  const steps = times.slice(1).map((time, place) => time - times[place]);
  if (steps.length === 0 || !steps.every((each) => each > 0)) return undefined;
  const sorted = [...steps].sort((a, b) => a - b);
  return unit / sorted[Math.floor(sorted.length / 2)];
}

/** @param {Blob} file */
async function firstOf(file) {
  const found = [];
  for await (const { fields } of (await TableFile.open(file)).rows()) {
    found.push(fields);
    if (found.length === FIRST) break;
  }
  return found;
}

/**
 * Gives the channels: those of the spec; where it names none, all columns of numbers but that of times.
 *
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} first
 * @param {Cutting} cutting
 */
function channelsOf(header, first, { channels, width }) {
  if (channels) {
    refuseLacking(fitOf(header, channels));
    return channels;
  }
  const numbers = header.filter((_, place) => first.every((fields) => numberOf(fields[place] ?? "") !== undefined));
  if (width === undefined || numbers.length === width) return numbers;
  const untimed = numbers.filter((name) => !SECONDS.test(name) && !THOUSANDTHS.test(name));
  if (untimed.length === width) return untimed;
  const message = `the model takes ${width} channels, the file has ${untimed.length} columns of numbers`;
  throw new SatchelError("input/wrong-channels", message, {
    hint: "Give one column a channel, in the order of training.",
  });
}

/**
 * @param {number} length
 * @param {Cutting} cutting
 */
function needLength(length, { length: needed, tail }) {
  if (length === 0) {
    throw new SatchelError("input/empty", "the table has no rows", { hint: "A signal has one sample a row." });
  }
  if (needed === undefined || tail === "pad" || length >= needed) return;
  const message = `the model looks at ${needed} samples at a time, the file has ${length}`;
  throw new SatchelError("input/too-short", message, { hint: "Give a longer stretch of the signal." });
}

/**
 * @param {number | undefined} measured
 * @param {Cutting} cutting
 */
function needRate(measured, { rate }) {
  if (measured === undefined || rate === undefined || Math.abs(measured - rate) <= TOLERANCE * rate) return;
  const shown = Number(measured.toPrecision(4));
  const message = `the model takes ${rate} samples a second, the times in the file are those of ${shown}`;
  throw new SatchelError("input/wrong-rate", message, { hint: "Bring the signal to the model's rate first." });
}

/**
 * @param {readonly string[]} fields
 * @param {readonly string[]} header
 * @param {number} line
 */
function needFields(fields, header, line) {
  if (fields.length === header.length) return;
  const message = `expected ${header.length} fields as in the header, found ${fields.length}`;
  throw new SatchelError("input/ragged-row", message, { where: `line ${line}` });
}

/**
 * @param {string} field
 * @param {string} column
 * @param {number} line
 */
function sample(field, column, line) {
  const value = numberOf(field);
  if (value !== undefined) return value;
  const empty = field.trim() === "";
  const found = empty ? "an empty cell" : JSON.stringify(field.slice(0, 80));
  const message = `expected a number in the column '${column}', found ${found}`;
  const hint = empty ? "Fill the gaps of a signal before." : "Write numbers with a point.";
  throw new SatchelError(empty ? "input/empty-cell" : "input/not-a-number", message, { where: `line ${line}`, hint });
}

function tooLarge() {
  const message = `the file has more than ${MAX_VALUES.toLocaleString("en")} numbers`;
  return new SatchelError("input/too-large", message, { hint: "Cut the signal into several files." });
}
