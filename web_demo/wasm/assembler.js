/**
 * Assembles small WebAssembly programs with SIMD, instruction by instruction: each is one function over its own memory.
 */

/** Instructions by their names in the WebAssembly specification. `i32` and `f32` are said of what has lanes of them. */
export const OP = {
  loop: [0x03, 0x40],
  end: [0x0b],
  brIf: [0x0d, 0],
  get: (/** @type {number} */ local) => [0x20, local],
  set: (/** @type {number} */ local) => [0x21, local],
  tee: (/** @type {number} */ local) => [0x22, local],
  load: (/** @type {number} */ offset) => [0x28, 2, offset],
  constant: (/** @type {number} */ value) => [0x41, ...signedLeb(value)],
  ltU: [0x49],
  add: [0x6a],
  sub: [0x6b],
  load128: (/** @type {number} */ offset) => [0xfd, 0, 2, offset],
  load32Splat: (/** @type {number} */ offset) => [0xfd, 9, 2, offset],
  load32Zero: [0xfd, 92, 2, 0],
  store128: [0xfd, 11, 2, 0],
  store32Lane0: [0xfd, 90, 2, 0, 0],
  splat: [0xfd, 17],
  extendLowU8: [0xfd, 0x89, 1],
  extendLowU16: [0xfd, 0xa9, 1],
  shiftRight: [0xfd, 0xac, 1],
  addI32: [0xfd, 0xae, 1],
  multiplyI32: [0xfd, 0xb5, 1],
  narrowToI16: [0xfd, 0x85, 1],
  narrowToU8: [0xfd, 0x66],
  convertToF32: [0xfd, 0xfa, 1],
  addF32: [0xfd, 0xe4, 1],
  subF32: [0xfd, 0xe5, 1],
  multiplyF32: [0xfd, 0xe6, 1],
  divideF32: [0xfd, 0xe7, 1],
};

/** @param {number} value */
function signedLeb(value) {
  const bytes = [];
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 0x7f;
    if ((rest >> 7 === 0 && low < 64) || (rest >> 7 === -1 && low >= 64)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** @param {number} value @returns {number[]} */
const unsignedLeb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb(value >>> 7)]);

/** @param {number} id @param {number[]} content */
const section = (id, content) => [id, ...unsignedLeb(content.length), ...content];

/**
 * Gives what adds to a local.
 *
 * @param {number} local
 * @param {number[]} by
 */
export const advance = (local, by) => [...OP.get(local), ...by, ...OP.add, ...OP.set(local)];

/**
 * Gives what adds to a local and begins the innermost loop anew while it is below another.
 *
 * @param {number} local
 * @param {number[]} by
 * @param {number} end
 */
export const until = (local, by, end) => [
  ...[...OP.get(local), ...by, ...OP.add, ...OP.tee(local)],
  ...[...OP.get(end), ...OP.ltU, ...OP.brIf],
];

/**
 * Gives the module of one function of whole numbers, `f`, and one memory, `m`.
 *
 * @param {number} parameters
 * @param {number} integers locals behind the parameters
 * @param {number} vectors locals behind those
 * @param {number[]} body
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function assembled(parameters, integers, vectors, body) {
  const code = [2, integers, 0x7f, vectors, 0x7b, ...body, ...OP.end];
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters, ...Array(parameters).fill(0x7f), 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]),
    ...section(10, [1, ...unsignedLeb(code.length), ...code]),
  );
}
