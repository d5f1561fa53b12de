/**
 * A drawing as strokes of a pen: what can be undone, and what a canvas is to be painted with.
 */

/**
 * A place where the pen was, in pixels of the paper, and how wide its line is there.
 *
 * @typedef {{x: number, y: number, width: number}} Spot
 */

/** Shares of the width of a line that the lightest and the hardest touch of a pen give. */
const LIGHTEST = 0.4;
const HARDEST = 1.6;

export class Strokes {
  /** @type {Spot[][]} */
  #strokes = [];
  #down = false;

  /** Gives whether nothing is drawn. */
  get empty() {
    return this.#strokes.length === 0;
  }

  /** Gives whether the pen is on the paper. */
  get down() {
    return this.#down;
  }

  /** Gives the strokes, the first drawn first. */
  get all() {
    return this.#strokes;
  }

  /**
   * Puts the pen down, or draws on from where it is.
   *
   * @param {Spot} spot
   * @returns {readonly [Spot, Spot]} the piece of the line that was drawn, from where to where; a dot where the pen came down
   */
  draw(spot) {
    if (!this.#down) this.#strokes.push([]);
    const stroke = this.#strokes[this.#strokes.length - 1];
    const before = this.#down ? stroke[stroke.length - 1] : spot;
    this.#down = true;
    stroke.push(spot);
    return [before, spot];
  }

  /** Lifts the pen. */
  lift() {
    this.#down = false;
  }

  /** Takes the last stroke away. */
  undo() {
    this.#down = false;
    this.#strokes.pop();
  }

  /** Takes all strokes away. */
  clear() {
    this.#down = false;
    this.#strokes = [];
  }
}

/**
 * Gives the pieces of all strokes, in the order in which they were drawn.
 *
 * @param {readonly (readonly Spot[])[]} strokes
 * @returns {(readonly [Spot, Spot])[]}
 */
export function piecesOf(strokes) {
  return strokes.flatMap((stroke) =>
    stroke.map((spot, place) => /** @type {const} */ ([stroke[place - 1] ?? spot, spot])),
  );
}

/**
 * Gives the width of a line: of a pen by its pressure, of anything else the plain one.
 *
 * @param {{pointerType: string, pressure: number}} touch a pressure is from 0 to 1, 0.5 in the middle
 * @param {number} plain
 */
export function widthOf({ pointerType, pressure }, plain) {
  if (pointerType !== "pen") return plain;
  return plain * (LIGHTEST + (HARDEST - LIGHTEST) * Math.min(1, Math.max(0, pressure)));
}

/**
 * Gives where a brush is that arrow keys move, as far as the paper goes.
 *
 * @param {{x: number, y: number}} brush
 * @param {ReadonlySet<string>} keys that are held down: `ArrowLeft`, ... ; two of them move it aslant
 * @param {number} by pixels
 * @param {number} size of the square paper
 * @returns {{x: number, y: number}}
 */
export function movedBrush({ x, y }, keys, by, size) {
  const towards = (/** @type {string} */ less, /** @type {string} */ more) =>
    Number(keys.has(more)) - Number(keys.has(less));
  const within = (/** @type {number} */ place) => Math.min(size, Math.max(0, place));
  return {
    x: within(x + by * towards("ArrowLeft", "ArrowRight")),
    y: within(y + by * towards("ArrowUp", "ArrowDown")),
  };
}
