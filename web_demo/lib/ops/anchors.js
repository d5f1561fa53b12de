/**
 * The anchors of an SSD head: boxes at fixed places of the picture that the model's boxes are told from.
 *
 * Source: the multiple-grid anchor generator of the TensorFlow Object Detection API. Scales are computed in binary64 and rounded
 * once; what follows is binary32.
 */

/** @typedef {import("../steps_boxes.js").Anchors} Anchors */

const f32 = Math.fround;

/** @type {WeakMap<Anchors, Float32Array<ArrayBuffer>>} */
const known = new WeakMap();

/**
 * Gives the anchors [n, 4]: centre y, centre x, height, width, in fractions of the picture; grid after grid, row after row, cell
 * after cell, and in each cell in the order of `shapesOf`.
 *
 * @param {Anchors} given
 */
export function ssdAnchors(given) {
  const found = known.get(given) ?? generated(given);
  known.set(given, found);
  return found;
}

/** @param {Anchors} given */
function generated(given) {
  const scales = gridScales(given);
  /** @type {number[]} */
  const anchors = [];
  given.grids.forEach(([rows, columns], place) => {
    const shapes = shapesOf(given, scales, place);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const [scale, ratio] of shapes) {
          const root = f32(Math.sqrt(f32(ratio)));
          anchors.push(centre(row, rows), centre(column, columns), f32(f32(scale) / root), f32(f32(scale) * root));
        }
      }
    }
  });
  return Float32Array.from(anchors);
}

/**
 * Gives the scale of each grid in binary64, and 1 behind the last.
 *
 * @param {Anchors} given
 */
export function gridScales({ grids, min_scale: least, max_scale: most }) {
  const last = grids.length - 1;
  return [...grids.map((_, place) => (last ? least + ((most - least) * place) / last : least)), 1];
}

/**
 * Gives the [scale, ratio of width to height] of every anchor in a cell of grid `place`.
 *
 * @param {Anchors} given
 * @param {readonly number[]} scales
 * @param {number} place
 * @returns {[number, number][]}
 */
export function shapesOf({ aspect_ratios: ratios, interpolated_ratio: between, reduce_lowest: reduce }, scales, place) {
  const scale = scales[place];
  if (place === 0 && reduce) {
    return [
      [0.1, 1],
      [scale, 2],
      [scale, 0.5],
    ];
  }
  /** @type {[number, number][]} */
  const shapes = ratios.map((ratio) => [scale, ratio]);
  if (between !== undefined) shapes.push([Math.sqrt(scale * scales[place + 1]), between]);
  return shapes;
}

/**
 * Gives p * (1 / count) + 0.5 * (1 / count) of cell p.
 *
 * @param {number} place
 * @param {number} count
 */
function centre(place, count) {
  const stride = f32(1 / count);
  return f32(f32(place * stride) + f32(0.5 * stride));
}
