/** CSV files: what the vectors cannot say, about pieces, length and where a mistake is. The rest is in vectors/csv. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";

import { readRows, readSignal } from "../../web_demo/lib/csv.js";
import { bytesOf } from "../vectors/cases.js";

const VECTORS = fileURLToPath(new URL("../../metadata/vectors/csv/python.json", import.meta.url));

/** Gives bytes a few at a time. */
async function* inPieces(bytes, size) {
  for (let place = 0; place < bytes.length; place += size) yield bytes.subarray(place, place + size);
}

/** Gives a header, and then the same row for ever. */
function endless(head, row) {
  const encoder = new TextEncoder();
  const chunk = encoder.encode(row.repeat(1000));
  const source = {
    given: 0,
    async *[Symbol.asyncIterator]() {
      yield encoder.encode(head);
      for (;;) {
        source.given += chunk.length;
        yield chunk;
      }
    },
  };
  return source;
}

async function all(rows) {
  const found = [];
  for await (const row of rows) found.push(Object.fromEntries(row));
  return found;
}

test("a file is read the same in pieces of any size", async () => {
  const { cases } = JSON.parse(readFileSync(VECTORS, "utf8"));
  for (const { id, input, form, result, expected, code } of cases.filter((each) => each.id !== "long-field")) {
    for (const size of [1, 2, 3, 7]) {
      const rows = all(readRows(inPieces(bytesOf(input.bytes.data), size), form));
      if (result === "valid") assert.deepEqual(await rows, expected, `${id} by ${size}`);
      else await assert.rejects(rows, { code }, `${id} by ${size}`);
    }
  }
});

test("a Blob, a stream and a text are read too", async () => {
  const text = "a;b\n1;2\n";
  const expected = [{ a: "1", b: "2" }];
  for (const source of [text, new Blob([text]), new Blob([text]).stream()]) {
    assert.deepEqual(await all(readRows(source)), expected);
  }
});

test("a table longer than memory is read row by row", async () => {
  const source = endless("a,b\n", "1,a text of some length\n");
  let count = 0;
  for await (const row of readRows(source)) {
    if (++count < 50000) continue;
    assert.equal(row.get("b"), "a text of some length");
    break;
  }
  assert.ok(source.given < 2e6);
});

test("a quote that is never closed is refused before it fills the memory", async () => {
  const source = endless('a,b\n1,"', "xxxxxxxx\n");
  await assert.rejects(all(readRows(source)), { code: "input/not-csv" });
  assert.ok(source.given < 4e6);
});

test("a mistake names the file and the row", async () => {
  const rows = readRows('a,b\n1,2\n"x\ny",2\n3\n', { name: "table.csv" });
  await assert.rejects(all(rows), {
    code: "input/ragged-row",
    where: "table.csv, row 3",
  });
});

test("a signal is a sample a row with its channels by name", async () => {
  const { data, length, channels } = await readSignal("t;x;y\n0;1;2\n1;-.5;2e3\n", ["y", "x"]);
  assert.deepEqual([[...data], length, channels], [[2, 1, 2000, -0.5], 2, 2]);
});

test("a signal has a number in every cell", async () => {
  await assert.rejects(readSignal("x,y\n1,\n"), {
    code: "input/empty-cell",
    where: "row 1",
  });
  await assert.rejects(readSignal("x,y\n1,2\n1,two\n"), {
    code: "input/not-a-number",
    where: "row 2",
  });
  await assert.rejects(readSignal("x,y\n"), { code: "input/empty" });
});
