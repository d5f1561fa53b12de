/**
 * The ratio of two rates of a signal.
 */

/**
 * Gives up and down, in lowest terms, with to / from = up / down; rates have at most three decimals.
 *
 * @param {number} from samples a second
 * @param {number} to
 * @returns {[number, number]}
 */
export function ratio(from, to) {
  const [up, down] = [to, from].map((rate) => Math.floor(rate * 1000 + 0.5));
  let [common, rest] = [up, down];
  while (rest > 0) [common, rest] = [rest, common % rest];
  return [up / common, down / common];
}
