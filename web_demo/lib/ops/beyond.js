/**
 * The largest value that is weighed.
 */

import { SatchelError } from "../errors.js";

/** No sum of 2^27 values up to this one is infinite, of which a weight of 0 would make NaN. */
const LARGEST = 2 ** 100;

/**
 * Refuses a picture in which a value is beyond LARGEST.
 *
 * @param {import("./picture.js").Picture} source
 */
export function refuseBeyond({ data, offset, row, step, width, height, channels }) {
  if (!(data instanceof Float32Array)) return;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        if (Math.abs(data[offset + y * row + x * step + c]) <= LARGEST) continue;
        const hint = "Change factor, offset, mean or std, or put them behind this step.";
        throw new SatchelError("input/not-finite", "a value before this step is beyond 2^100", { hint });
      }
    }
  }
}
