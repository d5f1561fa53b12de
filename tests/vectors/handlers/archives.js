/** Vectors of what a bundle is stored in: raw DEFLATE, the entropy coded form and the zip. */

import { openZip } from "../../../web_demo/lib/bundle_zip.js";
import { decoded } from "../../../web_demo/lib/entropy.js";
import { inflate } from "../../../web_demo/lib/inflate.js";

function array(data) {
  return { data, shape: [data.length] };
}

async function inflated({ input: { stored, size } }) {
  return array(await inflate(stored.data, size, "model"));
}

function coded({ input: { stored, size } }) {
  return array(decoded(stored.data, size, "model"));
}

async function zipped({ input: { bytes } }) {
  const { sizes, read } = openZip(bytes.data, "bundle.satchel");
  const entries = Array.from(sizes.keys(), async (name) => [
    name,
    array(await read(name)),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

export const HANDLERS = { inflate: inflated, entropy: coded, zip: zipped };
