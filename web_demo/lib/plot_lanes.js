/**
 * What a plot of many samples in few pixels draws: the least and the greatest value of every column, and the range of a lane.
 */

/**
 * Gives the least and the greatest value of one channel in each of so many columns, so that no peak is lost. Each column also holds
 * the sample before it, so that columns touch.
 *
 * @param {{values: ArrayLike<number>, channels: number, length: number}} signal
 * @param {number} channel
 * @param {{from: number, to: number, columns: number}} view samples from `from` to before `to`; they may lie outside the signal
 * @returns {Float64Array<ArrayBuffer>} least and greatest by turns; NaN where a column holds no sample
 */
export function extremes({ values, channels, length }, channel, { from, to, columns }) {
  const found = new Float64Array(2 * columns).fill(NaN);
  const each = (to - from) / columns;
  for (let column = 0; column < columns; column++) {
    const first = Math.max(0, Math.floor(from + column * each) - 1);
    const last = Math.min(length - 1, Math.ceil(from + (column + 1) * each) - 1);
    if (from + (column + 1) * each <= 0 || from + column * each >= length) continue;
    let low = Infinity;
    let high = -Infinity;
    for (let at = first; at <= last; at++) {
      const value = values[at * channels + channel];
      if (value < low) low = value;
      if (value > high) high = value;
    }
    found[2 * column] = low;
    found[2 * column + 1] = high;
  }
  return found;
}

/**
 * Gives the least and the greatest value of a channel, a little apart where they are one.
 *
 * @param {{values: ArrayLike<number>, channels: number, length: number}} signal
 * @param {number} channel
 * @returns {[number, number]}
 */
export function rangeOf({ values, channels, length }, channel) {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < length; at++) {
    const value = values[at * channels + channel];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const apart = Math.max(Math.abs(low), Math.abs(high), 1) * 1e-6;
  return high - low > apart ? [low, high] : [low - 0.5, high + 0.5];
}

/**
 * Gives round numbers for the marks of an axis: 1, 2 or 5 times a power of ten apart, at most so many.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} most
 * @returns {number[]}
 */
export function marksOf(from, to, most) {
  const least = (to - from) / Math.max(1, most);
  if (!(least > 0) || !Number.isFinite(least)) return [];
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * /** @type {number} */ ([1, 2, 5, 10].find((each) => each * power >= least * (1 - 1e-9)));
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, place) => Number(((first + place) * step).toPrecision(12)));
}
