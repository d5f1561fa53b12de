/**
 * The records of a CSV file and the lines on which they begin: a file of any length takes the memory of one record.
 */

import { SatchelError } from "./errors.js";

/** @typedef {string | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>} Source */

/**
 * A record's fields, and the line of the file on which it begins, the first being 1.
 *
 * @typedef {{fields: string[], line: number}} CsvRecord
 */

const SEPARATORS = [",", ";", "\t"];

/** Characters of a record with its line ends, and of a field: more than that is a quote that nobody closed. */
const MAX_RECORD = 2 ** 20;
const MAX_FIELD = 2 ** 17;

/**
 * Gives the records of a file; where each field begins and ends is what Python's csv module says when it is strict.
 *
 * @param {Source} source
 * @param {string | undefined} separator
 * @param {string} name
 * @returns {AsyncGenerator<CsvRecord, void, undefined>}
 * @throws {SatchelError} input/csv-encoding, input/not-csv
 */
export async function* records(source, separator, name) {
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
  #line = 1;
  #begun = 1;
  #last = "";

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
   * @returns {Generator<CsvRecord, void, undefined>}
   */
  *push(text) {
    for (const character of text) {
      if (this.#state === "record") this.#begun = this.#line;
      if (character === "\r" || (character === "\n" && this.#last !== "\r")) this.#line++;
      this.#last = character;
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
   * @returns {Generator<CsvRecord, void, undefined>}
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
    return { fields: record, line: this.#begun };
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
