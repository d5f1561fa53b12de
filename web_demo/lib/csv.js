/**
 * Reads tables from CSV, row by row: a file of any length takes the memory of one row.
 */

import { SatchelError } from "./errors.js";
import { numberOf } from "./ops/tables.js";

/** @typedef {string | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>} Source */

/**
 * `separator`: one character; when not given, that of comma, semicolon and tab which the header has most of. `decimal`: what
 * divides a number's fraction; with a comma, numbers are given with a point instead. `numbers`: the columns that a decimal comma
 * is looked for in; all when not given. `columns`: names that the header must have. `name`: of the file, for errors.
 *
 * @typedef {{separator?: string, decimal?: "." | ",", numbers?: readonly string[], columns?: readonly string[], name?: string}} Form
 */

const SEPARATORS = [",", ";", "\t"];

/** Characters of a record with its line ends, and of a field: more than that is a quote that nobody closed. */
const MAX_RECORD = 2 ** 20;
const MAX_FIELD = 2 ** 17;

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
  for await (const record of records(source, separator, name)) {
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
 * Gives the records of a file; where each field begins and ends is what Python's csv module says when it is strict.
 *
 * @param {Source} source
 * @param {string | undefined} separator
 * @param {string} name
 * @returns {AsyncGenerator<string[], void, undefined>}
 */
async function* records(source, separator, name) {
  /** @type {Splitter | undefined} */
  let splitter;
  let head = "";
  for await (const text of texts(source, name)) {
    if (splitter) {
      yield* splitter.push(text);
      continue;
    }
    head += text;
    const found = separator ?? detected(head, false);
    if (found === undefined) continue;
    splitter = new Splitter(found, name);
    yield* splitter.push(head);
  }
  if (!splitter) {
    splitter = new Splitter(separator ?? /** @type {string} */ (detected(head, true)), name);
    yield* splitter.push(head);
  }
  yield* splitter.end();
}

/**
 * Gives the separator that the header has most of outside quotes, the first of SEPARATORS among equals; undefined when the
 * header goes on behind the text.
 *
 * @param {string} text
 * @param {boolean} whole nothing follows
 */
function detected(text, whole) {
  const counts = SEPARATORS.map(() => 0);
  let quoted = false;
  let begun = false;
  let ended = whole || text.length > MAX_RECORD;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    const end = character === "\n" || character === "\r";
    if (end && !quoted && begun) {
      ended = true;
      break;
    }
    begun ||= !end;
    const place = quoted ? -1 : SEPARATORS.indexOf(character);
    if (place >= 0) counts[place]++;
  }
  return ended ? SEPARATORS[counts.indexOf(Math.max(...counts))] : undefined;
}

/** Cuts text into records, a piece at a time. */
class Splitter {
  #separator;
  #name;
  /** @type {string[]} */
  #fields = [];
  #field = "";
  /** @type {"record" | "field" | "plain" | "quoted" | "closing"} where the next character stands */
  #state = "record";
  #length = 0;
  #returned = false;

  /**
   * @param {string} separator
   * @param {string} name
   */
  constructor(separator, name) {
    this.#separator = separator;
    this.#name = name;
  }

  /**
   * Gives the records that end in this piece.
   *
   * @param {string} text
   * @returns {Generator<string[], void, undefined>}
   */
  *push(text) {
    for (const character of text) {
      const second = character === "\n" && this.#returned;
      this.#returned = false;
      if (second && this.#state === "record") continue;
      if (++this.#length > MAX_RECORD) throw this.#refusal(`a record is longer than ${MAX_RECORD} characters`);
      const record = this.#take(character);
      if (record) yield record;
    }
  }

  /**
   * Gives the record that nothing ended.
   *
   * @returns {Generator<string[], void, undefined>}
   */
  *end() {
    if (this.#state === "quoted") throw this.#refusal("a quote is not closed");
    if (this.#state === "record") return;
    this.#close();
    yield this.#record();
  }

  /** @param {string} character */
  #take(character) {
    if (this.#state === "quoted") {
      if (character === '"') this.#state = "closing";
      else this.#field += character;
      return undefined;
    }
    const end = character === "\n" || character === "\r";
    this.#returned = character === "\r";
    if (end) {
      if (this.#state === "record") this.#length = 0;
      else this.#close();
      return this.#fields.length > 0 ? this.#record() : undefined;
    }
    if (character === this.#separator) this.#close();
    else if (character === '"' && this.#state !== "plain") this.#quote();
    else if (this.#state === "closing") throw this.#refusal("something stands behind a closing quote");
    else {
      this.#field += character;
      this.#state = "plain";
    }
    return undefined;
  }

  #quote() {
    if (this.#state === "closing") this.#field += '"';
    this.#state = "quoted";
  }

  #close() {
    if (this.#field.length > MAX_FIELD && [...this.#field].length > MAX_FIELD) {
      throw this.#refusal(`a field is longer than ${MAX_FIELD} characters`);
    }
    this.#fields.push(this.#field);
    this.#field = "";
    this.#state = "field";
  }

  #record() {
    const record = this.#fields;
    this.#fields = [];
    this.#length = 0;
    this.#state = "record";
    return record;
  }

  /** @param {string} message */
  #refusal(message) {
    const hint = "Check that every quote is closed, and doubled where it stands inside a field.";
    return new SatchelError("input/not-csv", message, { where: this.#name, hint });
  }
}

/**
 * Gives the text of a source, piece by piece, without a byte-order mark.
 *
 * @param {Source} source
 * @param {string} name
 */
async function* texts(source, name) {
  if (typeof source === "string") {
    yield source.replace(/^\ufeff/, "");
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const bytes of pieces(source)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = "Give a table, saved as CSV UTF-8.";
    throw new SatchelError("input/csv-encoding", "expected text in UTF-8, found other bytes", { where: name, hint });
  }
}

/**
 * @param {Exclude<Source, string>} source
 * @returns {AsyncGenerator<Uint8Array, void, undefined>}
 */
async function* pieces(source) {
  if (source instanceof Uint8Array) yield source;
  else if (source instanceof Blob) yield* pieces(source.stream());
  else if ("getReader" in source) {
    const reader = source.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } else yield* source;
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
    const message = `the columns ${lacking.map((each) => `'${each}'`).join(", ")} are missing`;
    const hint = `The header has: ${found
      .slice(0, 20)
      .map((each) => `'${each}'`)
      .join(", ")}.`;
    throw new SatchelError("input/missing-column", message, { where, hint });
  }
  return [...found];
}

/**
 * @param {string} field
 * @param {string} column
 * @param {string} where
 */
function withPoint(field, column, where) {
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
