/**
 * How often each class was answered for each true class, and what follows from it.
 */

/**
 * One class: `support` is how many truly are of it; precision and recall are undefined where nothing was answered or nothing is of it.
 *
 * @typedef {{index: number, support: number, answered: number, right: number, precision?: number, recall?: number}} ClassFigures
 */

/**
 * A confusion matrix that grows answer by answer; a row for each true class, a column for each answered one.
 */
export class Confusion {
  #size;
  #counts;
  /** @type {Float64Array} */
  #unanswered;

  /** @param {number} size how many classes there are */
  constructor(size) {
    this.#size = size;
    this.#counts = new Float64Array(size * size);
    this.#unanswered = new Float64Array(size);
  }

  /**
   * Counts one answer.
   *
   * @param {number} truth index of the true class
   * @param {number | undefined} answered index of the answered class; undefined where the model named none
   */
  add(truth, answered) {
    if (answered === undefined) this.#unanswered[truth]++;
    else this.#counts[truth * this.#size + answered]++;
  }

  /** Gives the counts, row by row: `matrix[truth][answered]`. */
  get matrix() {
    return Array.from({ length: this.#size }, (_, truth) => [
      ...this.#counts.subarray(truth * this.#size, (truth + 1) * this.#size),
    ]);
  }

  /** Gives, by true class, how many rows the model named no class for. */
  get unanswered() {
    return [...this.#unanswered];
  }

  /** Gives how many were counted. */
  get total() {
    return sum(this.#counts) + sum(this.#unanswered);
  }

  /** Gives how many were answered with their true class. */
  get right() {
    return sum(Array.from({ length: this.#size }, (_, place) => this.#counts[place * (this.#size + 1)]));
  }

  /** Gives the share of those counted that were answered with their true class; undefined where none was counted. */
  get accuracy() {
    return this.total > 0 ? this.right / this.total : undefined;
  }

  /**
   * Gives precision, recall and support of every class. A row without an answer counts against the recall of its class.
   *
   * @returns {ClassFigures[]}
   */
  get classes() {
    const matrix = this.matrix;
    return matrix.map((row, index) => {
      const support = sum(row) + this.#unanswered[index];
      const answered = sum(matrix.map((each) => each[index]));
      const right = row[index];
      const precision = answered > 0 ? right / answered : undefined;
      return { index, support, answered, right, precision, recall: support > 0 ? right / support : undefined };
    });
  }
}

/** @param {Iterable<number>} numbers */
function sum(numbers) {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}
