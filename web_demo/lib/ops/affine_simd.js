/**
 * Chains of (x - less) / by * times + plus on binary32 values, in WebAssembly with SIMD: four values at once, each operation rounded
 * as in arithmetic.js.
 */

import { advance, OP, programOf, until } from "./wasm.js";

// Parameters: values in and out, how many bytes are between them, the chain of constants.
const [FROM, STEP, OUT, OUT_STEP, OUT_END, CHAIN, CHAIN_END] = Array(7).keys();
// Locals.
const [LINK, VALUE] = [7, 8];

/** Bytes of a link of the chain: four vectors. */
const ENTRY = 64;

const program = programOf(7, 1, 1, [
  ...OP.loop,
  ...[...OP.get(FROM), ...OP.load128(0), ...OP.set(VALUE), ...OP.get(CHAIN), ...OP.set(LINK)],
  ...OP.loop,
  ...[...OP.get(VALUE), ...OP.get(LINK), ...OP.load128(0), ...OP.subF32, ...OP.get(LINK), ...OP.load128(16)],
  ...[...OP.divideF32, ...OP.get(LINK), ...OP.load128(32), ...OP.multiplyF32],
  ...[...OP.get(LINK), ...OP.load128(48), ...OP.addF32, ...OP.set(VALUE)],
  ...until(LINK, OP.constant(ENTRY), CHAIN_END),
  ...OP.end,
  ...[...OP.get(OUT), ...OP.get(VALUE), ...OP.store128],
  ...advance(FROM, OP.get(STEP)),
  ...until(OUT, OP.get(OUT_STEP), OUT_END),
  ...OP.end,
]);

/**
 * Gives the values of a picture after the ops, row by row without gaps; undefined where there is no WebAssembly with SIMD.
 *
 * @param {import("./picture.js").Picture} image binary32
 * @param {readonly import("./arithmetic.js").Op[]} ops at least one
 * @returns {Float32Array<ArrayBuffer> | undefined} valid until the next call
 */
export function affineSimd({ data, offset, row, step, width, height, channels }, ops) {
  const made = program();
  if (made === undefined || (channels !== 1 && channels !== 3)) return undefined;
  const pixels = width * height;
  const chain = ops.length * ENTRY;
  const packed = step > 0 && row === width * step && (channels === 3 || step === 1);
  const apart = packed ? step : channels;
  const size = pixels * apart;
  const out = chain + (size + 4) * 4;
  const { buffer } = made.memory(out + (pixels * channels + 4) * 4);
  const links = ops.flatMap(({ link }) => link((lane) => (channels === 1 ? 0 : lane % 3)));
  new Float32Array(buffer, 0, links.length).set(links);
  const values = new Float32Array(buffer, chain, size);
  if (packed) values.set(/** @type {Float32Array} */ (data).subarray(offset, offset + size));
  else gather({ data, offset, row, step, width, height, channels }, values);
  const stride = channels === 3 ? [apart * 4, 12] : [16, 16];
  made.run(chain, stride[0], out, stride[1], out + pixels * channels * 4, 0, chain);
  return new Float32Array(buffer, out, pixels * channels);
}

/**
 * @param {import("./picture.js").Picture} image
 * @param {Float32Array} values
 */
function gather({ data, offset, row, step, width, height, channels }, values) {
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0, p = offset + y * row; x < width; x++, p += step) {
      for (let c = 0; c < channels; c++) values[o++] = data[p + c];
    }
  }
}
