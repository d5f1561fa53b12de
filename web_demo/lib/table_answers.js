/**
 * The answers of a table: kept row by row, filtered, sorted, compared with the true ones, and written as CSV.
 */

import { Confusion } from "./confusion.js";
import { numberOf } from "./ops/tables.js";
import { regressionFigures } from "./regression.js";
import { labelReader } from "./table_file.js";

/** @typedef {import("./answers.js").Answer} Answer */
/** @typedef {import("./csv_records.js").CsvRecord} CsvRecord */

/**
 * A row with its answer, or the reason why it has none. `index` is the class answered; `scores` are those of the answer's classes by
 * their index; `values` are the numbers of a model without classes.
 *
 * @typedef {CsvRecord & {answer?: string, index?: number, score?: number, scores?: [number, number][], values?: number[],
 *   reason?: string}} AnsweredRow
 */

/** @typedef {"all" | "answered" | "refused" | "wrong"} Shown */

/**
 * Which rows, in which order: `by` is a place in the header, or what stands beside it.
 *
 * @typedef {{shown: Shown, search: string, by: number | "line" | "answer" | "score" | "truth", down: boolean}} View
 */

/** Rows to a piece of the file that is written. */
const PIECE = 2000;

export class TableAnswers {
  /** @type {AnsweredRow[]} */
  #rows = [];
  #refused = 0;
  #truthPlace = -1;
  #reader;

  /**
   * @param {readonly string[]} header
   * @param {readonly string[]} labels of the model's classes; none where it gives numbers
   */
  constructor(header, labels) {
    this.header = header;
    this.labels = labels;
    this.#reader = labelReader(labels);
  }

  /** Gives how many rows there are. */
  get length() {
    return this.#rows.length;
  }

  /** Gives how many rows have no answer. */
  get refused() {
    return this.#refused;
  }

  /** Gives the column of the true answers, if one is chosen. */
  get truth() {
    return this.header[this.#truthPlace];
  }

  /**
   * Chooses the column of the true answers.
   *
   * @param {string | undefined} column
   */
  compareWith(column) {
    this.#truthPlace = column === undefined ? -1 : this.header.indexOf(column);
  }

  /** @param {number} place */
  row(place) {
    return this.#rows[place];
  }

  /**
   * Keeps the answer of a row.
   *
   * @param {CsvRecord} record
   * @param {Answer} answer
   */
  add({ line, fields }, { classes, values }) {
    const [best] = classes ?? [];
    if (values) {
      const numbers = Array.from(values.data);
      this.#rows.push({ line, fields, answer: numbers.map(shortest).join(" "), values: numbers });
    } else if (best) {
      const scores = classes?.map(({ index, score }) => /** @type {[number, number]} */ ([index, score]));
      this.#rows.push({ line, fields, answer: this.#name(best), index: best.index, score: best.score, scores });
    } else {
      this.#rows.push({ line, fields, answer: "" });
    }
  }

  /**
   * Keeps why a row has no answer.
   *
   * @param {CsvRecord} record
   * @param {string} reason
   */
  refuse({ line, fields }, reason) {
    this.#rows.push({ line, fields, reason });
    this.#refused++;
  }

  /**
   * Gives the index of the class that a row truly is of; undefined where no column is chosen, or its cell is no label.
   *
   * @param {AnsweredRow} row
   */
  truthOf({ fields }) {
    return this.#truthPlace < 0 ? undefined : this.#reader(fields[this.#truthPlace] ?? "");
  }

  /**
   * Gives how the answers compare with the true ones, over the rows that have both; and how many rows have an answer but no truth.
   *
   * @returns {{confusion: Confusion, without: number} | undefined} undefined where no column is chosen
   */
  compared() {
    if (this.#truthPlace < 0) return undefined;
    const confusion = new Confusion(this.labels.length);
    let without = 0;
    for (const row of this.#rows) {
      if (row.reason !== undefined) continue;
      const truth = this.truthOf(row);
      if (truth === undefined) without++;
      else confusion.add(truth, row.index);
    }
    return { confusion, without };
  }

  /**
   * Gives how far the answers of a model of one number lie from the true ones, over the rows that have both.
   *
   * @returns {import("./regression.js").RegressionFigures | undefined} undefined where there are none
   */
  errors() {
    /** @type {[number, number][]} */
    const pairs = [];
    for (const { fields, values } of this.#rows) {
      const truth = numberOf(fields[this.#truthPlace] ?? "");
      if (truth !== undefined && values?.length === 1) pairs.push([truth, values[0]]);
    }
    return regressionFigures(pairs);
  }

  /**
   * Gives the places of the rows that are to be shown, in their order.
   *
   * @param {View} view
   * @returns {number[]}
   */
  places({ shown, search, by, down }) {
    const wanted = search.trim().toLowerCase();
    const found = [];
    for (const [place, row] of this.#rows.entries()) {
      if (this.#isShown(row, shown) && (!wanted || holds(row, wanted))) found.push(place);
    }
    if (by === "line" && !down) return found;
    const keys = new Map(found.map((place) => [place, this.#key(this.#rows[place], by)]));
    const sign = down ? -1 : 1;
    return found.sort((a, b) => order(keys.get(a), keys.get(b), sign) || a - b);
  }

  /**
   * Gives the table as CSV, piece by piece: the columns as they were, then the answer, its score, the score of each class (or the
   * numbers of the model), the reason why there is none, and what a row has more than the header. Cells are written as they are, also
   * those that a spreadsheet takes for formulas: a mark before them would be part of the cell to every other program, and what is
   * saved is read again as what it was.
   *
   * @returns {Generator<string, void, undefined>}
   */
  *csv() {
    const numbers = Math.max(0, ...this.#rows.slice(0, 1000).map(({ values }) => values?.length ?? 0));
    const named = this.labels.length > 0 ? this.#scored() : [];
    const added = ["line", "answer"];
    if (numbers === 0) added.push("score", ...named.map((index) => `score ${this.labels[index]}`));
    else for (let place = 1; place <= numbers; place++) added.push(`value ${place}`);
    added.push("reason");
    const surplus = this.#rows.some(({ fields }) => fields.length > this.header.length);
    if (surplus) added.push("surplus fields");
    const taken = new Set(this.header);
    yield `${[...this.header, ...added.map((name) => untaken(name, taken))].map(quoted).join(",")}\r\n`;
    for (let from = 0; from < this.#rows.length; from += PIECE) {
      const lines = this.#rows.slice(from, from + PIECE).map((row) => {
        const cells =
          numbers === 0 ? scoresOf(row, named) : Array.from({ length: numbers }, (_, at) => row.values?.[at]);
        const own = this.header.map((_, place) => row.fields[place]);
        const over = surplus ? [row.fields.slice(own.length).join(",")] : [];
        return [...own, row.line, row.answer, ...cells, row.reason, ...over].map(quoted).join(",");
      });
      yield `${lines.join("\r\n")}\r\n`;
    }
  }

  /** Gives the classes that some answer has a score of, in the order of the labels. */
  #scored() {
    const found = new Set(this.#rows.flatMap(({ scores }) => scores?.map(([index]) => index) ?? []));
    return [...found].sort((a, b) => a - b);
  }

  /**
   * @param {AnsweredRow} row
   * @param {Shown} shown
   */
  #isShown(row, shown) {
    if (shown === "all") return true;
    if (shown === "refused") return row.reason !== undefined;
    if (row.reason !== undefined) return false;
    if (shown === "answered") return true;
    const truth = this.truthOf(row);
    return truth !== undefined && truth !== row.index;
  }

  /**
   * @param {AnsweredRow} row
   * @param {View["by"]} by
   * @returns {number | string | undefined}
   */
  #key(row, by) {
    if (by === "line") return row.line;
    if (by === "answer") return row.answer;
    if (by === "score") return row.score;
    if (by === "truth") return this.truthOf(row);
    const cell = row.fields[by];
    const number = Number(cell);
    return cell?.trim() && !Number.isNaN(number) ? number : cell;
  }

  /** @param {{index: number, label: string | null}} best */
  #name({ index, label }) {
    return label ?? this.labels[index] ?? `Class ${index}`;
  }
}

/**
 * @param {AnsweredRow} row
 * @param {readonly number[]} named
 */
function scoresOf({ score, scores }, named) {
  const found = new Map(scores);
  return [score, ...named.map((index) => found.get(index))];
}

/**
 * @param {AnsweredRow} row
 * @param {string} wanted in small letters
 */
function holds({ line, fields, answer, reason }, wanted) {
  return [String(line), ...fields, answer, reason].some((each) => each?.toLowerCase().includes(wanted));
}

/**
 * Numbers before texts, and what is not there last whichever way it is sorted.
 *
 * @param {number | string | undefined} a
 * @param {number | string | undefined} b
 * @param {1 | -1} sign
 */
function order(a, b, sign) {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a !== typeof b) return sign * (typeof a === "number" ? -1 : 1);
  return sign * (a < b ? -1 : Number(a > b));
}

/** @param {number} number */
function shortest(number) {
  return String(Number(number.toPrecision(6)));
}

/**
 * @param {string} name
 * @param {Set<string>} taken names of columns, to which the one that is given is added
 */
function untaken(name, taken) {
  let found = name;
  for (let count = 2; taken.has(found); count++) found = `${name} ${count}`;
  taken.add(found);
  return found;
}

/** @param {string | number | undefined} cell */
function quoted(cell) {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
