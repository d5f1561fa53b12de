/**
 * Rows of a table: columns, impute, standardize, oneHot; binary64 in the order written, rounded to binary32 at the end.
 */

import { SatchelError } from "../errors.js";

/**
 * One cell of a row; a value of null is missing. An indicator is what oneHot made, and no step names it.
 *
 * @typedef {{name: string, kind: "number" | "category" | "indicator", value: number | string | null}} Cell
 */

/** @typedef {ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>} Row cells by the names of their columns */

/** A number as text: ASCII digits, at most one decimal point, an exponent; no blanks, no groups of thousands. */
const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const BLANKS = /^[ \t]+|[ \t]+$/g;
const MAX_INTEGER = 2 ** 53;

/**
 * Gives the cells of the wanted columns, in that order; other columns are passed over.
 *
 * A number loses the blanks and tabs around it; a category is the text as it stands, or the digits of a whole number. A text that
 * is one of `missing` means that there is no value, and so do null and a NaN that is no text.
 *
 * @param {Row} row
 * @param {readonly {name: string, kind: "number" | "category"}[]} wanted
 * @param {readonly string[]} missing
 * @returns {Cell[]}
 * @throws {SatchelError} input/missing-column, input/not-a-number, input/not-finite, input/wrong-cell
 */
export function columns(row, wanted, missing) {
  const cells = row instanceof Map ? row : new Map(Object.entries(row));
  const lacking = wanted.map(({ name }) => name).filter((name) => !cells.has(name));
  if (lacking.length > 0) {
    const message = `the column${lacking.length > 1 ? "s" : ""} ${listed(lacking)} ${lacking.length > 1 ? "are" : "is"} missing`;
    throw new SatchelError("input/missing-column", message, { hint: `The columns are: ${listed([...cells.keys()])}.` });
  }
  return wanted.map(({ name, kind }) => {
    const read = kind === "number" ? numberIn : categoryIn;
    return { name, kind, value: read(name, cells.get(name), missing) };
  });
}

/**
 * Gives the cells with the values of their columns where they were missing (SimpleImputer's transform).
 *
 * @param {readonly Cell[]} cells
 * @param {Readonly<Record<string, number | string>>} values
 * @returns {Cell[]}
 */
export function impute(cells, values) {
  return cells.map((each) => {
    const fills = each.value === null && each.kind !== "indicator" && Object.hasOwn(values, each.name);
    return fills ? { ...each, value: values[each.name] } : each;
  });
}

/**
 * Gives (x - mean) / scale in the columns named (StandardScaler's transform); a missing value stays missing.
 *
 * @param {readonly Cell[]} cells
 * @param {readonly string[]} names
 * @param {readonly number[]} mean
 * @param {readonly number[]} scale
 * @returns {Cell[]}
 */
export function standardize(cells, names, mean, scale) {
  const places = new Map(names.map((name, place) => [name, place]));
  return cells.map((cell) => {
    const place = cell.kind === "number" ? places.get(cell.name) : undefined;
    if (place === undefined || cell.value === null) return cell;
    return { ...cell, value: (Number(cell.value) - mean[place]) / scale[place] };
  });
}

/**
 * Gives the cells with one column replaced by an indicator a category, 1 for the cell's own and 0 for the others.
 *
 * A text that is none of them, or a missing one, is refused (`error`), has no 1 (`ignore`, as OneHotEncoder does), or has it in
 * one more indicator behind the others (`bucket`, as OneHotEncoder's infrequent categories).
 *
 * @param {readonly Cell[]} cells
 * @param {string} column
 * @param {readonly string[]} categories
 * @param {"error" | "ignore" | "bucket"} unknown
 * @returns {Cell[]}
 * @throws {SatchelError} input/unknown-category
 */
export function oneHot(cells, column, categories, unknown) {
  return cells.flatMap((cell) => {
    if (cell.name !== column || cell.kind !== "category") return [cell];
    const known = categories.includes(/** @type {string} */ (cell.value));
    if (unknown === "error" && !known) {
      const shown = cell.value === null ? "an empty cell" : `'${cell.value}'`;
      const message = `expected a known category in the column '${column}', found ${shown}`;
      throw new SatchelError("input/unknown-category", message, { hint: `Allowed: ${listed(categories)}.` });
    }
    const found = categories.map((each) => indicator(`${column}=${each}`, cell.value === each));
    return unknown === "bucket" ? [...found, indicator(column, !known)] : found;
  });
}

/**
 * Gives the values of a row, each rounded once.
 *
 * @param {readonly Cell[]} cells
 * @returns {Float32Array<ArrayBuffer>}
 * @throws {SatchelError} input/empty-cell, input/not-finite
 */
export function rowValues(cells) {
  const empty = cells.find(({ value }) => value === null);
  if (empty) {
    const message = `expected a value in the column '${empty.name}', found an empty cell`;
    const hint = "Fill it in, or give the spec an impute step for it.";
    throw new SatchelError("input/empty-cell", message, { hint });
  }
  const found = Float32Array.from(cells, ({ value }) => Number(value));
  const place = found.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return found;
  const message = `the value of the column '${cells[place].name}' is infinite in binary32`;
  throw new SatchelError("input/not-finite", message, { hint: "Check the cell, mean and scale." });
}

/**
 * Gives the number that a text is, blanks and tabs around it put aside; undefined when it is none. It may be infinite.
 *
 * @param {string} text
 */
export function numberOf(text) {
  const trimmed = text.replace(BLANKS, "");
  return NUMBER.test(trimmed) ? Number(trimmed) : undefined;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {readonly string[]} missing
 */
function numberIn(name, value, missing) {
  let number;
  if (typeof value === "string") {
    if (missing.includes(value) || missing.includes(value.replace(BLANKS, ""))) return null;
    number = numberOf(value);
    if (number === undefined) {
      const message = `expected a number in the column '${name}', found ${JSON.stringify(value.slice(0, 80))}`;
      throw new SatchelError("input/not-a-number", message, { hint: numberHint(value) });
    }
  } else {
    number = plain(name, value);
    if (number === null || Number.isNaN(number)) return null;
  }
  if (Number.isFinite(number)) return number;
  throw new SatchelError("input/not-finite", `the number in the column '${name}' is infinite`);
}

/** @param {string} text */
function numberHint(text) {
  if (text.includes(",") && numberOf(text.replace(",", ".")) !== undefined) {
    return 'It looks like a decimal comma: read the file with decimal ",".';
  }
  return "Use digits with a decimal point, or list the text among the step's missing.";
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {readonly string[]} missing
 */
function categoryIn(name, value, missing) {
  if (typeof value === "string") return missing.includes(value) ? null : value;
  const number = plain(name, value);
  if (number === null || Number.isNaN(number)) return null;
  if (!Number.isInteger(number) || Math.abs(number) > MAX_INTEGER) {
    const message = `expected a text in the column '${name}', found the number ${number}`;
    throw new SatchelError("input/wrong-cell", message, { hint: "Give a category as text, or as a whole number." });
  }
  const text = String(number);
  return missing.includes(text) ? null : text;
}

/**
 * Gives a cell that is no text as a number.
 *
 * @param {string} name
 * @param {unknown} value
 */
function plain(name, value) {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  const message = `expected text or a number in the column '${name}', found ${typeof value}`;
  throw new SatchelError("input/wrong-cell", message);
}

/**
 * @param {string} name
 * @param {boolean} is
 * @returns {Cell}
 */
function indicator(name, is) {
  return { name, kind: "indicator", value: is ? 1 : 0 };
}

/** @param {readonly string[]} names */
function listed(names) {
  const shown = names
    .slice(0, 12)
    .map((name) => `'${name}'`)
    .join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
