/**
 * Where what was found in a camera's frame lies on the screen: the frame upright, in a box of any size, mirrored or not.
 */

/**
 * How a frame lies in a box: pixel x of it is at `left + x * across`, from the right side where it is mirrored; pixel y at
 * `top + y * down`. Lengths are the box's own.
 *
 * @typedef {object} Placement
 * @property {number} left of the picture, below 0 where the box cuts it off
 * @property {number} top
 * @property {number} width of the whole picture, as it is shown
 * @property {number} height
 * @property {number} across the length of a pixel
 * @property {number} down
 * @property {boolean} mirrored
 */

/**
 * Gives how a frame lies in a box.
 *
 * @param {{width: number, height: number}} frame in pixels: the coordinates of what was found
 * @param {{width: number, height: number}} shown the video's own size, of which the browser keeps the ratio; its pixels may be scaled
 * @param {{width: number, height: number}} box
 * @param {{fit: "contain" | "cover", mirrored: boolean}} how
 * @returns {Placement}
 */
export function placement(frame, shown, box, { fit, mirrored }) {
  const choose = fit === "cover" ? Math.max : Math.min;
  const scale = choose(box.width / shown.width, box.height / shown.height);
  const [width, height] = [shown.width * scale, shown.height * scale];
  const [left, top] = [(box.width - width) / 2, (box.height - height) / 2];
  return { left, top, width, height, across: width / frame.width, down: height / frame.height, mirrored };
}

/**
 * Gives the sides of a box that was found, as they lie on the screen: left, top, right, bottom.
 *
 * @param {Placement} place
 * @param {readonly number[]} box left, top, right, bottom in the frame
 * @returns {[number, number, number, number]}
 */
export function placedBox(place, [left, top, right, bottom]) {
  const [x0, y0] = placedPoint(place, left, top);
  const [x1, y1] = placedPoint(place, right, bottom);
  return place.mirrored ? [x1, y0, x0, y1] : [x0, y0, x1, y1];
}

/**
 * Gives where a point of the frame lies on the screen.
 *
 * @param {Placement} place
 * @param {number} x
 * @param {number} y
 * @returns {[number, number]}
 */
export function placedPoint({ left, top, width, across, down, mirrored }, x, y) {
  const along = x * across;
  return [left + (mirrored ? width - along : along), top + y * down];
}
