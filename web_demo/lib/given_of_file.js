/**
 * What a model is asked about, of a file that somebody chose: a photo, the rows of a table, a signal.
 */

import { readRows } from "./csv.js";
import { givenOfPicture } from "./given_of_picture.js";
import { kindOf } from "./kit.js";

/** @typedef {{name: string, given: import("./bundle.js").Given}} Asked */

/**
 * Gives what a file asks of a model: one question of a photo or a signal, one a row of a table, up to a row that cannot be read.
 *
 * @param {Blob} blob
 * @param {string} name
 * @param {import("./spec.js").Spec} spec
 * @param {number} most rows that are read of a table
 * @returns {Promise<Asked[]>}
 * @throws {import("./errors.js").SatchelError} input/..., when the file is none
 */
export async function givenOfFile(blob, name, spec, most) {
  const [{ steps }] = spec.inputs;
  const kind = kindOf({ steps });
  if (kind === "signal") return [{ name, given: await signalOf(blob, spec) }];
  if (kind !== "row" || spec.inputs.length > 1) return [{ name, given: await givenOfPicture(blob, spec) }];
  const [first] = steps;
  const columns = first.op === "columns" ? first.columns.map((column) => column.name) : undefined;
  /** @type {Asked[]} */
  const rows = [];
  try {
    for await (const row of readRows(blob, { columns, name })) {
      if (rows.length === most) break;
      rows.push({ name: `${name}, row ${rows.length + 1}`, given: { row } });
    }
  } catch (error) {
    if (rows.length === 0) throw error; // else what stands before the row that cannot be read
  }
  return rows;
}

/**
 * @param {Blob} blob
 * @param {import("./spec.js").Spec} spec
 */
async function signalOf(blob, spec) {
  const [{ readSignalFile }, { cuttingOf }] = await Promise.all([
    import("./signal_file.js"),
    import("./signal_windows.js"),
  ]);
  const { values, channels } = await readSignalFile(blob, cuttingOf(spec), []);
  return { signal: values, channels };
}
