/**
 * The steps on numbers: denormalize and round.
 */

import { SatchelError } from "./errors.js";
import { denormalize, rounded } from "./ops/numbers.js";
import { wrongOutput } from "./ops/reading.js";
import { inBrackets } from "./ops/shapes.js";

const ORDER = "denormalize and round work on numbers, before they become classes.";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
const READ_OPS = {
  denormalize: {
    takes: ["numbers"],
    after({ mean }, before) {
      if (before.shape === undefined || fits(mean, before.shape)) return before;
      const columns = before.shape.at(-1) ?? 1;
      const message = `mean and std have ${mean.length} numbers, the output has ${columns} columns`;
      throw new SatchelError("spec/channel-count", message, { hint: `Give one number, or ${columns}.` });
    },
    run({ mean, std }, value) {
      if (fits(mean, value.shape)) return { ...value, data: denormalize(value.data, mean, std) };
      throw wrongOutput("", `mean and std have ${mean.length} numbers, the output is ${inBrackets(value.shape)}`);
    },
    hint: ORDER,
  },
  round: {
    takes: ["numbers"],
    after: (_step, before) => before,
    run: ({ decimals, rounding }, value) => ({ ...value, data: rounded(value.data, decimals, rounding) }),
    hint: ORDER,
  },
};

/** @type {import("./kit.js").Part} */
export const PART = { readOps: READ_OPS };

/**
 * Says whether there is one number, or one a column of [..., c].
 *
 * @param {readonly number[]} mean
 * @param {readonly number[]} shape
 */
function fits({ length }, shape) {
  return length === 1 || length === (shape.at(-1) ?? 1);
}
