/**
 * Brings an artefact of a bundle into the runtime that it is for.
 */

import { SatchelError } from "./errors.js";

/** @typedef {import("./bundle.js").Engine} Engine */

/**
 * Where an artefact is to run. `backend` names the only one that may carry it out (wasm or webgpu of LiteRT.js; wasm, webgl or cpu
 * of TF.js); without it the first that can does. `threads`: at most.
 *
 * @typedef {object} Wanted
 * @property {"wasm" | "webgpu" | "webgl" | "cpu"} [backend]
 * @property {number} [threads]
 * @property {(progress: import("./bundle_reader.js").Progress) => void} [onProgress]
 */

/**
 * Fetches, checks and compiles an artefact.
 *
 * @param {import("./bundle_reader.js").BundleReader} reader
 * @param {string} artefact
 * @param {Wanted & {runtimesUrl: string}} wanted
 * @returns {Promise<Engine>}
 * @throws {SatchelError} model/not-for-browser, model/not-runnable, model/tensor-not-found, env/runtime, and what reading throws
 */
export async function engineOf(reader, artefact, wanted) {
  refuseForeign(artefact, reader.artefact(artefact).runtimes);
  const engine = await openedEngine(reader, artefact, wanted);
  try {
    refuseMissing(reader.spec, artefact, engine);
  } catch (error) {
    engine.close();
    throw error;
  }
  return engine;
}

/**
 * @param {import("./bundle_reader.js").BundleReader} reader
 * @param {string} artefact
 * @param {Wanted & {runtimesUrl: string}} wanted
 * @returns {Promise<Engine>}
 */
async function openedEngine(reader, artefact, { onProgress, ...options }) {
  const [variant, format] = artefact.split("/");
  if (format === "tfjs") {
    const { TfjsEngine } = await import("./engines/tfjs.js");
    const shapes = Object.fromEntries(
      reader.spec.inputs.map(({ tensor }) => [tensor[artefact].name, tensor[artefact].shape]),
    );
    return TfjsEngine.open(await reader.tfjs(variant, onProgress), { ...options, shapes });
  }
  const [{ LiteRtEngine }, { liteRt }] = await Promise.all([
    import("./engines/litert.js"),
    import("./engines/litert_runtime.js"),
  ]);
  // The runtime is fetched and compiled while the model is on its way; where it cannot be had, opening tells.
  if (options.backend !== "webgpu") liteRt(`${options.runtimesUrl}litert/`).catch(() => {});
  return LiteRtEngine.open(await reader.model(variant, onProgress), options);
}

/**
 * Refuses a model that lacks a tensor which the spec names.
 *
 * @param {import("./spec.js").Spec} spec
 * @param {string} artefact
 * @param {Pick<Engine, "inputs" | "outputs">} engine
 * @throws {SatchelError} model/tensor-not-found
 */
export function refuseMissing({ inputs, outputs }, artefact, engine) {
  const wanted = /** @type {const} */ ([
    [inputs, engine.inputs, "input"],
    [outputs, engine.outputs, "output"],
  ]);
  for (const [named, there, kind] of wanted) {
    for (const { name, tensor } of named) {
      if (there.includes(tensor[artefact].name)) continue;
      const message = `the spec says that ${name} is the ${kind} ${tensor[artefact].name}, the model has ${there.join(", ")}`;
      throw new SatchelError("model/tensor-not-found", message, { where: artefact });
    }
  }
}

/**
 * Refuses an artefact that no runtime of the browser can run, or only wrongly.
 *
 * @param {string} artefact
 * @param {readonly string[]} runtimes
 */
function refuseForeign(artefact, runtimes) {
  const needed = artefact.endsWith("/tfjs") ? "tfjs" : "litert-js";
  if (runtimes.includes(needed)) return;
  throw new SatchelError(
    "model/not-for-browser",
    `${artefact} is for ${runtimes.join(", ") || "no runtime"}, not for ${needed}`,
    {
      hint: "A dynamic-range model is slow and inexact in a browser: choose another variant, or pack int8 or float32.",
    },
  );
}
