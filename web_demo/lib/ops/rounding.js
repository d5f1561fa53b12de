/**
 * Rounding to whole numbers.
 */

/**
 * Gives the nearest whole number, the even one of two that are as near.
 *
 * @param {number} x infinities stay
 */
export function halfEven(x) {
  const below = Math.floor(x);
  const rest = x - below;
  if (!(rest > 0)) return x;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
}
