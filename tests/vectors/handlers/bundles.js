/** Vectors of whole bundles. */

import { BundleReader } from "../../../web_demo/lib/bundle_reader.js";

/** Opens a bundle and reads all that is in it. */
async function bundle({ input: { bytes, digest } }) {
  const reader = await BundleReader.open(bytes.data, { digest });
  for (const each of (await reader.golden()).cases) await reader.goldenInput(each);
  for (const { path } of reader.manifest.files) await reader.read(path);
  for (const { name } of reader.manifest.variants) await Promise.all([reader.model(name), reader.tfjs(name)]);
  return { digest: reader.digest, labels: reader.labels };
}

export const HANDLERS = { bundle };
