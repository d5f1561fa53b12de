/**
 * Chains of (x - less) / by * times + plus on binary32 values, in WebAssembly with SIMD: four values at once, each operation rounded
 * as in arithmetic.js.
 */

import { AFFINE } from "./affine_wasm.js";
import { gather, picture } from "./picture.js";
import { programOf } from "./wasm.js";

/** Bytes of a link of the chain: four vectors. */
const ENTRY = 64;

const program = programOf(AFFINE);

/**
 * Gives the values of a picture after the ops, row by row without gaps; undefined where there is no WebAssembly with SIMD.
 *
 * @param {import("./picture.js").Picture} image binary32
 * @param {readonly import("./arithmetic.js").Op[]} ops at least one
 * @returns {Float32Array<ArrayBuffer> | undefined} valid until the next call
 */
export function affineSimd(image, ops) {
  const { data, offset, row, step, width, height, channels } = image;
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
  else gather(image, [...Array(width).keys()], [...Array(height).keys()], picture(values, width, height, channels));
  const stride = channels === 3 ? [apart * 4, 12] : [16, 16];
  made.run(chain, stride[0], out, stride[1], out + pixels * channels * 4, 0, chain);
  return new Float32Array(buffer, out, pixels * channels);
}
