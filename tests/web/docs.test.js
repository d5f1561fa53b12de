/** What docs/web.md and the library's README show is there: their code parses, and names only verbs that the library has. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";

import { Satchel } from "../../web_demo/lib/client.js";

const { transformSync } = createRequire(new URL("../../web_demo/package.json", import.meta.url))("esbuild");
const PAGES = ["docs/web.md", "web_demo/lib/README.md"];

for (const page of PAGES) {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

  test(`the code of ${page} parses, and its verbs are the library's`, () => {
    assert.ok(blocks.length > 0);
    for (const code of blocks) {
      transformSync(code, { format: "esm" });
      for (const [, verb] of code.matchAll(/\bsatchel\.(\w+)\(/g))
        assert.equal(typeof Satchel.prototype[verb], "function", verb);
    }
  });
}

test("docs/web.md tells of every verb", () => {
  const text = readFileSync(new URL("../../docs/web.md", import.meta.url), "utf8");
  const told = ["open", "load", "run", "reread", "check", "candidates", "trial", "keep", "forget", "close"];
  for (const verb of told) {
    assert.equal(typeof Satchel.prototype[verb], "function", verb);
    assert.ok(text.includes(`\`${verb}\``), verb);
  }
});
