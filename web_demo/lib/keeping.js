/**
 * What of a bundle is kept for later visits: all that a browser can use of it.
 */

import { SatchelError } from "./errors.js";
import { artefacts } from "./manifest.js";

/** @typedef {import("./bundle_reader.js").BundleReader} BundleReader */
/** @typedef {import("./keep.js").Keep} Keep */

/**
 * What became of keeping a bundle: `bytes` is what it takes in the store when it is kept. `lost` means that the server did not give
 * the rest.
 *
 * @typedef {{kept: boolean, bytes: number, reason?: import("./keep.js").Trouble | "lost"}} Kept
 */

/** The runtime that runs an artefact's format in a browser. */
const RUNTIMES = /** @type {Record<string, string>} */ ({ tflite: "litert-js", tfjs: "tfjs" });

/**
 * Gives the name that all versions of a bundle have in common: its address without the digest.
 *
 * @param {string} url
 */
export function bundleOf(url) {
  return new URL(url).href.replace(/@[0-9a-f]{64}(?=\/|$)/, "");
}

/**
 * Gives what the store is to know of a bundle that is open.
 *
 * @param {BundleReader} reader
 * @param {string} url
 * @param {unknown} [entry] what the page wants to know of it offline
 */
export function versionOf(reader, url, entry) {
  const files = Object.fromEntries(usable(reader).map(({ sha256, bytes }) => [sha256, bytes]));
  return { bundle: bundleOf(url), digest: reader.digest, files: { [reader.digest]: 0, ...files }, entry };
}

/**
 * Fetches and keeps what is not kept yet; then this version stands in for older ones.
 *
 * @param {BundleReader} reader which reads through the store
 * @param {Keep} keep
 * @param {{url: string, entry: unknown}} version
 * @param {(progress: import("./bundle_reader.js").Progress) => void} [onProgress]
 * @returns {Promise<Kept>}
 */
export async function keepWhole(reader, keep, { url, entry }, onProgress = () => {}) {
  const version = versionOf(reader, url, entry);
  const total = Object.values(version.files).reduce((sum, each) => sum + each, 0);
  if (keep.trouble === "unwanted") keep.trouble = undefined;
  try {
    await keep.settled();
    await keep.begin(version);
    const missing = new Set(await keep.missing(Object.keys(version.files)));
    const files = usable(reader).filter(({ sha256 }) => missing.has(sha256));
    let loaded = total - files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (keep.trouble === undefined && !(await fits(total - loaded))) keep.trouble = "full";
    for (const { path, bytes } of files) {
      if (keep.trouble !== undefined) break;
      await reader.read(path, (count, _, lost) => onProgress({ loaded: loaded + count, total, lost }));
      await keep.settled();
      loaded += bytes;
    }
    if (keep.trouble === undefined && (await keep.commit(version))) return { kept: true, bytes: total };
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    return { kept: false, bytes: 0, reason: "lost" };
  }
  return { kept: false, bytes: 0, reason: keep.trouble ?? "lost" };
}

/**
 * Gives the files that a browser can use: all but models that no runtime here runs.
 *
 * @param {BundleReader} reader
 */
function usable({ manifest }) {
  const all = [...artefacts(manifest)].map(([id, { file, runtimes }]) => {
    const format = id.split("/")[1];
    const own = format === "tfjs" ? file.slice(0, -"model.json".length) : file;
    return { own, runs: runtimes.some((each) => each === RUNTIMES[format]) };
  });
  return manifest.files.filter(({ path, role }) => {
    return (role !== "model" && role !== "tfjs") || all.some(({ own, runs }) => runs && path.startsWith(own));
  });
}

/**
 * Says whether so many bytes have room, as far as the browser tells.
 *
 * @param {number} bytes
 */
async function fits(bytes) {
  const { quota = Infinity, usage = 0 } = (await globalThis.navigator?.storage?.estimate().catch(() => null)) ?? {};
  return bytes <= quota - usage;
}
