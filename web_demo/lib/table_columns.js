/**
 * What a spec knows of the columns that a model takes: enough to ask a person for each.
 */

/**
 * A column as a form asks for it. `unit` stands in the name in brackets (`width (cm)`). `usual` is where training had most of its
 * numbers: one and a half deviations to either side of the mean, both from the standardize step. `filled` stands in for a missing value; without
 * it a value must be given. `open` where other categories than those listed are taken too.
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {string} title the name without its unit
 * @property {"number" | "category"} kind
 * @property {string} [unit]
 * @property {[number, number]} [usual]
 * @property {number} [middle] the mean of training
 * @property {string} [filled]
 * @property {readonly string[]} [categories]
 * @property {boolean} [open]
 */

const UNIT = /^(.*\S)\s*[([]([^()[\]]{1,20})[)\]]$/;

/**
 * Gives the columns that a row model takes, in the order of the spec.
 *
 * @param {import("./spec.js").Spec} spec
 * @returns {Column[]} none where the model takes no rows
 */
export function columnsOf({ inputs }) {
  /** @type {Map<string, Column>} */
  const found = new Map();
  for (const { steps } of inputs) {
    const [first, ...others] = steps;
    if (first?.op !== "columns") continue;
    for (const { name, kind } of first.columns) found.set(name, { ...named(name), kind });
    for (const step of others) note(step, found);
  }
  return [...found.values()];
}

/**
 * Gives what stands in for a person's own value until there is one: the mean of training, or the first category.
 *
 * @param {Column} column
 * @returns {string}
 */
export function exampleOf({ middle, categories, filled }) {
  if (categories) return filled ?? categories[0];
  return middle === undefined ? (filled ?? "") : String(Number(middle.toPrecision(2)));
}

/** @param {string} name */
function named(name) {
  const parts = UNIT.exec(name);
  return parts ? { name, title: spoken(parts[1]), unit: parts[2] } : { name, title: spoken(name) };
}

/**
 * Gives a name as people write it: `sepal_length` is `Sepal length`.
 *
 * @param {string} name
 */
function spoken(name) {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * @param {import("./steps.js").InputStep} step
 * @param {Map<string, Column>} found
 */
function note(step, found) {
  if (step.op === "impute") {
    for (const [name, value] of Object.entries(step.values)) put(found, name, { filled: String(value) });
  } else if (step.op === "standardize") {
    (step.columns ?? []).forEach((name, place) => {
      const [mean, scale] = [step.mean?.[place] ?? 0, Math.abs(step.scale?.[place] ?? 1)];
      put(found, name, { middle: mean, usual: [mean - 1.5 * scale, mean + 1.5 * scale] });
    });
  } else if (step.op === "one_hot") {
    put(found, step.column, { categories: step.categories, open: step.unknown !== "error" });
  }
}

/**
 * @param {Map<string, Column>} found
 * @param {string} name
 * @param {Partial<Column>} facts
 */
function put(found, name, facts) {
  const known = found.get(name);
  if (known) found.set(name, { ...known, ...facts });
}
