/**
 * A place in a recording that moves as it is played: at real speed, some times as fast, or as fast as answers come.
 */

/** Times real speed; Infinity is as fast as it goes. */
export const SPEEDS = [1, 4, 16, Infinity];

/**
 * Places are in samples, from 0 to `end`; what is not answered yet, from `ready` on, cannot be played.
 */
export class Playhead {
  #place = 0;
  #playing = false;
  /** @type {number | undefined} when the place was last moved, in milliseconds */
  #moved;

  /** @param {number} rate samples a second at real speed */
  constructor(rate) {
    this.rate = rate;
    this.end = 0;
    this.ready = 0;
    this.speed = SPEEDS[0];
  }

  get place() {
    return this.#place;
  }

  get playing() {
    return this.#playing;
  }

  /** Gives whether the recording has been played to its end. */
  get ended() {
    return this.end > 0 && this.#place >= this.end;
  }

  /** Plays on; from the beginning where the end was reached. */
  play() {
    if (this.ended) this.#place = 0;
    this.#playing = this.end > 0;
    this.#moved = undefined;
  }

  pause() {
    this.#playing = false;
  }

  /**
   * Goes to a place; as near as there is one.
   *
   * @param {number} place
   */
  seek(place) {
    this.#place = Math.min(Math.max(0, place), this.end);
    this.#moved = undefined;
  }

  /**
   * Moves on to where the recording is at a time; playing stops at its end.
   *
   * @param {number} now in milliseconds
   * @returns {number} the place
   */
  advance(now) {
    if (!this.#playing) return this.#place;
    const passed = this.#moved === undefined ? 0 : Math.max(0, now - this.#moved);
    const by = this.speed === Infinity ? Infinity : (passed / 1000) * this.rate * this.speed;
    if (this.#moved !== undefined)
      this.#place = Math.max(this.#place, Math.min(this.#place + by, this.ready, this.end));
    this.#moved = now;
    if (this.ended) this.#playing = false;
    return this.#place;
  }
}

/**
 * Gives how many windows have ended at a place: those whose answers are known there.
 *
 * @param {readonly {end: number}[]} windows in their order
 * @param {number} place
 */
export function endedBy(windows, place) {
  let low = 0;
  let high = windows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (windows[middle].end <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}
