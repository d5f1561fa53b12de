/**
 * The files of a TF.js graph model in a bundle.
 */

/**
 * Gives the files by their path beside model.json.
 *
 * @param {import("./bundle_reader.js").BundleReader} reader
 * @param {string} variant
 * @param {(progress: import("./bundle_reader.js").Progress) => void} [onProgress]
 * @returns {Promise<Map<string, Uint8Array<ArrayBuffer>>>}
 */
export async function graphFiles(reader, variant, onProgress = () => {}) {
  const { file, stored_bytes: total } = reader.artefact(`${variant}/tfjs`);
  const folder = file.slice(0, -"model.json".length);
  const paths = reader.manifest.files.map((each) => each.path).filter((path) => path.startsWith(folder));
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const found = new Map();
  let before = 0;
  for (const path of paths) {
    const bytes = await reader.read(path, (loaded, _, lost) => onProgress({ loaded: before + loaded, total, lost }));
    found.set(path.slice(folder.length), bytes);
    before += bytes.length;
  }
  return found;
}
