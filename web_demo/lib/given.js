/**
 * What a program gives to be answered, as the steps take it.
 */

import { SatchelError } from "./errors.js";

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
