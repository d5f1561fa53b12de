/**
 * Where a resize puts a picture: the sizes and offsets of `stretch`, `cover`, `contain` and `shorter_side`, and of a centre crop.
 */

/** @typedef {"floor" | "half_even"} Rounding */

/**
 * Gives `side * by / of`, rounded as named, at least 1.
 *
 * @param {number} side
 * @param {number} by
 * @param {number} of
 * @param {Rounding} rounding
 */
export function scaledSide(side, by, of, rounding) {
  const product = side * by;
  const floor = Math.floor(product / of);
  const twice = 2 * (product - floor * of);
  const up = rounding === "half_even" && (twice > of || (twice === of && floor % 2 === 1));
  return Math.max(1, up ? floor + 1 : floor);
}

/**
 * Gives half of what a crop takes away, rounded as named.
 *
 * @param {number} length
 * @param {number} kept
 * @param {Rounding} rounding
 */
export function centreOffset(length, kept, rounding) {
  const floor = Math.floor((length - kept) / 2);
  const tie = (length - kept) % 2 !== 0;
  return rounding === "half_even" && tie && floor % 2 !== 0 ? floor + 1 : floor;
}

/**
 * Gives the size that a picture is resized to before it is cropped or padded.
 *
 * @param {{fit: string, width?: number, height?: number, side?: number, side_rounding?: Rounding}} step
 * @param {number} width
 * @param {number} height
 * @returns {[number, number]}
 */
export function resizedSize(step, width, height) {
  const rounding = /** @type {Rounding} */ (step.side_rounding);
  if (step.fit === "shorter_side") {
    const side = /** @type {number} */ (step.side);
    return width <= height
      ? [side, scaledSide(height, side, width, rounding)]
      : [scaledSide(width, side, height, rounding), side];
  }
  const boxWidth = /** @type {number} */ (step.width);
  const boxHeight = /** @type {number} */ (step.height);
  if (step.fit === "stretch") return [boxWidth, boxHeight];
  const widthLeads = width * boxHeight <= height * boxWidth === (step.fit === "cover");
  return widthLeads
    ? [boxWidth, scaledSide(height, boxWidth, width, rounding)]
    : [scaledSide(width, boxHeight, height, rounding), boxHeight];
}

/**
 * Gives the first row or column that tf.image.central_crop keeps; as many go at the other end.
 *
 * @param {number} length
 * @param {number} fraction
 */
export function centralStart(length, fraction) {
  return fraction === 1 ? 0 : Math.trunc((length - length * fraction) / 2);
}
