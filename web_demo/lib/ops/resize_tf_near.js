/**
 * The kernels of tf.image.resize that take what lies nearest, bilinear and nearest.
 */

import { gather } from "./picture.js";

/** @typedef {import("./picture.js").Picture} Picture */
/** @typedef {import("./picture.js").Window} Window */
/**
 * Fills `out` with the window of the resized picture.
 *
 * @typedef {(source: Picture, width: number, height: number, window: Window, out: Picture) => void} Kernel
 */

const f32 = Math.fround;

/**
 * Gives the source position of an output sample under half-pixel centres.
 *
 * @param {number} at
 * @param {number} scale source length / target length, binary32
 */
export function halfPixel(at, scale) {
  return f32(f32(f32(f32(at) + 0.5) * scale) - 0.5);
}

/** @type {Kernel} */
export function bilinear(source, width, height, window, out) {
  const [columns, rows] = pairs(source, width, height, window);
  const { data, offset, row, step, channels } = source;
  for (let y = 0, o = 0; y < window.height; y++) {
    const upper = offset + rows.lower[y] * row;
    const lower = offset + rows.upper[y] * row;
    const down = rows.lerp[y];
    for (let x = 0; x < window.width; x++) {
      const left = columns.lower[x] * step;
      const right = columns.upper[x] * step;
      const across = columns.lerp[x];
      for (let c = 0; c < channels; c++) {
        const top = mix(data[upper + left + c], data[upper + right + c], across);
        const bottom = mix(data[lower + left + c], data[lower + right + c], across);
        out.data[o++] = mix(top, bottom, down);
      }
    }
  }
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} lerp
 */
function mix(from, to, lerp) {
  return f32(from + f32(f32(to - from) * lerp));
}

/**
 * Gives the neighbours of each column and of each row.
 *
 * @param {Picture} source
 * @param {number} width
 * @param {number} height
 * @param {Window} window
 * @returns {[ReturnType<typeof lerps>, ReturnType<typeof lerps>]}
 */
export function pairs(source, width, height, window) {
  return [
    lerps(source.width, width, window.left, window.width),
    lerps(source.height, height, window.top, window.height),
  ];
}

/**
 * Gives the two neighbours of each output sample and how far it lies between them.
 *
 * @param {number} source
 * @param {number} target
 * @param {number} begin
 * @param {number} count
 */
function lerps(source, target, begin, count) {
  const lower = new Int32Array(count);
  const upper = new Int32Array(count);
  const lerp = new Float32Array(count);
  const scale = f32(source / target);
  for (let i = 0; i < count; i++) {
    const at = halfPixel(begin + i, scale);
    lower[i] = Math.max(Math.floor(at), 0);
    upper[i] = Math.min(Math.ceil(at), source - 1);
    lerp[i] = at - Math.floor(at);
  }
  return { lower, upper, lerp };
}

/** @type {Kernel} */
export function nearest(source, width, height, window, out) {
  const columns = nearestOf(source.width, width, window.left, window.width);
  const rows = nearestOf(source.height, height, window.top, window.height);
  gather(source, columns, rows, out);
}

/**
 * @param {number} source
 * @param {number} target
 * @param {number} begin
 * @param {number} count
 */
function nearestOf(source, target, begin, count) {
  const scale = f32(source / target);
  return Int32Array.from({ length: count }, (_, i) =>
    Math.min(source - 1, Math.floor(f32(f32(f32(begin + i) + 0.5) * scale))),
  );
}
