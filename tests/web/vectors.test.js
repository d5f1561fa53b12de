/** Every golden vector gives what its library gives; every invalid case is refused with its code. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import test, { after } from "node:test";
import { inflateRawSync } from "node:zlib";

import { bytesOf, complaints } from "../vectors/cases.js";
import { BROWSER_ONLY, HANDLERS } from "../vectors/handlers/index.js";

const VECTORS = fileURLToPath(new URL("../../metadata/vectors/", import.meta.url));
const tools = { bytesOf, stored: async (file) => Uint8Array.from(inflateRawSync(readFileSync(VECTORS + file))) };
const counts = {};

const files = readdirSync(VECTORS, { recursive: true })
  .filter((path) => /^[^/]+\/[^/]+\.json$/.test(path))
  .sort();

after(() => {
  const told = Object.entries(counts).map(([op, count]) => `${op} ${count}`);
  console.log(`vectors in Node: ${told.join(", ")}`);
});

test("there are vectors, and every file has a handler", () => {
  assert.ok(files.length > 0);
  const ops = new Set(files.map((path) => path.split("/")[0]));
  assert.deepEqual(
    [...ops].filter((op) => !(op in HANDLERS)),
    [],
  );
});

for (const path of files) {
  const [op] = path.split("/");
  test(`every case of ${path} gives what its library gives`, { skip: BROWSER_ONLY[op] }, async () => {
    const file = JSON.parse(readFileSync(VECTORS + path, "utf8"));
    assert.equal(file.schema, "satchel-vectors/1");
    assert.ok(file.cases.length > 0);
    assert.deepEqual(await complaints(op, file, tools), []);
    counts[op] = (counts[op] ?? 0) + file.cases.length;
  });
}
