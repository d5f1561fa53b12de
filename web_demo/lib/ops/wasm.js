/**
 * The WebAssembly programs: each is one function over its own memory, four values at once (SIMD). Their sources are in `web_demo/wasm/`.
 */

const PAGE = 65536;

/**
 * A function of whole numbers and its memory, which grows to what it is asked for.
 *
 * @typedef {{memory: (bytes: number) => Uint8Array<ArrayBuffer>, run: (...numbers: number[]) => void}} Program
 */

/**
 * Gives what makes a program when it is first asked for; it is undefined where there is no WebAssembly with SIMD.
 *
 * @param {string} module base64
 * @returns {() => Program | undefined}
 */
export function programOf(module) {
  /** @type {Program | undefined} */
  let made;
  return () => (made ??= instantiated(Uint8Array.from(atob(module), (each) => each.charCodeAt(0))));
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Program | undefined}
 */
function instantiated(bytes) {
  if (!WebAssembly.validate(bytes)) return undefined;
  const { m, f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
  const memory = /** @type {WebAssembly.Memory} */ (m);
  return {
    run: /** @type {Program["run"]} */ (f),
    memory(count) {
      const missing = count - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      return new Uint8Array(memory.buffer);
    },
  };
}

/**
 * Says whether a picture has pixels of three bytes or four, one behind the other: a program takes four bytes of each.
 *
 * @param {import("./picture.js").Picture} image
 */
export function laned({ data, step, channels }) {
  return !(data instanceof Float32Array) && channels === 3 && step > 0;
}

/**
 * Copies columns of a row of a picture to a place in the memory.
 *
 * @param {import("./picture.js").Picture} image
 * @param {number} y
 * @param {Uint8Array} memory
 * @param {number} place
 * @param {number} [left]
 * @param {number} [width]
 */
export function copyRow({ data, offset, row, step, ...image }, y, memory, place, left = 0, width = image.width) {
  const start = offset + y * row + left * step;
  memory.set(data.subarray(start, start + width * step), place);
}
