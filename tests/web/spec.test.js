/** A spec that is wrong is refused with the code and the place that every language gives. */

import assert from "node:assert/strict";
import test from "node:test";

import { SatchelError } from "../../web_demo/lib/errors.js";
import { checkSteps } from "../../web_demo/lib/infer.js";
import { loads } from "../../web_demo/lib/json.js";
import { parseSpec } from "../../web_demo/lib/spec.js";
import { vectors } from "./support.js";

/** Gives a document with the value at a path replaced. */
function changed(document, { path, value }) {
  if (path.length === 0) return value;
  const copy = structuredClone(document);
  const owner = path.slice(0, -1).reduce((each, part) => each[part], copy);
  owner[path.at(-1)] = value;
  return copy;
}

for (const { valid, cases } of vectors("spec")) {
  if (valid !== undefined) {
    test("the document that the invalid ones are made of is valid", () => {
      assert.equal(checkSteps(parseSpec(valid))[0].length, 4);
    });
  }

  for (const { id, comment, change, document, code, where } of cases) {
    test(`${id} is refused: ${comment}`, () => {
      assert.throws(
        () => checkSteps(parseSpec(document ?? changed(valid, change))),
        (error) => {
          assert.ok(error instanceof SatchelError);
          assert.deepEqual([error.code, error.where], [code, where]);
          return true;
        },
      );
    });
  }
}

test("defaults are filled in and null fields left out", () => {
  const [{ valid }] = vectors("spec");
  const { version: _version, ...rest } = valid;
  const spec = parseSpec({ ...rest, author: "A" });
  assert.equal(spec.version, "1.0.0");
  assert.deepEqual(
    spec.inputs[0].steps[0],
    Object.assign(Object.create(null), { op: "decode", background: [0, 0, 0] }),
  );
  assert.equal(spec.description, "");
  assert.equal(spec.author, "A");
});

test("an error names what is allowed", () => {
  const [{ valid }] = vectors("spec");
  const wrong = changed(valid, { path: ["inputs", 0, "steps", 0, "colour"], value: 1 });
  assert.throws(() => parseSpec(wrong), {
    message: '$.inputs[0].steps[0].colour: the key "colour" is not known here. Allowed: background, op.',
  });
});

test("JSON is read as JSON.parse reads it, objects without a prototype", () => {
  const text = ' {"a": [1, -0.5e-3, true, null, "\\u00e9\\n\\"", {}], "__proto__": {"b": -0}} ';
  const value = loads(text);
  assert.equal(JSON.stringify(value), JSON.stringify(JSON.parse(text)));
  assert.equal(Object.getPrototypeOf(value), null);
});

test("a document that nests without end is refused", () => {
  assert.throws(() => loads("[".repeat(100000)), { code: "spec/not-json" });
});
