/**
 * Weights of the kernels of tf.image.resize.
 */

const f32 = Math.fround;
const SMALLEST_SUM = f32(1000 * 1.1754943508222875e-38);

/**
 * Divides weights by their sum, as a product with its reciprocal.
 *
 * @param {Float32Array} weights changed in place
 */
export function normalizeWeights(weights) {
  const sum = weights.reduce((total, each) => f32(total + each), 0);
  if (Math.abs(sum) < SMALLEST_SUM) return;
  const reciprocal = f32(1 / sum);
  for (let k = 0; k < weights.length; k++) weights[k] *= reciprocal;
}
