/** Builds dist/: the page's script in one file, and beside it the library that its worker loads. */

import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const demo = fileURLToPath(new URL("../../web_demo/", import.meta.url));
// In a project of its own: import { build } from "esbuild", and the library is node_modules/satchel.
const { build } = createRequire(demo)("esbuild");
const library = `${demo}lib`;

rmSync(`${here}dist`, { recursive: true, force: true });
await build({
  entryPoints: [`${here}main.js`],
  outfile: `${here}dist/main.js`,
  alias: { "satchel/client": `${library}/client.js` },
  bundle: true,
  format: "esm",
  minify: true,
  logLevel: "warning",
});
cpSync(library, `${here}dist/satchel`, { recursive: true });
