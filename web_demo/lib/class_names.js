/**
 * The names of a model's classes.
 */

/**
 * Gives the labels of the classes that a model answers with, in the order of its output; none where its spec names no list.
 *
 * @param {import("./spec.js").Spec} spec
 * @param {Readonly<Record<string, readonly string[]>>} lists the label lists of the bundle
 * @returns {readonly string[]}
 */
export function classNames({ outputs }, lists) {
  for (const { steps } of outputs) {
    for (const step of steps) if (step.op === "label") return lists[step.labels] ?? [];
  }
  return [];
}
