/** Every vector gives the values of the library it names, whole and to the bit. */

import assert from "node:assert/strict";
import test from "node:test";

import { fromPixels } from "../../web_demo/lib/photo.js";
import { Pipeline } from "../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../web_demo/lib/spec.js";
import { arrayOf, specWith, vectors } from "./support.js";

/** Gives what the steps make of the input of a case, and its shape without the batch. */
function prepared({ input }, steps) {
  const [height, width] = input.shape;
  const pipeline = new Pipeline(parseSpec(specWith(steps)), {});
  return pipeline.prepare(fromPixels(arrayOf(input), width, height)).image;
}

for (const folder of ["resize", "color", "crop", "arithmetic"]) {
  for (const { name, library, cases } of vectors(folder)) {
    test(`${folder} gives ${library}'s values on every case of ${name}`, () => {
      assert.ok(cases.length > 0);
      for (const each of cases) {
        const { data, shape } = prepared(each, [{ op: "decode" }, each.step]);
        assert.deepEqual(shape, [1, ...each.expected.shape], each.id);
        assert.deepEqual(data, Float32Array.from(arrayOf(each.expected)), each.id);
      }
    });
  }
}

for (const { name, cases } of vectors("pipeline")) {
  for (const each of cases) {
    test(`the pipeline ${each.id} of ${name} gives its library's tensor`, () => {
      const { data, shape } = prepared(each, each.steps);
      assert.deepEqual(shape, each.expected.shape);
      assert.deepEqual(data, arrayOf(each.expected));
    });
  }
}

for (const { name, cases } of vectors("reading")) {
  test(`reading gives the values of every case of ${name}`, () => {
    for (const each of cases) {
      const pipeline = new Pipeline(parseSpec(specWith([{ op: "decode" }], [each.step])), {});
      assert.deepEqual(pipeline.scores({ scores: arrayOf(each.input) }), arrayOf(each.expected), each.id);
    }
  });
}

test("a crop behind a resize gives the middle of the whole, whatever the method and the fit", () => {
  const crop = { op: "crop", width: 5, height: 4, offset_rounding: "floor" };
  const fits = [
    { fit: "stretch", width: 12, height: 10 },
    { fit: "cover", width: 9, height: 11, side_rounding: "half_even", offset_rounding: "half_even" },
    { fit: "contain", width: 14, height: 13, side_rounding: "floor", pad_value: [3] },
    { fit: "shorter_side", side: 8, side_rounding: "floor" },
  ];
  for (const { cases } of vectors("resize")) {
    for (const each of cases.filter(({ id }) => id.endsWith("-0"))) {
      for (const fit of fits) {
        const resize = { op: "resize", method: each.step.method, ...fit };
        const whole = prepared(each, [{ op: "decode" }, resize]);
        const flipped = { op: "flip", axis: "horizontal" };
        const apart = prepared(each, [{ op: "decode" }, resize, flipped, flipped, crop]);
        const together = prepared(each, [{ op: "decode" }, resize, crop]);
        assert.deepEqual(together.shape, [1, 4, 5, 3]);
        assert.deepEqual(together.data, apart.data, `${each.id} ${fit.fit}`);
        assert.ok(whole.data.length > together.data.length);
      }
    }
  }
});
