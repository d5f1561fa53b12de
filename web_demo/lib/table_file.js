/**
 * A table in a CSV file, and how it fits a model: which of its columns the model takes, which may hold the true answers.
 */

import { withPoint } from "./csv.js";
import { records } from "./csv_records.js";
import { SatchelError } from "./errors.js";
import { numberOf } from "./ops/tables.js";

/** @typedef {import("./csv_records.js").CsvRecord} CsvRecord */
/** @typedef {import("./csv_records.js").Source} Source */

/**
 * How the header of a table fits a model: columns that it lacks, columns that the model passes over, and, for what is lacking, columns
 * that differ from it in blanks, dots, dashes or capitals alone.
 *
 * @typedef {{lacking: string[], left: string[], alike: [lacking: string, found: string][]}} Fit
 */

/** Names that a column of true answers bears. */
const LABEL_NAMES = ["label", "class", "target", "species", "truth", "answer", "category", "activity", "y"];

const DECIMAL_COMMA = /^[ \t]*[+-]?(?:[0-9]+,[0-9]+|,[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t]*$/;

/**
 * A table that is open: its header is read, its records come one at a time.
 */
export class TableFile {
  #records;

  /**
   * @param {readonly string[]} header
   * @param {AsyncGenerator<CsvRecord, void, undefined>} rest
   */
  constructor(header, rest) {
    this.header = header;
    this.#records = rest;
  }

  /**
   * Reads the header of a CSV file.
   *
   * @param {Source} source
   * @returns {Promise<TableFile>}
   * @throws {SatchelError} input/no-header, input/duplicate-column, input/csv-encoding, input/not-csv
   */
  static async open(source) {
    const found = records(source, undefined, "");
    const first = await found.next();
    if (first.done) {
      throw new SatchelError("input/no-header", "expected a header with the columns' names, found an empty file", {
        hint: "Write the names of the columns into the first line, the rows below.",
      });
    }
    const header = first.value.fields;
    const twice = header.find((each, place) => header.indexOf(each) < place);
    if (twice === undefined) return new TableFile(header, found);
    throw new SatchelError("input/duplicate-column", `the header has '${twice}' twice`, {
      hint: "Give every column a name of its own.",
    });
  }

  /**
   * Gives the records below the header, also those that have too few or too many fields.
   *
   * @returns {AsyncGenerator<CsvRecord, void, undefined>}
   * @throws {SatchelError} input/csv-encoding, input/not-csv: nothing can be read from there on
   */
  rows() {
    return this.#records;
  }
}

/**
 * Gives the cells of a record by the names of their columns; numbers with a decimal comma get a point.
 *
 * @param {readonly string[]} header
 * @param {readonly string[]} fields
 * @param {ReadonlySet<string>} [commas] the columns whose numbers have a decimal comma
 * @returns {Map<string, string>}
 * @throws {SatchelError} input/ragged-row, input/not-a-number
 */
export function rowOf(header, fields, commas = new Set()) {
  if (fields.length !== header.length) {
    const message = `expected ${header.length} fields as in the header, found ${fields.length}`;
    throw new SatchelError("input/ragged-row", message, { hint: "Quote fields that hold the separator." });
  }
  return new Map(
    header.map((name, place) => [name, commas.has(name) ? withPoint(fields[place], name, "") : fields[place]]),
  );
}

/**
 * Gives the columns whose numbers have a decimal comma: those of which one cell does, and none is a number with a point.
 *
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows the first of the table
 * @param {readonly string[]} numbers the columns that hold numbers
 * @returns {Set<string>}
 */
export function decimalCommas(header, rows, numbers) {
  const found = numbers.filter((name) => {
    const cells = rows.map((fields) => fields[header.indexOf(name)] ?? "");
    return (
      cells.some((cell) => DECIMAL_COMMA.test(cell)) &&
      !cells.some((cell) => cell.includes(".") && numberOf(cell) !== undefined)
    );
  });
  return new Set(found);
}

/**
 * Gives how a header fits the columns that a model takes.
 *
 * @param {readonly string[]} header
 * @param {readonly string[]} columns
 * @returns {Fit}
 */
export function fitOf(header, columns) {
  const lacking = columns.filter((name) => !header.includes(name));
  const left = header.filter((name) => !columns.includes(name));
  const alike = lacking.flatMap((name) => {
    const found = left.find((each) => plain(each) === plain(name));
    return found === undefined ? [] : [/** @type {[string, string]} */ ([name, found])];
  });
  return { lacking, left, alike };
}

/**
 * Refuses a table that lacks columns, in one sentence that says which, and which are left over.
 *
 * @param {Fit} fit
 * @throws {SatchelError} input/missing-column
 */
export function refuseLacking({ lacking, left, alike }) {
  if (lacking.length === 0) return;
  const many = lacking.length > 1;
  const over = left.length > 0 ? `; the model does not know its column${plural(left)} ${listed(left)}` : "";
  const message = `the table lacks the column${plural(lacking)} ${listed(lacking)}${over}`;
  const renamed = alike.map(([name, found]) => `'${found}' to '${name}'`).join(", ");
  const hint = renamed
    ? `Rename ${renamed} in the header.`
    : `Add ${many ? "them" : "it"}, or rename columns of the header.`;
  throw new SatchelError("input/missing-column", message, { hint });
}

/**
 * Gives the column that most likely holds the true answers: of those that the model does not take the one most of whose cells are
 * labels, at least nine in ten; among equals the one that is named like it.
 *
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows the first of the table
 * @param {readonly string[]} columns that the model takes
 * @param {readonly string[]} labels
 * @returns {string | undefined}
 */
export function labelColumn(header, rows, columns, labels) {
  const indexOf = labelReader(labels);
  const shares = header.map((name, place) => {
    const cells = rows.map((fields) => fields[place] ?? "").filter((cell) => cell.trim() !== "");
    const known = cells.filter((cell) => indexOf(cell) !== undefined).length;
    const share = columns.includes(name) || cells.length === 0 ? 0 : known / cells.length;
    return { name, share: share < 0.9 ? 0 : share, named: LABEL_NAMES.includes(plain(name)) };
  });
  shares.sort((a, b) => b.share - a.share || Number(b.named) - Number(a.named));
  return shares[0]?.share > 0 ? shares[0].name : undefined;
}

/**
 * Gives the column that most likely holds the true numbers: one that the model does not take, is named like it, and holds numbers.
 *
 * @param {readonly string[]} header
 * @param {readonly (readonly string[])[]} rows the first of the table
 * @param {readonly string[]} columns that the model takes
 * @returns {string | undefined}
 */
export function numberColumn(header, rows, columns) {
  return header.find(
    (name, place) =>
      !columns.includes(name) &&
      LABEL_NAMES.includes(plain(name)) &&
      rows.some((fields) => numberOf(fields[place] ?? "") !== undefined),
  );
}

/**
 * Gives a function that gives the class of a text: its label, whatever its capitals and the blanks around it, else its number.
 *
 * @param {readonly string[]} labels
 * @returns {(text: string) => number | undefined}
 */
export function labelReader(labels) {
  /** @type {Map<string, number>} */
  const places = new Map();
  for (const [place, label] of labels.entries()) {
    for (const form of [label, folded(label)]) if (!places.has(form)) places.set(form, place);
  }
  return (text) => {
    const found = places.get(text) ?? places.get(folded(text));
    if (found !== undefined || !/^[ ]*[0-9]{1,7}(\.0+)?[ ]*$/.test(text)) return found;
    const index = Number(text);
    return index < labels.length ? index : undefined;
  };
}

/** @param {string} text */
function folded(text) {
  return text.trim().toLowerCase();
}

/** @param {string} name */
function plain(name) {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/** @param {readonly string[]} names */
function listed(names) {
  const shown = names.slice(0, 12).map((each) => `'${each}'`);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  return shown.join(", ") + more;
}

/** @param {readonly string[]} names */
function plural(names) {
  return names.length > 1 ? "s" : "";
}
