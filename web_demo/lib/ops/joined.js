/**
 * Typed arrays one behind the other.
 */

/**
 * Gives several arrays of one type as one.
 *
 * @template {import("./quantize.js").Values | BigInt64Array<ArrayBuffer>} T
 * @param {readonly T[]} parts at least one
 * @returns {T}
 */
export function joined(parts) {
  if (parts.length === 1) return parts[0];
  const kind = /** @type {{new (length: number): T}} */ (parts[0].constructor);
  const whole = new kind(parts.reduce((total, each) => total + each.length, 0));
  let place = 0;
  for (const each of parts) {
    whole.set(/** @type {any} */ (each), place);
    place += each.length;
  }
  return whole;
}
