/**
 * The steps on numbers, and uncrop: denormalize, round, uncrop.
 */

import { SatchelError } from "./errors.js";
import { denormalize, rounded } from "./ops/numbers.js";
import { uncropBoxes, uncropMask, uncropPoints } from "./ops/uncrop.js";

const ORDER = "denormalize and round work on numbers, before they become classes.";
const PLACES = "uncrop comes behind decode_boxes and nms, heatmap_keypoints, landmarks or argmax_mask.";

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
  uncrop: {
    takes: ["objects", "points", "mask"],
    after({ units }, before) {
      if (before.uncropped) {
        throw new SatchelError("spec/impossible-step", "uncrop cannot come after uncrop", {
          hint: "Remove one of them.",
        });
      }
      const mask = before.kind === "mask";
      if ((units === undefined) === mask) return { ...before, uncropped: true };
      const message = `uncrop of ${before.kind} ${mask ? "takes no" : "needs"} units and clip`;
      throw new SatchelError("spec/inconsistent", message, { hint: "Places have them, a mask has not." });
    },
    run({ input, units, clip }, value, { traces }) {
      const trace = traces[input];
      if (trace === undefined) {
        throw new SatchelError("input/no-trace", `uncrop needs to know how '${input}' was prepared`, {
          hint: "Hand the trace of the preparation to read.",
        });
      }
      if (units === undefined) return uncropMask(value, trace);
      return "boxes" in value ? uncropBoxes(value, trace, units, clip) : uncropPoints(value, trace, units, clip);
    },
    hint: PLACES,
  },
};
