/**
 * Colour orders and the composition of transparent pixels.
 */

import { picture } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Scratch} Scratch */

/**
 * Gives a picture in another order of channels, or in grey.
 *
 * @param {Picture} image uint8
 * @param {"RGB" | "BGR" | "GRAY"} from the order of its channels
 * @param {"RGB" | "BGR" | "GRAY"} to GRAY is Pillow's L: (19595 R + 38470 G + 7471 B + 32768) >> 16
 * @param {Scratch} scratch
 * @returns {Picture}
 */
export function color(image, from, to, scratch) {
  if (from === to) return image;
  const { data, step, width, height } = image;
  const channels = to === "GRAY" ? 1 : 3;
  const red = from === "RGB" ? 0 : 2;
  const out = scratch.take("color", Uint8Array, width * height * channels);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, p = image.offset + y * image.row; x < width; x++, p += step) {
      if (channels === 1) {
        out[o++] = (data[p + red] * 19595 + data[p + 1] * 38470 + data[p + 2 - red] * 7471 + 32768) >> 16;
      } else {
        out[o++] = data[p + 2];
        out[o++] = data[p + 1];
        out[o++] = data[p];
      }
    }
  }
  return picture(out, width, height, channels);
}
