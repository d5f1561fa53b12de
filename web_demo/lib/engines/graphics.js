/**
 * The graphics processor as WebGPU gives it to a worker, and the loss of it: a driver may take it away at any moment.
 */

import { SatchelError } from "../errors.js";

/** @typedef {any} Device a GPUDevice, which TypeScript's own libraries do not know yet */

const FEATURES = ["shader-f16", "subgroups"];
const LIMITS = /** @type {const} */ ([
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxTextureDimension2D",
]);

/** The device of a worker. */
export class Graphics {
  /** @type {Promise<never>} */
  #lost;

  /** @param {Device} device */
  constructor(device) {
    this.device = device;
    this.#lost = device.lost.then((/** @type {{message: string}} */ { message }) => {
      throw deviceLost("WebGPU", message);
    });
    this.#lost.catch(() => {});
  }

  /**
   * Gives what a piece of work gives; where the device is lost meanwhile, that is told, for the work itself may never end.
   *
   * @template T
   * @param {Promise<T>} work
   * @returns {Promise<T>}
   * @throws {SatchelError} env/device-lost
   */
  async held(work) {
    try {
      return await Promise.race([work, this.#lost]);
    } catch (error) {
      // What fails on a device that is lost fails for that, and its loss is told a moment later.
      if (!(error instanceof SatchelError))
        await Promise.race([this.#lost, new Promise((done) => setTimeout(done, 50))]);
      throw error;
    }
  }
}

/** @type {Promise<Graphics> | undefined} */
let given;

/**
 * Gives the worker's device: LiteRT.js takes one and keeps to it, so that a worker whose device is lost gets no other.
 *
 * @returns {Promise<Graphics>}
 * @throws {SatchelError} model/not-runnable, where the browser gives none; env/device-lost
 */
export async function graphics() {
  given ??= asked();
  try {
    const found = await given;
    return await found.held(Promise.resolve(found));
  } catch (error) {
    if (error instanceof SatchelError && error.code === "model/not-runnable") given = undefined;
    throw error;
  }
}

/** @returns {Promise<Graphics>} */
async function asked() {
  const adapter = await adapterOf();
  if (adapter === null) throw absent();
  const requiredFeatures = FEATURES.filter((each) => adapter.features.has(each));
  const requiredLimits = Object.fromEntries(LIMITS.map((each) => [each, adapter.limits[each]]));
  try {
    return new Graphics(await adapter.requestDevice({ requiredFeatures, requiredLimits }));
  } catch (error) {
    throw absent(error instanceof Error ? error.message : String(error));
  }
}

/** Gives the adapter of WebGPU, or null where there is none. */
export async function adapterOf() {
  try {
    return (await /** @type {any} */ (navigator).gpu?.requestAdapter({ powerPreference: "high-performance" })) ?? null;
  } catch {
    return null;
  }
}

/** @param {string} [reason] */
function absent(reason = "the browser gives no graphics processor to WebGPU") {
  return new SatchelError("model/not-runnable", `there is no WebGPU here: ${reason}`, {
    hint: "Choose LiteRT.js in WebAssembly.",
  });
}

/**
 * Gives the error of a graphics processor that was taken away.
 *
 * @param {string} by
 * @param {string} [reason]
 */
export function deviceLost(by, reason) {
  const why = reason ? ` (${reason})` : "";
  return new SatchelError("env/device-lost", `${by} lost the graphics processor${why}`, {
    hint: "Load the model again, in WebAssembly if it happens again.",
  });
}
