/**
 * The step that brings places back to the photo: uncrop.
 */

import { SatchelError } from "./errors.js";
import { uncropBoxes, uncropMask, uncropPoints } from "./ops/uncrop.js";

const ORDER = "uncrop comes behind decode_boxes and nms, heatmap_keypoints, landmarks or argmax_mask.";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
const READ_OPS = {
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
    hint: ORDER,
  },
};

/** @type {import("./kit.js").Part} */
export const PART = { readOps: READ_OPS };
