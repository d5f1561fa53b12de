/**
 * One axis of Pillow's resize in WebAssembly with SIMD: the channels of a pixel at once, the same integers as resize_pillow.js
 * computes one by one.
 */

import { RESAMPLE } from "./resample_wasm.js";
import { programOf } from "./wasm.js";

const program = programOf(RESAMPLE);

/** @typedef {import("./pillow_taps.js").Taps} Taps */

/**
 * Gives the resampler, or undefined where there is no WebAssembly with SIMD.
 */
export function resampler() {
  const made = program();
  return made && { memory: made.memory, writeTaps, run: runWith(made.run) };
}

/**
 * Writes taps at a place of the memory.
 *
 * @param {Uint8Array<ArrayBuffer>} memory
 * @param {Taps} taps
 * @param {number} place
 * @param {number} step bytes between the samples that the taps weigh
 */
function writeTaps(memory, { starts, counts, weights, size }, place, step) {
  const entry = size + 2;
  const table = new Int32Array(memory.buffer, place, starts.length * entry);
  for (let i = 0; i < starts.length; i++) {
    table[i * entry] = (starts[i] - starts[0]) * step;
    table[i * entry + 1] = counts[i] * 4;
    table.set(weights.subarray(i * size, (i + 1) * size), i * entry + 2);
  }
}

/** @param {import("./wasm.js").Program["run"]} run */
function runWith(run) {
  /**
   * Resamples lines of pixels; all numbers but `lines` and the count of outputs are bytes.
   *
   * @param {{source: number, lineStep: number, tapStep: number}} from
   * @param {{place: number, taps: Taps}} table
   * @param {{out: number, lineStep: number, step: number}} to
   * @param {number} lines
   */
  return ({ source, lineStep, tapStep }, { place, taps }, to, lines) => {
    const entry = (taps.size + 2) * 4;
    run(source, lineStep, tapStep, place, taps.starts.length, entry, to.out, to.lineStep, to.step, lines);
  };
}
