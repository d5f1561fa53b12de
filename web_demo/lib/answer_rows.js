/**
 * Asks a model about the rows of a table, several at a time, and hands on every answer and every refusal in the order of the file.
 */

import { SatchelError } from "./errors.js";

/** @typedef {import("./csv_records.js").CsvRecord} CsvRecord */

/** Rows that are asked about before the first of them is answered: the worker then never waits for the page. */
const AHEAD = 64;

/**
 * Goes through records until they end, or nobody wants them any more.
 *
 * @template Answer
 * @param {AsyncIterable<CsvRecord>} records
 * @param {object} hands
 * @param {(record: CsvRecord) => Promise<Answer>} hands.ask rejects with an error of the family input where the row cannot be answered
 * @param {(record: CsvRecord, answer: Answer) => void} hands.add
 * @param {(record: CsvRecord, reason: string) => void} hands.refuse
 * @param {() => boolean} [hands.wanted] asked before every row
 * @returns {Promise<{stopped: boolean, unreadable?: string}>} whether it was stopped before the end; why the file cannot be read to
 *   its end
 */
export async function answerRows(records, { ask, add, refuse, wanted = () => true }) {
  /** @type {{record: CsvRecord, answer: Promise<{answer: Answer} | {error: unknown}>}[]} */
  const waiting = [];
  const settle = async () => {
    const { record, answer } = /** @type {typeof waiting[number]} */ (waiting.shift());
    const found = await answer;
    if ("answer" in found) add(record, found.answer);
    else refuse(record, reasonOf(found.error));
  };
  let unreadable;
  let stopped = false;
  try {
    for await (const record of records) {
      if (!wanted()) {
        stopped = true;
        break;
      }
      const answer = asked(() => ask(record));
      waiting.push({ record, answer });
      if (waiting.length >= AHEAD) await settle();
    }
  } catch (error) {
    unreadable = reasonOf(error);
  }
  while (waiting.length > 0) await settle();
  return { stopped, unreadable };
}

/**
 * Gives what became of a question, so that no refusal goes unheard while others are waited for.
 *
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @returns {Promise<{answer: Answer} | {error: unknown}>}
 */
async function asked(ask) {
  try {
    return { answer: await ask() };
  } catch (error) {
    return { error };
  }
}

/**
 * Gives the reason that an error of the family input is; any other goes on.
 *
 * @param {unknown} error
 */
function reasonOf(error) {
  if (error instanceof SatchelError && error.code.startsWith("input/")) return error.message;
  throw error;
}
