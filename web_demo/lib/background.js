/**
 * What stands behind the things of a mask: blurred, replaced by a colour or a picture, or taken away.
 */

/** @typedef {import("./values.js").Mask} Mask */
/** @typedef {{data: Uint8ClampedArray, width: number, height: number}} Pixels straight RGBA */

/**
 * `blur` with a radius in pixels; `colour` of red, green, blue and alpha 0..255 (alpha 0 takes the background away); `picture` of
 * the size of the photo.
 *
 * @typedef {{blur: number} | {colour: readonly [number, number, number, number]} | {picture: Pixels}} Backdrop
 */

/** A photo is blurred at no more than so many pixels a side: blurred, it has no more to show. */
const MOST = 480;

/**
 * Gives a photo with another background; the edge between them is softened over a pixel or two.
 *
 * @param {Pixels} photo
 * @param {Mask} mask of the photo's size
 * @param {Backdrop} backdrop
 * @param {(index: number) => boolean} [isBackground] class 0 where absent
 * @returns {ImageData}
 * @throws {RangeError} where the sizes differ
 */
export function withBackdrop(photo, mask, backdrop, isBackground = (index) => index === 0) {
  const { width, height } = photo;
  if (mask.width !== width || mask.height !== height) {
    throw new RangeError(`the mask is ${mask.width} x ${mask.height}, the photo ${width} x ${height}`);
  }
  const behind = behindOf(photo, backdrop);
  const share = foreground(mask, isBackground);
  const out = new ImageData(width, height);
  const { data } = out;
  for (let i = 0, o = 0; i < share.length; i++, o += 4) {
    const front = share[i];
    if (front === 255) data.set(photo.data.subarray(o, o + 4), o);
    else mixed(data, o, photo.data, behind, front / 255);
  }
  return out;
}

/**
 * Mixes one pixel, colours weighed by their alpha.
 *
 * @param {Uint8ClampedArray} out
 * @param {number} o
 * @param {Uint8ClampedArray} photo
 * @param {Uint8ClampedArray} behind
 * @param {number} front the photo's share, 0..1
 */
function mixed(out, o, photo, behind, front) {
  const near = front * photo[o + 3];
  const far = (1 - front) * behind[o + 3];
  const alpha = near + far;
  for (let c = 0; c < 3; c++) out[o + c] = alpha === 0 ? 0 : (near * photo[o + c] + far * behind[o + c]) / alpha;
  out[o + 3] = alpha;
}

/**
 * @param {Pixels} photo
 * @param {Backdrop} backdrop
 * @returns {Uint8ClampedArray}
 */
function behindOf(photo, backdrop) {
  if ("blur" in backdrop) return blurred(photo, backdrop.blur);
  if ("picture" in backdrop) {
    const { data, width, height } = backdrop.picture;
    if (width === photo.width && height === photo.height) return data;
    throw new RangeError(`the backdrop is ${width} x ${height}, the photo ${photo.width} x ${photo.height}`);
  }
  const out = new Uint8ClampedArray(photo.data.length);
  for (let o = 0; o < out.length; o += 4) out.set(backdrop.colour, o);
  return out;
}

/**
 * Gives how much of each pixel is foreground, 0..255: a 3 x 3 tent over the mask.
 *
 * @param {Mask} mask
 * @param {(index: number) => boolean} isBackground
 */
function foreground({ width, height, indices }, isBackground) {
  const hard = new Uint8Array(width * height);
  for (let i = 0; i < hard.length; i++) hard[i] = isBackground(indices[i]) ? 0 : 1;
  const rows = new Uint8Array(hard.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      rows[i] = (x > 0 ? hard[i - 1] : hard[i]) + 2 * hard[i] + (x < width - 1 ? hard[i + 1] : hard[i]);
    }
  }
  const out = new Uint8Array(hard.length);
  for (let y = 0, i = 0; y < height; y++) {
    const above = y > 0 ? -width : 0;
    const below = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++, i++) out[i] = ((rows[i + above] + 2 * rows[i] + rows[i + below]) * 255) >> 4;
  }
  return out;
}

/**
 * Gives a photo blurred by three box filters, which come close to a Gaussian (Wells 1986), made at a smaller size and enlarged.
 *
 * @param {Pixels} photo
 * @param {number} radius in pixels of the photo
 * @returns {Uint8ClampedArray} of the photo's size
 */
export function blurred(photo, radius) {
  const { width, height } = photo;
  const step = Math.max(1, Math.ceil(Math.max(width, height) / MOST));
  const small = shrunk(photo, step);
  const reach = Math.max(1, Math.round(radius / step));
  for (let pass = 0; pass < 3; pass++) {
    boxed(small.data, small.width, small.height, 4, 4 * small.width, reach);
    boxed(small.data, small.height, small.width, 4 * small.width, 4, reach);
  }
  return enlarged(small, step, width, height);
}

/**
 * @param {Pixels} photo
 * @param {number} step
 */
function shrunk({ data, width, height }, step) {
  const wide = Math.ceil(width / step);
  const high = Math.ceil(height / step);
  const out = new Float32Array(wide * high * 4);
  for (let y = 0, o = 0; y < high; y++) {
    for (let x = 0; x < wide; x++, o += 4) {
      const right = Math.min(width, (x + 1) * step);
      const bottom = Math.min(height, (y + 1) * step);
      const count = (right - x * step) * (bottom - y * step);
      for (let row = y * step; row < bottom; row++) {
        for (let i = 4 * (row * width + x * step); i < 4 * (row * width + right); i++) out[o + (i & 3)] += data[i];
      }
      for (let c = 0; c < 4; c++) out[o + c] /= count;
    }
  }
  return { data: out, width: wide, height: high };
}

/**
 * Puts the mean of 2 reach + 1 neighbours, those at the ends repeated, in place of each value of every line.
 *
 * @param {Float32Array} data
 * @param {number} length of a line
 * @param {number} lines
 * @param {number} along from a value to the next of its line
 * @param {number} across from a line to the next
 * @param {number} reach
 */
function boxed(data, length, lines, along, across, reach) {
  const line = new Float32Array(length);
  const last = length - 1;
  for (let n = 0; n < lines; n++) {
    for (let c = 0; c < 4; c++) {
      const start = n * across + c;
      for (let i = 0; i < length; i++) line[i] = data[start + i * along];
      let sum = line[0] * (reach + 1);
      for (let i = 0; i < reach; i++) sum += line[Math.min(i, last)];
      for (let i = 0; i < length; i++) {
        sum += line[Math.min(i + reach, last)] - (i > 0 ? line[Math.max(i - reach - 1, 0)] : line[0]);
        data[start + i * along] = sum / (2 * reach + 1);
      }
    }
  }
}

/**
 * @param {{data: Float32Array, width: number, height: number}} small
 * @param {number} step
 * @param {number} width
 * @param {number} height
 */
function enlarged(small, step, width, height) {
  const out = new Uint8ClampedArray(width * height * 4);
  const columns = Array.from({ length: width }, (_, x) => between(x, step, small.width));
  for (let y = 0, o = 0; y < height; y++) {
    const [top, bottom, down] = between(y, step, small.height);
    const upper = 4 * top * small.width;
    const lower = 4 * bottom * small.width;
    for (let x = 0; x < width; x++) {
      const [left, right, over] = columns[x];
      for (let c = 0; c < 4; c++, o++) {
        const a = small.data[upper + 4 * left + c] * (1 - over) + small.data[upper + 4 * right + c] * over;
        const b = small.data[lower + 4 * left + c] * (1 - over) + small.data[lower + 4 * right + c] * over;
        out[o] = a * (1 - down) + b * down;
      }
    }
  }
  return out;
}

/**
 * Gives the two pixels of the small picture that a pixel lies between, and how far it is towards the second.
 *
 * @param {number} place
 * @param {number} step
 * @param {number} length
 * @returns {readonly [number, number, number]}
 */
function between(place, step, length) {
  const at = Math.min(length - 1, Math.max(0, (place + 0.5) / step - 0.5));
  const first = Math.floor(at);
  return [first, Math.min(length - 1, first + 1), at - first];
}
