/**
 * Rows of a table: what each step makes of the columns, and how a row becomes a tensor.
 */

import { refusal, SatchelError } from "./errors.js";
import { asTensor } from "./ops/as_tensor.js";
import { columns, impute, oneHot, rowValues, standardize } from "./ops/tables.js";

/** @typedef {import("./families.js").Family} Family */
/** @typedef {import("./families.js").TensorValue} TensorValue */
/** @typedef {import("./ops/tables.js").Cell} Cell */
/** @typedef {import("./ops/tables.js").Row} Row */
/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./steps.js").InputStep} InputStep */
/** @typedef {import("./steps_tables.js").Columns} Columns */

/**
 * What a step gives: name and kind of every column, in order; an indicator is what one_hot made.
 *
 * @typedef {{columns: readonly {name: string, kind: Cell["kind"]}[]}} RowShape
 */

/** @type {import("./kit.js").Part} */
export const PART = { families: { row: { kind: "row", check: rowShapes, prepares, plan, load } } };

/**
 * Gives what each step of a row gives.
 *
 * @param {readonly InputStep[]} steps
 * @param {string} where
 * @returns {RowShape[]}
 * @throws {SatchelError} spec/impossible-step, spec/unknown-column or spec/column-kind, with the path of the step
 */
export function rowShapes(steps, where) {
  const [first, ...others] = steps;
  /** @type {RowShape[]} */
  const shapes = [{ columns: first.op === "columns" ? first.columns : [] }];
  others.forEach((step, place) => shapes.push(after(step, shapes[place], `${where}.steps[${place + 1}]`)));
  const left = shapes[shapes.length - 1].columns.find(({ kind }) => kind === "category");
  if (left === undefined) return shapes;
  const message = `the column '${left.name}' still holds texts behind the last step`;
  throw refusal("impossible-step", message, `${where}.steps`, "Add a one_hot step for it.");
}

/**
 * @param {InputStep} step
 * @param {RowShape} before
 * @param {string} where
 * @returns {RowShape}
 */
function after(step, before, where) {
  if (step.op === "impute") {
    for (const name of Object.keys(step.values).sort()) {
      needKind("impute", name, typeof step.values[name] === "string" ? "category" : "number", before, where);
    }
    return before;
  }
  if (step.op === "standardize") {
    if (step.columns === undefined) {
      const message = "standardize in a row needs columns, mean and scale";
      throw refusal("impossible-step", message, where, "Only a signal is standardized as a whole.");
    }
    for (const name of step.columns) needKind("standardize", name, "number", before, where);
    return before;
  }
  if (step.op === "one_hot") {
    needKind("one_hot", step.column, "category", before, where);
    const cells = before.columns.map((each) => ({ ...each, value: null }));
    return { columns: oneHot(cells, step.column, step.categories, step.unknown === "bucket" ? "bucket" : "ignore") };
  }
  const hint = "A row's steps are columns, impute, standardize and one_hot.";
  throw refusal("impossible-step", `${step.op} is no step of a row behind its columns`, where, hint);
}

/**
 * @param {string} op
 * @param {string} name
 * @param {"number" | "category"} kind
 * @param {RowShape} before
 * @param {string} where
 */
function needKind(op, name, kind, { columns: known }, where) {
  const named = known.filter((each) => each.kind !== "indicator");
  const found = named.find((each) => each.name === name);
  if (found === undefined) {
    const names = named.map((each) => `'${each.name}'`).join(", ") || "none";
    const hint = `The columns are: ${names}.`;
    throw refusal("unknown-column", `${op} names the column '${name}', which is not there`, where, hint);
  }
  if (found.kind === kind) return;
  const message = `${op} takes a column of kind ${kind}, '${name}' is of kind ${found.kind}`;
  throw refusal("column-kind", message, where, "Change the kind in columns, or the step.");
}

/**
 * Gives the values of a row.
 *
 * @param {readonly InputStep[]} steps
 * @param {Row} row
 * @returns {Float32Array<ArrayBuffer>}
 */
export function prepared(steps, row) {
  const [first, ...others] = steps;
  const { columns: wanted, missing } = /** @type {Columns} */ (first);
  return rowValues(others.reduce((cells, step) => applied(step, cells), columns(row, wanted, missing)));
}

/**
 * Gives what one step behind the columns makes of the cells.
 *
 * @param {InputStep} step
 * @param {readonly Cell[]} cells
 * @returns {Cell[]}
 */
export function applied(step, cells) {
  if (step.op === "impute") return impute(cells, step.values);
  if (step.op === "one_hot") return oneHot(cells, step.column, step.categories, step.unknown);
  if (step.op !== "standardize") return [...cells];
  return standardize(cells, step.columns ?? [], step.mean ?? [], step.scale ?? []);
}

/**
 * Gives the row that an object or a Map is, or the only row of a CSV file (a Blob).
 *
 * @param {any} thing
 * @param {Input} input
 * @returns {Promise<Row> | Row}
 * @throws {SatchelError} input/wrong-row, or what the file is not
 */
function load(thing, input) {
  return thing instanceof Blob ? onlyRow(thing, input) : given(thing);
}

/**
 * @param {any} thing
 * @returns {Row}
 */
function given(thing) {
  if (thing instanceof Map || (typeof thing === "object" && thing !== null && !Array.isArray(thing))) return thing;
  throw new SatchelError("input/wrong-row", `expected an object of columns and cells, found ${typeof thing}`);
}

/**
 * @param {Blob} file
 * @param {Input} input
 * @returns {Promise<Row>}
 */
async function onlyRow(file, input) {
  const { readRows } = await import("./csv.js");
  const rows = readRows(file, { numbers: numberColumns(input) });
  const found = await rows.next();
  if (found.value !== undefined && (await rows.next()).done) return found.value;
  const message = `expected one row, the table has ${found.value === undefined ? "none" : "more"}`;
  throw new SatchelError("input/wrong-row", message, { hint: "Read it with readRows, and give row by row." });
}

/**
 * Gives the names of the columns that an input reads numbers from.
 *
 * @param {Input} input
 */
export function numberColumns({ steps: [first] }) {
  const named = first.op === "columns" ? first.columns : [];
  return named.filter(({ kind }) => kind === "number").map(({ name }) => name);
}

/**
 * @param {Input} input
 * @param {readonly RowShape[]} _shapes
 * @param {import("./spec.js").Tensor} [tensor]
 * @returns {import("./families.js").Plan}
 */
function plan({ steps }, _shapes, tensor) {
  return {
    prepare: (/** @type {Row} */ row) => {
      const values = prepared(steps, given(row));
      return asTensor(values, [values.length], tensor);
    },
  };
}

/**
 * @param {RowShape} last
 * @returns {import("./families.js").Prepares}
 */
function prepares({ columns: { length } }) {
  return { sides: [length], dtype: "float32" };
}
