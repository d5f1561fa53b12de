/**
 * Pictures that are not opaque.
 */

/**
 * Lays straight-alpha RGBA over a colour, in place: (c * a + b * (255 - a) + 127) div 255, alpha then 255.
 *
 * @param {Uint8Array | Uint8ClampedArray} rgba changed in place
 * @param {readonly number[]} background three values 0..255
 * @returns {boolean} whether any pixel was not opaque
 */
export function composite(rgba, background) {
  let found = false;
  for (let p = 3; p < rgba.length; p += 4) {
    const alpha = rgba[p];
    if (alpha === 255) continue;
    found = true;
    for (let c = 0; c < 3; c++) {
      const at = p - 3 + c;
      rgba[at] = Math.floor((rgba[at] * alpha + background[c] * (255 - alpha) + 127) / 255);
    }
    rgba[p] = 255;
  }
  return found;
}
