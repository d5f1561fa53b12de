/**
 * The steps on numbers: denormalize and round.
 */

import { SatchelError } from "./errors.js";
import { denormalize, rounded } from "./ops/numbers.js";

const ORDER = "denormalize and round work on numbers, before they become classes.";

/** @type {Record<string, import("./readers_base.js").ReadOp>} */
export const NUMBERS = {
  denormalize: {
    takes: ["numbers"],
    after({ mean }, before) {
      const columns = before.shape?.at(-1);
      if (columns === undefined || mean.length === 1 || mean.length === columns) return before;
      const message = `mean and std have ${mean.length} numbers, the output has ${columns} columns`;
      throw new SatchelError("spec/channel-count", message, { hint: `Give one number, or ${columns}.` });
    },
    run: ({ mean, std }, value) => ({ ...value, data: denormalize(value.data, mean, std) }),
    hint: ORDER,
  },
  round: {
    takes: ["numbers"],
    after: (_step, before) => before,
    run: ({ decimals, rounding }, value) => ({ ...value, data: rounded(value.data, decimals, rounding) }),
    hint: ORDER,
  },
};
