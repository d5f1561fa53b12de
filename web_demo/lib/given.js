/**
 * What a program gives to be answered, as the steps take it.
 */

import { SatchelError } from "./errors.js";

/**
 * What a model can be asked about: a Blob, or ImageData (straight RGBA; where it is transparent it is changed in place); a row of a
 * table; a signal, a sample a list or all in one array with so many channels; a camera's frame, also by itself: its planes, or a
 * VideoFrame, which is closed. For a model whose inputs are made from different things, an object of them by the names of its inputs.
 *
 * @typedef {Blob | ImageData | {row: import("./values.js").Row} | {frame: import("./values.js").Frame | VideoFrame} |
 *   import("./values.js").Frame | VideoFrame |
 *   {signal: readonly (readonly number[])[] | Float64Array<ArrayBuffer>, channels?: number, rate?: number} |
 *   Readonly<Record<string, any>>} Given
 */

/**
 * Gives what the steps take of what a program gives: what stands in `row` or `frame`, or a Signal of `signal`.
 *
 * @param {any} source
 */
export function thingOf(source) {
  if (typeof source !== "object" || source === null) return source;
  const keys = Object.keys(source);
  if (keys.length === 1 && (keys[0] === "row" || keys[0] === "frame")) return source[keys[0]];
  const signal = keys.includes("signal") && keys.every((key) => ["signal", "channels", "rate"].includes(key));
  return signal ? signalOf(source) : source;
}

/**
 * @param {{signal: any, channels?: number, rate?: number}} given
 * @returns {import("./values.js").Signal}
 */
function signalOf({ signal, channels = 1, rate }) {
  if (signal instanceof Float64Array)
    return { values: /** @type {Float64Array<ArrayBuffer>} */ (signal), channels, rate };
  const samples = Array.from(/** @type {Iterable<number | number[]>} */ (signal), (each) => [each].flat());
  const width = samples[0]?.length ?? 1;
  if (samples.every(({ length }) => length === width)) {
    return { values: Float64Array.from(samples.flat()), channels: width, rate };
  }
  throw new SatchelError("input/wrong-array", "the samples of the signal have different numbers of channels");
}
