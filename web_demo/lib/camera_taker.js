/**
 * Hands a camera's frames to a model, one at a time: while it is busy the latest frame waits, and the one that waited is closed.
 */

/**
 * So there are never more than two frames: nothing queues however slow the model is, and what it gets next is what the camera saw
 * last.
 */
export class FrameTaker {
  #work;
  /** @type {VideoFrame | undefined} */
  #waiting;
  #busy = false;
  #closed = false;

  /** How many frames were closed without being looked at, as a later one came. */
  dropped = 0;

  /** @param {(frame: VideoFrame) => Promise<void>} work takes the frame over, and closes it; what it throws is its own matter */
  constructor(work) {
    this.#work = work;
  }

  /**
   * Takes a frame over, which is closed in time.
   *
   * @param {VideoFrame} frame
   */
  offer(frame) {
    if (this.#closed) return frame.close();
    if (this.#waiting) {
      this.#waiting.close();
      this.dropped++;
    }
    this.#waiting = frame;
    if (!this.#busy) void this.#begin();
  }

  /** Takes no more, and closes what waits. Work that has begun may go on. */
  close() {
    this.#closed = true;
    this.#waiting?.close();
    this.#waiting = undefined;
  }

  async #begin() {
    this.#busy = true;
    try {
      for (let frame = this.#next(); frame; frame = this.#next()) await this.#work(frame);
    } finally {
      this.#busy = false;
    }
  }

  #next() {
    const frame = this.#waiting;
    this.#waiting = undefined;
    return frame;
  }
}
