/** Vectors of the steps on rows of tables, and of CSV files. */

import { readRows } from "../../../web_demo/lib/csv.js";
import { applied } from "../../../web_demo/lib/families_row.js";
import { checkSteps } from "../../../web_demo/lib/infer.js";
import { columns as cellsOf } from "../../../web_demo/lib/ops/tables.js";
import { Pipeline } from "../../../web_demo/lib/pipeline.js";
import { parseSpec } from "../../../web_demo/lib/spec.js";

/** Gives a row; {"number": "NaN"} is what JSON has no word for. */
function rowOf(given) {
  const cells = Object.entries(given).map(([name, cell]) => [name, cell?.number ? Number(cell.number) : cell]);
  return new Map(cells);
}

function specOf(steps, tensor) {
  const bound = tensor ? { "a/tflite": { name: "row", index: 0, shape: [1, 4], ...tensor } } : {};
  const output = tensor
    ? {
        "a/tflite": {
          name: "scores",
          index: 0,
          shape: [1, 2],
          dtype: "float32",
        },
      }
    : {};
  return parseSpec({
    satchel: "1.0",
    name: "case",
    task: "tabular_regression",
    inputs: [{ name: "row", steps, tensor: bound }],
    outputs: [{ name: "scores", steps: [], tensor: output }],
  });
}

/** Gives steps that end a row: one for each column of texts that the step leaves. */
function encoding(columns, step) {
  const left = columns.filter(
    ({ kind, name }) => kind === "category" && !(step.op === "one_hot" && step.column === name),
  );
  return left.map(({ name }) => ({
    op: "one_hot",
    column: name,
    categories: ["x"],
    unknown: "ignore",
  }));
}

function columns({ input, step }) {
  const spec = specOf([step, ...encoding(step.columns, step)]);
  checkSteps(spec);
  const [first] = spec.inputs[0].steps;
  return cellsOf(rowOf(input), first.columns, first.missing);
}

/** Gives the cells behind one step. */
export function rowStep({ input, step }) {
  const named = input.filter(({ kind }) => kind !== "indicator").map(({ name, kind }) => ({ name, kind }));
  const spec = specOf([{ op: "columns", columns: named, missing: [] }, step, ...encoding(named, step)]);
  checkSteps(spec);
  return applied(spec.inputs[0].steps[1], input);
}

function rowPipeline({ input, steps, tensor }) {
  return new Pipeline(specOf(steps, tensor), {}, tensor ? "a/tflite" : undefined).prepare(rowOf(input)).row;
}

async function csv({ input, form }) {
  const rows = [];
  for await (const row of readRows(input.bytes.data, form)) rows.push(Object.fromEntries(row));
  return rows;
}

export const HANDLERS = {
  columns,
  impute: rowStep,
  one_hot: rowStep,
  row_pipeline: rowPipeline,
  csv,
};
