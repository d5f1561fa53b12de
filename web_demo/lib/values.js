/**
 * What an input is made from beside a photo, and what an answer is made of beside classes.
 */

/**
 * A picture as a camera gives it: planes of bytes, colour at half the width and height. u and v may be two views of one plane.
 *
 * @typedef {object} Frame
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array} y
 * @property {Uint8Array} u
 * @property {Uint8Array} v
 * @property {number} yRowStride bytes from one row to the next
 * @property {number} uRowStride
 * @property {number} vRowStride
 * @property {number} yPixelStride bytes from one value to the next
 * @property {number} uvPixelStride 1 where the planes are apart, 2 where they are interleaved
 * @property {"full" | "limited"} [range] where it is not known, what the spec says is believed
 * @property {0 | 90 | 180 | 270} [rotation] degrees clockwise that make the picture upright; likewise
 */

/** @typedef {Readonly<Record<string, string | number | null>>} Row column name -> text of the cell, a number, or null */

/**
 * A stretch of measurements, sample by sample, `channels` values each; `rate` is samples a second, where it is known.
 *
 * @typedef {{values: Float64Array<ArrayBuffer>, channels: number, rate?: number}} Signal
 */

/**
 * Things that were found in a picture: left, top, right, bottom of each, one after the other; `labels` behind the label step.
 *
 * @typedef {object} Detections
 * @property {Float32Array<ArrayBuffer>} boxes
 * @property {Float32Array<ArrayBuffer>} scores
 * @property {Int32Array<ArrayBuffer>} classes
 * @property {readonly string[]} [labels]
 */

/**
 * Places in a picture: x and y of each, one after the other.
 *
 * @typedef {{xy: Float32Array<ArrayBuffer>, scores?: Float32Array<ArrayBuffer>, names?: readonly string[]}} Points
 */

/**
 * The class of each pixel of a picture, row by row.
 *
 * @typedef {object} Mask
 * @property {number} width
 * @property {number} height
 * @property {Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>} indices
 * @property {readonly string[]} [labels]
 */

/**
 * Gives the frame of NV21 bytes: brightness, then V and U by turns for each 2 x 2 pixels.
 *
 * @param {Uint8Array} data
 * @param {number} width
 * @param {number} height
 * @param {Pick<Frame, "range" | "rotation">} [told]
 * @returns {Frame}
 */
export function nv21(data, width, height, { range, rotation } = {}) {
  const chroma = data.subarray(width * height);
  const stride = 2 * Math.ceil(width / 2);
  const strides = { yRowStride: width, uRowStride: stride, vRowStride: stride, yPixelStride: 1, uvPixelStride: 2 };
  return { width, height, y: data, u: chroma.subarray(1), v: chroma, ...strides, range, rotation };
}

/**
 * Says whether a thing is a browser's VideoFrame.
 *
 * @param {unknown} thing
 * @returns {thing is VideoFrame}
 */
export function isVideo(thing) {
  return typeof VideoFrame === "function" && thing instanceof VideoFrame;
}

/**
 * Gives the VideoFrames of what a model is asked about: itself, or what stands in it.
 *
 * @param {unknown} given
 * @returns {VideoFrame[]}
 */
export function videosIn(given) {
  return [given, ...Object.values(given ?? {})].filter(isVideo);
}
