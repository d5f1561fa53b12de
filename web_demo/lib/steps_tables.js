/**
 * Steps on a row of a table: which columns, what stands in for missing values, and how texts become numbers.
 */

import { list, mapOf, need, number, oneOf, optional, record, string } from "./schema.js";
import { step } from "./steps_base.js";

const columnName = string({ min: 1, max: 256 });
const text = string({ max: 1024 });
const numbers = list(number(), { min: 1, max: 4096 });

/** @type {import("./schema.js").Kind<number | string>} */
const numberOrText = (value, path) => (typeof value === "string" ? value : number()(value, path));

const column = record({ name: columnName, kind: oneOf(/** @type {const} */ (["number", "category"])) });

const columns = step(
  "columns",
  { columns: list(column, { min: 1, max: 4096 }), missing: list(text, { max: 256 }) },
  (found, path) => {
    const names = found.columns.map(({ name }) => name);
    const twice = [...new Set(names.filter((name, place) => names.indexOf(name) < place))].sort();
    need(twice.length === 0, path, `columns are named twice: ${twice.join(", ")}`);
  },
);

const impute = step("impute", { values: mapOf(columnName, numberOrText, { min: 1 }) });

const standardize = step(
  "standardize",
  { columns: optional(list(columnName, { min: 1, max: 4096 })), mean: optional(numbers), scale: optional(numbers) },
  (found, path) => {
    need((found.mean === undefined) === (found.scale === undefined), path, "mean and scale come together");
    need(!found.scale?.includes(0), path, "scale holds a 0, by which nothing can be divided");
    if (found.columns === undefined) return;
    const [names, means, scales] = [found.columns, found.mean, found.scale].map((each) => each?.length ?? 0);
    const counts = `${names} columns have ${means} means and ${scales} scales`;
    need(names === means && means === scales, path, counts);
    need(new Set(found.columns).size === names, path, "a column is named twice");
  },
);

const oneHot = step(
  "one_hot",
  {
    column: columnName,
    categories: list(text, { min: 1, max: 100000 }),
    unknown: oneOf(/** @type {const} */ (["error", "ignore", "bucket"])),
  },
  ({ categories }, path) => need(new Set(categories).size === categories.length, path, "a category stands twice"),
);

/**
 * @typedef {ReturnType<typeof columns>} Columns
 * @typedef {ReturnType<typeof impute>} Impute
 * @typedef {ReturnType<typeof standardize>} Standardize
 * @typedef {ReturnType<typeof oneHot>} OneHot
 * @typedef {Columns | Impute | Standardize | OneHot} TableStep
 */

export const TABLE_STEPS = { columns, impute, standardize, one_hot: oneHot };
