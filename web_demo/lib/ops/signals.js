/**
 * Stretches of a signal: resample, detrend, window, standardize; binary64, sums in index order, rounded at the end.
 *
 * Every result is made of +, -, *, / and square roots alone, which are the same bits in every language: the filter of the polyphase
 * method too, whose sine and Bessel function are series with a fixed number of terms.
 */

import { SatchelError } from "../errors.js";
import { ratio } from "./ratio.js";

/**
 * A stretch of a signal, sample by sample.
 *
 * @typedef {{data: Float64Array<ArrayBuffer>, length: number, channels: number}} Samples
 */

const MAX_VALUES = 2 ** 27;
const BETA = 5;
const ZERO_CROSSINGS = 10;
const BESSEL_TERMS = 24;
const SINE_TERMS = 12;
const EPSILON = 2 ** -52;

/**
 * Gives a signal at another rate: ceil(n * up / down) samples, the first at the time of the first.
 *
 * @param {Samples} samples
 * @param {{from_rate: number, to_rate: number, method: "linear" | "polyphase"}} step `linear` is numpy.interp, `polyphase`
 *   scipy.signal.resample_poly with its Kaiser window of beta 5
 * @returns {Samples}
 * @throws {SatchelError} input/too-large
 */
export function resample(samples, { from_rate: from, to_rate: to, method }) {
  const [up, down] = ratio(from, to);
  const count = Math.floor((samples.length * up + down - 1) / down);
  if (count * samples.channels > MAX_VALUES) {
    const message = `resampling ${samples.length} samples makes ${count}, more than ${MAX_VALUES} values`;
    throw new SatchelError("input/too-large", message, { hint: "Give a shorter stretch." });
  }
  if (up === down) return samples;
  return method === "linear" ? linear(samples, up, down, count) : polyphase(samples, up, down, count);
}

/**
 * Sample k lies at p = k * down / up of the old ones; behind the last one the signal stays as it is there.
 *
 * @param {Samples} samples
 * @param {number} up
 * @param {number} down
 * @param {number} count
 */
function linear({ data, length, channels }, up, down, count) {
  const found = empty(count, channels);
  for (let k = 0; k < count; k++) {
    const before = Math.min(Math.floor((k * down) / up), length - 1);
    const after = Math.min(before + 1, length - 1);
    const part = (k * down) / up - before;
    for (let c = 0; c < channels; c++) {
      const low = data[before * channels + c];
      const between = part === 0 || after === before ? low : (data[after * channels + c] - low) * part + low;
      found.data[k * channels + c] = between;
    }
  }
  return found;
}

/**
 * Sample k is the sum, over j from the lowest, of taps[half + k * down - j * up] * x[j]; outside the signal is 0.
 *
 * @param {Samples} samples
 * @param {number} up
 * @param {number} down
 * @param {number} count
 */
function polyphase({ data, length, channels }, up, down, count) {
  const taps = filterTaps(up, down);
  const half = (taps.length - 1) / 2;
  const found = empty(count, channels);
  for (let k = 0; k < count; k++) {
    const lowest = Math.max(0, Math.ceil((k * down - half) / up));
    const highest = Math.min(length - 1, Math.floor((k * down + half) / up));
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let j = lowest; j <= highest; j++) sum += taps[half + k * down - j * up] * data[j * channels + c];
      found.data[k * channels + c] = sum;
    }
  }
  return found;
}

/** @type {{up: number, down: number, taps: Float64Array} | undefined} the filter made last: windows of one signal share it */
let kept;

/**
 * Gives the low-pass filter of the polyphase method: 2 * 10 * max(up, down) + 1 taps of a windowed sinc.
 *
 * As scipy.signal.firwin makes it with a Kaiser window of beta 5 and a cutoff of 1 / max(up, down): tap m from the middle is
 * sinc(m / max) * I0(5 * sqrt(1 - (m / half)^2)), divided by the sum of all, times up.
 *
 * @param {number} up
 * @param {number} down
 * @returns {Float64Array}
 */
export function filterTaps(up, down) {
  if (kept?.up === up && kept.down === down) return kept.taps;
  const widest = Math.max(up, down);
  const half = ZERO_CROSSINGS * widest;
  const taps = new Float64Array(2 * half + 1);
  for (let m = 0; m <= half; m++) {
    const share = m / half;
    taps[half + m] = sinc(m, widest) * bessel(((BETA * BETA) / 4) * (1 - share * share));
    taps[half - m] = taps[half + m];
  }
  let sum = taps[0];
  for (let i = 1; i < taps.length; i++) sum += taps[i];
  for (let i = 0; i < taps.length; i++) taps[i] = (taps[i] / sum) * up;
  kept = { up, down, taps };
  return taps;
}

/**
 * Gives I0(z) of z * z / 4: 1 + q / 1 + q^2 / 4 + ..., 24 terms behind the 1, each made of the one before it.
 *
 * @param {number} quarter
 */
function bessel(quarter) {
  let term = 1;
  let total = 1;
  for (let k = 1; k <= BESSEL_TERMS; k++) {
    term = (term * quarter) / (k * k);
    total += term;
  }
  return total;
}

/**
 * Gives sin(pi m / widest) / (pi m / widest); the sine's angle is brought to 0..pi/2 in whole numbers first.
 *
 * @param {number} m
 * @param {number} widest
 */
function sinc(m, widest) {
  if (m === 0) return 1;
  const turned = m % (2 * widest);
  const sign = turned >= widest ? -1 : 1;
  const within = turned % widest;
  const angle = (Math.PI * Math.min(within, widest - within)) / widest;
  let sine = angle;
  let term = angle;
  for (let k = 1; k <= SINE_TERMS; k++) {
    term = (-term * angle * angle) / (2 * k * (2 * k + 1));
    sine += term;
  }
  return (sign * sine) / ((Math.PI * m) / widest);
}

/**
 * Gives each channel less its mean, or less the straight line that fits it best (scipy.signal.detrend).
 *
 * With t = i - (n - 1) / 2: the line's slope is sum(t * (x - mean)) / (n * (n * n - 1) / 12).
 *
 * @param {Samples} samples
 * @param {"constant" | "linear"} kind
 * @returns {Samples}
 */
export function detrend(samples, kind) {
  const { length, channels } = samples;
  const found = empty(length, channels);
  for (let c = 0; c < channels; c++) {
    const mean = total(length, (i) => samples.data[i * channels + c]) / length;
    const centred = (/** @type {number} */ i) => samples.data[i * channels + c] - mean;
    const time = (/** @type {number} */ i) => i - (length - 1) / 2;
    const line = kind === "linear" && length > 1;
    const slope = line ? total(length, (i) => time(i) * centred(i)) / ((length * (length * length - 1)) / 12) : 0;
    for (let i = 0; i < length; i++) {
      found.data[i * channels + c] = line ? centred(i) - slope * time(i) : centred(i);
    }
  }
  return found;
}

/**
 * Gives the stretches of `length` samples that begin at 0, hop, 2 * hop, ..., each with its beginning.
 *
 * What is left behind the last whole one is left out (`drop`), made whole with zeros (`pad`) or refused (`error`).
 *
 * @param {Samples} samples
 * @param {{length: number, hop: number, tail: "drop" | "pad" | "error"}} step
 * @returns {{start: number, samples: Samples}[]}
 * @throws {SatchelError} input/too-short when there is no window at all; input/leftover-samples
 */
export function window(samples, { length, hop, tail }) {
  const { length: count, channels } = samples;
  if (count < length && tail !== "pad") {
    const message = `a window takes ${length} samples, the signal has ${count}`;
    const hint = "Give a longer stretch, or a spec whose tail is pad.";
    throw new SatchelError("input/too-short", message, { hint });
  }
  const whole = count >= length ? Math.floor((count - length) / hop) + 1 : 0;
  const found = Array.from({ length: whole }, (_, place) => stretch(samples, place * hop, length));
  const left = count - (whole > 0 ? (whole - 1) * hop + length : 0);
  if (left > 0 && tail === "error") {
    const message = `windows of ${length} every ${hop} samples leave ${left} of ${count} samples over`;
    const hint = "Cut the stretch, or use a spec that drops or pads.";
    throw new SatchelError("input/leftover-samples", message, { hint });
  }
  if (left > 0 && tail === "pad" && whole * hop < count) {
    const padded = empty(length, channels);
    padded.data.set(samples.data.subarray(whole * hop * channels, count * channels));
    found.push({ start: whole * hop, samples: padded });
  }
  return found;
}

/**
 * @param {Samples} samples
 * @param {number} start
 * @param {number} length
 */
function stretch({ data, channels }, start, length) {
  const part = data.subarray(start * channels, (start + length) * channels);
  return { start, samples: { data: part, length, channels } };
}

/**
 * Gives (x - mean[c]) / scale[c]; without them, by each channel's own mean and population standard deviation.
 *
 * A channel that is constant by StandardScaler's rule, var <= n * eps * var + (n * mean * eps)^2 with eps = 2^-52, becomes 0:
 * StandardScaler leaves the rounding noise of its mean there.
 *
 * @param {Samples} samples
 * @param {readonly number[]} [mean] one for all channels, or one a channel
 * @param {readonly number[]} [scale]
 * @returns {Samples}
 */
export function standardize(samples, mean, scale) {
  const { data, length, channels } = samples;
  const found = empty(length, channels);
  for (let c = 0; c < channels; c++) {
    const given = mean && scale ? [mean[mean.length === 1 ? 0 : c], scale[scale.length === 1 ? 0 : c]] : undefined;
    const [middle, divisor] = given ?? own(samples, c);
    if (divisor === 0) continue;
    for (let i = c; i < data.length; i += channels) found.data[i] = (data[i] - middle) / divisor;
  }
  return found;
}

/**
 * Gives the mean of a channel and what divides it; 0 when the channel is constant.
 *
 * @param {Samples} samples
 * @param {number} c
 */
function own({ data, length, channels }, c) {
  const mean = total(length, (i) => data[i * channels + c]) / length;
  const variance = total(length, (i) => (data[i * channels + c] - mean) * (data[i * channels + c] - mean)) / length;
  const still = length * mean * EPSILON;
  const constant = variance <= length * EPSILON * variance + still * still;
  return [mean, constant ? 0 : Math.sqrt(variance)];
}

/**
 * Gives the values, each rounded once, and their shape: [n, channels] (NLC), [channels, n] (NCL) or [n] (NL, one channel).
 *
 * @param {Samples} samples
 * @param {"NLC" | "NCL" | "NL"} to
 * @returns {{data: Float32Array<ArrayBuffer>, shape: number[]}}
 * @throws {SatchelError} input/not-finite
 */
export function signalValues({ data, length, channels }, to) {
  const found = new Float32Array(data.length);
  for (let i = 0, o = 0; i < length; i++) {
    for (let c = 0; c < channels; c++, o++) found[to === "NCL" ? c * length + i : o] = data[o];
  }
  if (!found.every(Number.isFinite)) {
    const hint = "Check mean and scale.";
    throw new SatchelError("input/not-finite", "a prepared value is infinite in binary32", { hint });
  }
  return { data: found, shape: { NLC: [length, channels], NCL: [channels, length], NL: [length] }[to] };
}

/**
 * Gives a signal's values as binary64, at least one sample of at least one channel, all finite.
 *
 * @param {ArrayLike<number>} values sample by sample
 * @param {number} channels
 * @returns {Samples}
 * @throws {SatchelError} input/wrong-array, input/empty, input/not-finite
 */
export function checked(values, channels) {
  if (values.length === 0 || channels === 0) throw new SatchelError("input/empty", "the signal has no samples");
  if (values.length % channels !== 0) {
    const message = `expected ${channels} numbers a sample, found ${values.length} in all`;
    throw new SatchelError("input/wrong-array", message);
  }
  const data = Float64Array.from(values);
  const place = data.findIndex((value) => !Number.isFinite(value));
  if (place < 0) return { data, length: data.length / channels, channels };
  const message = `sample ${Math.floor(place / channels)} of channel ${place % channels} is ${data[place]}`;
  throw new SatchelError("input/not-finite", message, { hint: "Fill the gaps before: a filter would spread them." });
}

/**
 * @param {number} length
 * @param {number} channels
 * @returns {Samples}
 */
function empty(length, channels) {
  return { data: new Float64Array(length * channels), length, channels };
}

/**
 * Gives the sum of `term(0)`, `term(1)`, ..., in that order.
 *
 * @param {number} count
 * @param {(i: number) => number} term
 */
function total(count, term) {
  let sum = term(0);
  for (let i = 1; i < count; i++) sum += term(i);
  return sum;
}
