/**
 * How far numbers that were answered lie from the true ones.
 */

/**
 * `r2` is the coefficient of determination, 1 - sum((t - a)^2) / sum((t - mean(t))^2); undefined where all true numbers are one.
 *
 * @typedef {{count: number, meanAbsolute: number, rootMeanSquare: number, r2?: number}} RegressionFigures
 */

/**
 * Gives the errors of answered numbers, in the unit of the true ones.
 *
 * @param {readonly (readonly [truth: number, answered: number])[]} pairs
 * @returns {RegressionFigures | undefined} undefined where there are no pairs
 */
export function regressionFigures(pairs) {
  const count = pairs.length;
  if (count === 0) return undefined;
  const middle = sum(pairs, ([truth]) => truth) / count;
  const squares = sum(pairs, ([truth, answered]) => (truth - answered) ** 2);
  const spread = sum(pairs, ([truth]) => (truth - middle) ** 2);
  return {
    count,
    meanAbsolute: sum(pairs, ([truth, answered]) => Math.abs(truth - answered)) / count,
    rootMeanSquare: Math.sqrt(squares / count),
    r2: spread > 0 ? 1 - squares / spread : undefined,
  };
}

/**
 * @template T
 * @param {readonly T[]} all
 * @param {(each: T) => number} value
 */
function sum(all, value) {
  return all.reduce((total, each) => total + value(each), 0);
}
