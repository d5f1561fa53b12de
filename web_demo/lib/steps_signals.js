/**
 * Steps on a stretch of a signal, [samples, channels]; `standardize` is the one of tables.
 */

import { ratio } from "./ops/ratio.js";
import { integer, need, number, oneOf } from "./schema.js";
import { step } from "./steps_base.js";

const MAX_RATIO = 10000;

const rate = number({ min: 0.001, max: 1000000 });
const samples = integer(1, 2 ** 24);

const resample = step(
  "resample",
  { from_rate: rate, to_rate: rate, method: oneOf(/** @type {const} */ (["linear", "polyphase"])) },
  ({ from_rate: from, to_rate: to }, path) => {
    const exact = [from, to].every((each) => Math.floor(each * 1000 + 0.5) / 1000 === each);
    need(exact, path, "a rate has at most three decimals");
    const largest = Math.max(...ratio(from, to));
    const message = `the ratio of the rates needs numbers up to ${largest}, more than ${MAX_RATIO}`;
    need(largest <= MAX_RATIO, path, message, "Choose a rate whose ratio to the other is simpler.");
  },
);

const detrend = step("detrend", { kind: oneOf(/** @type {const} */ (["constant", "linear"])) });

const window = step("window", {
  length: samples,
  hop: samples,
  tail: oneOf(/** @type {const} */ (["drop", "pad", "error"])),
});

/**
 * @typedef {ReturnType<typeof resample>} Resample
 * @typedef {ReturnType<typeof detrend>} Detrend
 * @typedef {ReturnType<typeof window>} Window
 * @typedef {Resample | Detrend | Window} SignalStep
 */

export const SIGNAL_STEPS = { resample, detrend, window };
