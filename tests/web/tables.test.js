/** Tables that a page answers: how a file fits a model, where its mistakes are, and what is kept of the answers. */

import assert from "node:assert/strict";
import test from "node:test";

import { answerRows } from "../../web_demo/lib/answer_rows.js";
import { readRows } from "../../web_demo/lib/csv.js";
import { records } from "../../web_demo/lib/csv_records.js";
import { SatchelError } from "../../web_demo/lib/errors.js";
import { parseSpec } from "../../web_demo/lib/spec.js";
import { TableAnswers } from "../../web_demo/lib/table_answers.js";
import { columnsOf, exampleOf } from "../../web_demo/lib/table_columns.js";
import {
  decimalCommas,
  fitOf,
  labelColumn,
  labelReader,
  refuseLacking,
  rowOf,
  TableFile,
} from "../../web_demo/lib/table_file.js";

const LABELS = ["setosa", "versicolor", "virginica"];
const HEADER = ["length", "width", "species"];

async function all(found) {
  const list = [];
  for await (const each of found) list.push(each);
  return list;
}

/** Gives an answer of these classes, best first. */
function answer(...classes) {
  return { classes: classes.map(([index, score]) => ({ index, label: LABELS[index], score })) };
}

function filled() {
  const table = new TableAnswers(HEADER, LABELS);
  table.add({ line: 2, fields: ["5.1", "3", "setosa"] }, answer([0, 0.9], [1, 0.07], [2, 0.03]));
  table.add({ line: 3, fields: ["10", "2", "Virginica "] }, answer([1, 0.6], [2, 0.3], [0, 0.1]));
  table.refuse({ line: 4, fields: ["seven", "2", "setosa"] }, "expected a number");
  table.add({ line: 6, fields: ["6", "1", "unknown"] }, answer([2, 0.75], [1, 0.2], [0, 0.05]));
  table.compareWith("species");
  return table;
}

const VIEW = { shown: "all", search: "", by: "line", down: false };

test("a record knows the line of the file on which it begins", async () => {
  const text = '\ufeffa,b\r\n\r\n1,2\r\n"x\r\ny",3\n4,"5\n\n6"\r7,8';
  for (const source of [text, new Blob([text]), new Blob([text]).stream()]) {
    const found = await all(records(source, undefined, ""));
    assert.deepEqual(
      found.map(({ line }) => line),
      [1, 3, 4, 6, 9],
    );
    assert.deepEqual(found[3].fields, ["4", "5\n\n6"]);
  }
});

test("a table hands on records with too few or too many fields", async () => {
  const table = await TableFile.open(new Blob(["a,b\n1,2\n3\n4,5,6\n"]));
  assert.deepEqual(table.header, ["a", "b"]);
  assert.deepEqual(await all(table.rows()), [
    { fields: ["1", "2"], line: 2 },
    { fields: ["3"], line: 3 },
    { fields: ["4", "5", "6"], line: 4 },
  ]);
  assert.throws(() => rowOf(["a", "b"], ["3"]), { code: "input/ragged-row" });
});

test("an empty file and a doubled column are refused", async () => {
  await assert.rejects(TableFile.open(""), { code: "input/no-header" });
  await assert.rejects(TableFile.open("a,a\n"), { code: "input/duplicate-column" });
});

test("what a header lacks and what is left over are told in one sentence", () => {
  const fit = fitOf(["Sepal.Length", "width", "id"], ["sepal_length", "width", "depth"]);
  assert.deepEqual(fit, {
    lacking: ["sepal_length", "depth"],
    left: ["Sepal.Length", "id"],
    alike: [["sepal_length", "Sepal.Length"]],
  });
  const expected =
    "the table lacks the columns 'sepal_length', 'depth'; the model does not know its columns 'Sepal.Length', 'id'. " +
    "Rename 'Sepal.Length' to 'sepal_length' in the header.";
  assert.throws(() => refuseLacking(fit), { code: "input/missing-column", message: expected });
  refuseLacking(fitOf(["width", "id"], ["width"]));
});

test("numbers with a decimal comma are recognised column by column, and read as Python reads them", async () => {
  const rows = [
    ["1,5", "1.5", "2"],
    ["NA", "1,5", "3"],
  ];
  const found = decimalCommas(["a", "b", "c"], rows, ["a", "b", "c"]);
  assert.deepEqual([...found], ["a"]);
  const [row] = await all(readRows("a;b;c\n1,5;1.5;2\n", { decimal: ",", numbers: ["a"] }));
  assert.deepEqual(rowOf(["a", "b", "c"], rows[0], found), row);
});

test("the column of true answers is found by its cells, and among equals by its name", () => {
  const rows = [
    ["1", "0", "setosa", "setosa"],
    ["2", "1", "virginica", "setosa"],
  ];
  const header = ["length", "number", "other", "Species"];
  assert.equal(labelColumn(header, rows, ["length"], LABELS), "Species");
  assert.equal(labelColumn(header.slice(0, 2), rows, ["length"], LABELS), "number");
  assert.equal(labelColumn(["a", "b"], [["x", "y"]], ["a"], LABELS), undefined);
  assert.equal(labelColumn(["Species"], [], [], LABELS), undefined);
});

test("a cell is the label, in any capitals, or its number", () => {
  const read = labelReader(["Cat", "dog", "1"]);
  const cells = ["Cat", " cat ", "DOG", "0", "2", "1", "3", "", "-1", "1.0"];
  assert.deepEqual(cells.map(read), [0, 0, 1, 0, 2, 2, undefined, undefined, undefined, 1]);
});

test("a confusion matrix grows as answers are compared", () => {
  const { confusion, without } = filled().compared();
  assert.deepEqual(confusion.matrix, [
    [1, 0, 0],
    [0, 0, 0],
    [0, 1, 0],
  ]);
  assert.equal(without, 1);
  assert.equal(confusion.accuracy, 0.5);
});

test("rows are filtered, searched and sorted", () => {
  const table = filled();
  const places = (change) => table.places({ ...VIEW, ...change });
  assert.deepEqual(places({}), [0, 1, 2, 3]);
  assert.deepEqual(places({ shown: "answered" }), [0, 1, 3]);
  assert.deepEqual(places({ shown: "refused" }), [2]);
  assert.deepEqual(places({ shown: "wrong" }), [1]);
  assert.deepEqual(places({ search: "VIRG" }), [1, 3]);
  assert.deepEqual(places({ by: 0 }), [0, 3, 1, 2]);
  assert.deepEqual(places({ by: 0, down: true }), [2, 1, 3, 0]);
  assert.deepEqual(places({ by: "score", down: true }), [0, 3, 1, 2]);
  assert.deepEqual(places({ by: "answer" }), [0, 1, 3, 2]);
  assert.deepEqual(places({ by: "line", down: true }), [3, 2, 1, 0]);
});

test("the result as CSV holds every row, with the columns as they were", async () => {
  const table = new TableAnswers(["a", "answer"], LABELS);
  table.add({ line: 2, fields: ['x, "y"', "two\nlines"] }, answer([1, 0.6000000238418579], [0, 0.25]));
  table.refuse({ line: 4, fields: ["1", "2", "3", "4"] }, "expected 2 fields");
  table.refuse({ line: 5, fields: ["1"] }, "expected 2 fields");
  const rows = await all(readRows([...table.csv()].join("")));
  assert.deepEqual(
    rows.map((row) => Object.fromEntries(row)),
    [
      {
        a: 'x, "y"',
        answer: "two\nlines",
        line: "2",
        "answer 2": "versicolor",
        score: "0.6000000238418579",
        "score setosa": "0.25",
        "score versicolor": "0.6000000238418579",
        reason: "",
        "surplus fields": "",
      },
      ...[
        ["2", "4", "3,4"],
        ["", "5", ""],
      ].map(([second, line, surplus]) => ({
        a: "1",
        answer: second,
        line,
        "answer 2": "",
        score: "",
        "score setosa": "",
        "score versicolor": "",
        reason: "expected 2 fields",
        "surplus fields": surplus,
      })),
    ],
  );
});

test("the numbers of a model without classes are columns of their own", async () => {
  const table = new TableAnswers(["a"], []);
  table.add({ line: 2, fields: ["1"] }, { values: { data: Float32Array.of(1.5, -2), shape: [2] } });
  const [row] = await all(readRows([...table.csv()].join("")));
  assert.deepEqual(Object.fromEntries(row), {
    a: "1",
    line: "2",
    answer: "1.5 -2",
    "value 1": "1.5",
    "value 2": "-2",
    reason: "",
  });
});

/** Answers rows after a moment that differs from row to row. */
function slowly(refused) {
  const asked = { now: 0, most: 0 };
  const ask = async ({ line }) => {
    asked.most = Math.max(asked.most, ++asked.now);
    await new Promise((resolve) => setTimeout(resolve, (line * 7) % 3));
    asked.now--;
    if (refused.includes(line)) throw new SatchelError("input/not-a-number", `line ${line} has none`);
    return line;
  };
  return { asked, ask };
}

async function answered(text, { refused = [], wanted } = {}) {
  const { asked, ask } = slowly(refused);
  const found = [];
  const add = ({ line }, value) => found.push([line, value]);
  const refuse = ({ line }, reason) => found.push([line, reason]);
  const end = await answerRows(records(text, undefined, ""), { ask, add, refuse, wanted: wanted?.(found) });
  return { found, end, asked };
}

test("rows are answered in the order of the file, several at a time", async () => {
  const lines = Array.from({ length: 500 }, (_, place) => place + 1);
  const { found, end, asked } = await answered(lines.join("\n"), { refused: [3, 400] });
  assert.deepEqual(
    found,
    lines.map((line) => [line, line === 3 || line === 400 ? `line ${line} has none.` : line]),
  );
  assert.deepEqual(end, { stopped: false, unreadable: undefined });
  assert.ok(asked.most > 1 && asked.most <= 64);
});

test("rows before an unreadable place are answered, and the place is told", async () => {
  const { found, end } = await answered('1\n2\n"3"x\n4\n');
  assert.deepEqual(found, [
    [1, 1],
    [2, 2],
  ]);
  assert.match(end.unreadable, /closing quote/);
});

test("what is not wanted any more is stopped, and what was answered is kept", async () => {
  const text = Array.from({ length: 500 }, (_, place) => place).join("\n");
  const { found, end } = await answered(text, { wanted: (kept) => () => kept.length < 10 });
  assert.ok(end.stopped);
  assert.ok(found.length >= 10 && found.length < 100);
});

test("an error that is not about the row ends it all", async () => {
  const ask = async () => {
    throw new SatchelError("env/worker", "the worker stopped");
  };
  const asked = answerRows(records("1\n2\n", undefined, ""), { ask, add() {}, refuse() {} });
  await assert.rejects(asked, { code: "env/worker" });
});

test("a spec tells what to ask for", () => {
  const steps = [
    {
      op: "columns",
      columns: [
        { name: "petal_length (cm)", kind: "number" },
        { name: "colour", kind: "category" },
        { name: "age", kind: "number" },
      ],
      missing: [""],
    },
    { op: "impute", values: { age: 30 } },
    { op: "standardize", columns: ["petal_length (cm)"], mean: [4.25], scale: [0.5] },
    { op: "one_hot", column: "colour", categories: ["red", "blue"], unknown: "ignore" },
  ];
  const spec = parseSpec({
    satchel: "1.0",
    name: "test",
    task: "tabular_classification",
    inputs: [{ name: "row", steps, tensor: {} }],
    outputs: [{ name: "scores", steps: [{ op: "top_k", k: 1 }], tensor: {} }],
    labels: {},
  });
  const columns = columnsOf(spec);
  assert.deepEqual(columns, [
    {
      name: "petal_length (cm)",
      title: "Petal length",
      unit: "cm",
      kind: "number",
      middle: 4.25,
      usual: [3.5, 5],
    },
    { name: "colour", title: "Colour", kind: "category", categories: ["red", "blue"], open: true },
    { name: "age", title: "Age", kind: "number", filled: "30" },
  ]);
  assert.deepEqual(columns.map(exampleOf), ["4.3", "red", "30"]);
});
