/**
 * How fast a camera's frames are answered.
 */

/** @typedef {import("./bundle.js").Timings} Timings */

/** Frames a second, and the mean milliseconds of each stage. */
/** @typedef {{framesASecond: number} & Omit<Timings, "total">} Pace */

const STAGES = /** @type {const} */ (["decode", "prepare", "infer", "read"]);

/** Measures the frames of the last two seconds. */
export class FrameMeter {
  #window;
  /** @type {{end: number, timings: Timings}[]} */
  #seen = [];

  /** @param {number} [window] the milliseconds that are looked back on */
  constructor(window = 2000) {
    this.#window = window;
  }

  /**
   * Notes a frame that was answered.
   *
   * @param {number} now in milliseconds, by performance.now()
   * @param {Timings} timings
   */
  add(now, timings) {
    this.#seen.push({ end: now, timings });
    // Two frames are looked at however long ago they are.
    while (this.#seen.length > 2 && now - this.#seen[0].end > this.#window) this.#seen.shift();
  }

  /**
   * Gives the pace; undefined before the second frame.
   *
   * @returns {Pace | undefined}
   */
  pace() {
    const seen = this.#seen;
    if (seen.length < 2) return undefined;
    const seconds = (seen[seen.length - 1].end - seen[0].end) / 1000;
    const [decode, prepare, infer, read] = STAGES.map(
      (stage) => seen.reduce((sum, { timings }) => sum + timings[stage], 0) / seen.length,
    );
    return { framesASecond: (seen.length - 1) / seconds, decode, prepare, infer, read };
  }

  /** Forgets all frames: another model, or another camera. */
  clear() {
    this.#seen = [];
  }
}
