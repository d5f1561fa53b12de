/**
 * Serves the examples with what they need: node serve.mjs BUNDLE.satchel [PORT]. Files of the examples, the library and the runtimes
 * that runtimes.json lists, and the one bundle as /bundle.satchel; nothing else.
 */

import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const examples = fileURLToPath(new URL(".", import.meta.url));
const demo = fileURLToPath(new URL("../web_demo/", import.meta.url));
const runtimes = JSON.parse(readFileSync(`${demo}runtimes.json`, "utf8"));
const [bundle, port = "8080"] = process.argv.slice(2);
if (bundle === undefined) {
  console.error("Name a bundle: node serve.mjs BUNDLE.satchel [PORT]");
  process.exit(2);
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The first two isolate the page, which gives it threads; the policy is all that Satchel needs. */
const HEADERS = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob: data:",
};

/** Gives the file of an address, or undefined. */
function fileOf(path) {
  if (path === "/bundle.satchel") return bundle;
  if (path.startsWith("/satchel/")) return join(demo, "lib", path.slice("/satchel/".length));
  const [, , runtime, name] = path.split("/");
  if (path.startsWith("/runtimes/")) return join(demo, "node_modules", runtimes[runtime]?.files[name] ?? "-");
  return /^\/(script-tag|bundler)\//.test(path) ? join(examples, path) : undefined;
}

const server = createServer((request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, "http://127.0.0.1").pathname));
  const file = fileOf(path.endsWith("/") ? `${path}index.html` : path);
  const found = file && statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return response.writeHead(404, HEADERS).end();
  const type = TYPES[extname(file)] ?? "application/octet-stream";
  response.writeHead(200, { ...HEADERS, "Content-Type": type, "Content-Length": found.size });
  createReadStream(file).pipe(response);
});

server.listen(Number(port), "127.0.0.1", () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  console.log(`${address}/script-tag/ and ${address}/bundler/`);
});
