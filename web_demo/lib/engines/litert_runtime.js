/**
 * Loads LiteRT.js' WebAssembly in a classic worker: its loader comes by importScripts.
 *
 * It is spoken to through the bindings that LiteRT.js' own package types in its index.d.ts (LiteRtWasm). The package's wrapper is
 * left out: workers cannot resolve its bare import, and it would ask for a GPU and copy every tensor twice.
 */

import { SatchelError } from "../errors.js";

/**
 * What is used of LiteRT.js' bindings; every object lives in the WebAssembly's memory until `delete`.
 *
 * @typedef {{delete(): void}} Held
 * @typedef {Held & {size(): number, get(index: number): any}} Vector
 * @typedef {Held & {push_back(value: number): void}} Integers
 * @typedef {Held & {elementType(): {value: number}, bytes(): number}} TensorType
 * @typedef {Held & {inputNames(): Vector, outputNames(): Vector}} Signature
 * @typedef {Held & {getSignature(index: number): Signature, getInputTensorType(signature: number, index: number): TensorType,
 *   getOutputTensorType(signature: number, index: number): TensorType}} Model
 * @typedef {Held & {lock(mode: unknown): number, unlock(): void, packedSize(): number, offset(): number,
 *   isWebGpuMemory(): boolean, getWebGpuBuffer(): number}} Buffer
 * @typedef {Held & {isFullyAccelerated(): boolean,
 *   getInputBufferRequirements(signature: number, index: number): Held & {supportedTypes(): Vector}, run(signature: number, inputs: readonly Buffer[]): Buffer[] | Promise<Buffer[]>}} Compiled
 * @typedef {object} LiteRt
 * @property {Uint8Array} HEAPU8 replaced when the memory grows
 * @property {(bytes: number) => number} _malloc
 * @property {(place: number) => void} _free
 * @property {() => void} setupLogging
 * @property {() => number} getThreadCount
 * @property {{create(device: object | null): Held}} LiteRtEnvironment
 * @property {(environment: Held, place: number, bytes: number) => Model} loadModel
 * @property {(environment: Held, model: Model, options: object) => Compiled | Promise<Compiled>} compileModel
 * @property {{createManaged(environment: Held, kind: unknown, type: TensorType, bytes: number): Buffer,
 *   createFromWebGpuBuffer(environment: Held, type: TensorType, kind: unknown, place: number, bytes: number): Buffer
 *   }} LiteRtTensorBuffer
 * @property {{HOST_MEMORY: unknown, WEB_GPU_BUFFER_PACKED: {value: number}}} LiteRtTensorBufferType
 * @property {{importJsBuffer(buffer: object): number, getJsObject(place: number): any}} WebGPU
 * @property {(place: number) => void} wgpuBufferRelease
 * @property {new () => Integers} VectorInt32
 * @property {{create(sides: Integers): Held}} LiteRtLayout
 * @property {{create(element: {value: number}, layout: Held): TensorType}} LiteRtRankedTensorType
 * @property {{READ: unknown, WRITE: unknown}} LiteRtTensorBufferLockMode
 */

/** A module whose one function holds i8x16.relaxed_swizzle: it validates where relaxed SIMD is there. */
const RELAXED_SIMD = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 15, 1, 13, 0, 0x41, 1, 0xfd, 15, 0x41, 2, 0xfd, 15, 0xfd, 0x80, 2, 11],
);

/**
 * @typedef {{library: LiteRt, environment: Held, threaded: boolean}} Runtime
 */

/** @type {Promise<Runtime> | undefined} */
let loading;

/**
 * Gives LiteRT.js, loaded once a worker.
 *
 * @param {string} folder where the files of runtimes.json are served
 * @returns {Promise<Runtime>}
 */
export async function liteRt(folder) {
  loading ??= load(folder);
  return loading.catch((error) => {
    loading = undefined;
    throw new SatchelError("env/runtime", `LiteRT.js could not be loaded (${error?.message ?? error})`, {
      where: folder,
      hint: "Serve the files of runtimes.json there; the browser needs WebAssembly with SIMD.",
    });
  });
}

/**
 * Loads LiteRT.js: with threads where the page is isolated, in its plainest form where the browser lacks relaxed SIMD.
 *
 * @param {string} folder
 * @returns {Promise<Runtime>}
 */
async function load(folder) {
  const simd = WebAssembly.validate(RELAXED_SIMD);
  const threaded = simd && globalThis.crossOriginIsolated === true;
  const script = `${folder}litert_wasm${threaded ? "_threaded" : simd ? "" : "_compat"}_internal.js`;
  const scope = /** @type {any} */ (globalThis);
  scope.importScripts(script);
  // A worker's own address would be taken for the script's, which the threads load too.
  const places = { locateFile: (/** @type {string} */ name) => folder + name, mainScriptUrlOrBlob: script };
  /** @type {LiteRt} */
  const library = await scope.ModuleFactory({ ...places, printErr: complain });
  library.setupLogging();
  return { library, environment: library.LiteRtEnvironment.create(null), threaded };
}

/**
 * Passes on what LiteRT.js complains of; it also tells at length what it found and did.
 *
 * @param {string} line
 */
function complain(line) {
  if (!/^(INFO|WARNING|[IW]\d{4} )/.test(line)) console.warn(line);
}
