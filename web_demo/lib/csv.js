/**
 * Reads tables from CSV, row by row: a file of any length takes the memory of one row.
 */

import { records } from "./csv_records.js";
import { SatchelError } from "./errors.js";
import { numberOf } from "./ops/tables.js";

/** @typedef {import("./csv_records.js").Source} Source */

/**
 * `separator`: one character; when not given, that of comma, semicolon and tab which the header has most of. `decimal`: what
 * divides a number's fraction; with a comma, numbers are given with a point instead. `numbers`: the columns that a decimal comma
 * is looked for in; all when not given. `columns`: names that the header must have. `name`: of the file, for errors.
 *
 * @typedef {{separator?: string, decimal?: "." | ",", numbers?: readonly string[], columns?: readonly string[], name?: string}} Form
 */

const DECIMAL_COMMA = /^[+-]?(?:[0-9]+,?[0-9]*|,[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const BLANKS = /^[ \t]+|[ \t]+$/g;

/**
 * Gives the rows of a CSV file, each as column name -> text, one at a time.
 *
 * The first record is the header. UTF-8, with or without a byte-order mark; fields may be quoted with ", which is doubled inside; a
 * quoted field may hold separators and line ends; records end with LF, CR LF or CR; blank lines are passed over.
 *
 * @param {Source} source
 * @param {Form} [form]
 * @returns {AsyncGenerator<Map<string, string>, void, undefined>}
 * @throws {SatchelError} input/wrong-separator, input/csv-encoding, input/not-csv, input/no-header, input/duplicate-column, input/missing-column,
 *   input/ragged-row, input/not-a-number; it names the row, the first behind the header being 1
 */
export async function* readRows(source, { separator, decimal = ".", numbers, columns, name = "" } = {}) {
  if (separator !== undefined && ([...separator].length !== 1 || '"\r\n'.includes(separator))) {
    const message = `expected one character, found ${JSON.stringify(separator)}`;
    const hint = "Use a comma, a semicolon or a tab.";
    throw new SatchelError("input/wrong-separator", message, { where: name, hint });
  }
  /** @type {string[] | undefined} */
  let header;
  let number = 0;
  for await (const { fields: record } of records(source, separator, name)) {
    if (header === undefined) {
      header = checkedHeader(record, columns, name);
      continue;
    }
    const where = [name, `row ${++number}`].filter(Boolean).join(", ");
    if (record.length !== header.length) {
      const message = `expected ${header.length} fields as in the header, found ${record.length}`;
      const hint = "Quote fields that hold the separator, or name another separator.";
      throw new SatchelError("input/ragged-row", message, { where, hint });
    }
    /** @type {Map<string, string>} */
    const row = new Map();
    for (const [place, key] of header.entries()) {
      const comma = decimal === "," && (numbers === undefined || numbers.includes(key));
      row.set(key, comma ? withPoint(record[place], key, where) : record[place]);
    }
    yield row;
  }
  if (header === undefined) checkedHeader([], columns, name);
}

/**
 * Gives the samples of a CSV file, one a row.
 *
 * @param {Source} source
 * @param {readonly string[]} [columns] the names of the channels, in order; all columns of the file when not given
 * @param {Form} [form]
 * @returns {Promise<{data: Float64Array<ArrayBuffer>, length: number, channels: number}>}
 * @throws {SatchelError} what readRows throws; input/empty-cell, input/not-a-number, input/empty
 */
export async function readSignal(source, columns, form = {}) {
  /** @type {number[]} */
  const values = [];
  let rows = 0;
  for await (const row of readRows(source, { ...form, numbers: columns, columns })) {
    rows++;
    for (const name of columns ?? row.keys()) values.push(sample(row.get(name) ?? "", name, rows));
  }
  if (rows === 0) {
    throw new SatchelError("input/empty", "the table has no rows", { hint: "A signal has one sample a row." });
  }
  return { data: Float64Array.from(values), length: rows, channels: values.length / rows };
}

/**
 * @param {readonly string[]} found
 * @param {readonly string[] | undefined} columns
 * @param {string} where
 */
function checkedHeader(found, columns, where) {
  if (found.length === 0) {
    throw new SatchelError("input/no-header", "expected a header with the columns' names, found nothing", { where });
  }
  const twice = found.filter((each, place) => found.indexOf(each) < place).sort();
  if (twice.length > 0)
    throw new SatchelError("input/duplicate-column", `the header has '${twice[0]}' twice`, { where });
  const lacking = (columns ?? []).filter((each) => !found.includes(each));
  if (lacking.length > 0) {
    const named = lacking.map((each) => `'${each}'`).join(", ");
    const message = `the columns ${named} are missing`;
    const hint = `The header has: ${found
      .slice(0, 20)
      .map((each) => `'${each}'`)
      .join(", ")}.`;
    throw new SatchelError("input/missing-column", message, { where, hint });
  }
  return [...found];
}

/**
 * Gives a number that has a decimal comma with a point instead, and what is no number as it stands.
 *
 * @param {string} field
 * @param {string} column
 * @param {string} where
 * @throws {SatchelError} input/not-a-number, of a number with a point
 */
export function withPoint(field, column, where) {
  const trimmed = field.replace(BLANKS, "");
  if (DECIMAL_COMMA.test(trimmed)) return trimmed.replace(",", ".");
  if (numberOf(trimmed) === undefined) return field;
  const found = JSON.stringify(trimmed.slice(0, 80));
  const message = `expected a number with a decimal comma in the column '${column}', found ${found}`;
  throw new SatchelError("input/not-a-number", message, { where, hint: "Points do not group thousands here." });
}

/**
 * @param {string} field
 * @param {string} column
 * @param {number} number
 */
function sample(field, column, number) {
  const where = `row ${number}`;
  if (field.replace(BLANKS, "") === "") {
    const message = `expected a number in the column '${column}', found an empty cell`;
    throw new SatchelError("input/empty-cell", message, { where, hint: "Fill the gaps of a signal before." });
  }
  const value = numberOf(field);
  if (value !== undefined) return value;
  const message = `expected a number in the column '${column}', found ${JSON.stringify(field.slice(0, 80))}`;
  throw new SatchelError("input/not-a-number", message, { where, hint: "Leave out columns that are no channels." });
}
