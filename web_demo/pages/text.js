/**
 * Numbers as people read them.
 */

/**
 * Gives a share as a percentage with one decimal: 0.7134 is `71.3 %`.
 *
 * @param {number} share
 */
export function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

/**
 * Gives scores as percentages where they are shares, and as plain numbers where they are not.
 *
 * @param {readonly number[]} scores
 * @returns {(score: number) => string}
 */
export function scoreFormat(scores) {
  return scores.every((score) => score >= 0 && score <= 1) ? percent : (score) => score.toPrecision(4);
}

/**
 * Gives a time: `8.4 ms`, `132 ms`.
 *
 * @param {number} ms
 */
export function milliseconds(ms) {
  return `${ms.toFixed(ms < 9.95 ? 1 : 0)} ms`;
}

/**
 * Gives a size in decimal units: `5.4 MB`, `812 kB`.
 *
 * @param {number} count
 */
export function bytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 999_500 ? `${(count / 1e3).toFixed(0)} kB` : `${(count / 1e6).toFixed(count < 99_950_000 ? 1 : 0)} MB`;
}

/**
 * Gives the head of a digest, long enough to tell bundles apart by eye.
 *
 * @param {string} digest
 */
export function shortDigest(digest) {
  return `${digest.slice(0, 8)}\u2009${digest.slice(8, 16)}`;
}
