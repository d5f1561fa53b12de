/**
 * The picture that a model saw, for people to look at.
 */

/** @typedef {import("./ops/picture.js").Picture} Picture */

/**
 * Gives a picture as opaque RGBA, values rounded to whole levels.
 *
 * @param {Picture} image in the range 0..255
 * @param {"RGB" | "BGR" | "GRAY"} colours
 * @returns {{data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number}}
 */
export function viewOf(image, colours) {
  const { data, step, width, height, channels } = image;
  const out = new Uint8ClampedArray(width * height * 4);
  const last = channels - 1;
  const [red, blue] = colours === "BGR" ? [last, 0] : [0, last];
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, p = image.offset + y * image.row; x < width; x++, p += step) {
      out[o++] = data[p + red];
      out[o++] = data[p + (channels >> 1)];
      out[o++] = data[p + blue];
      out[o++] = 255;
    }
  }
  return { data: out, width, height };
}
