/**
 * The steps that make keypoints: heatmap_keypoints and landmarks.
 */

import { SatchelError } from "./errors.js";
import { heatmapKeypoints, landmarks } from "./ops/points.js";
import { inBrackets, sizeOf } from "./ops/shapes.js";
import { tried } from "./readers_base.js";
import { namedShapes, zerosOf } from "./readers_named.js";

/** @typedef {import("./readers_base.js").ReadOp} ReadOp */

const ORDER = "The order is heatmap_keypoints or landmarks, uncrop, label.";

/** The key of a step's own output beside those that it names; no output has such a name. */
const OWN = "(heatmaps)";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
const READ_OPS = {
  heatmap_keypoints: {
    takes: ["numbers", "shares"],
    after(step, before, all) {
      const shapes = namedShapes(reads(step), all);
      if (shapes === undefined || before.shape === undefined) return { kind: "points" };
      const given = zerosOf({ ...shapes, [OWN]: before.shape });
      const hint = "Name the output that holds the heatmaps, and its layout.";
      const { xy } = tried(() => heatmapKeypoints(step, given, OWN), hint);
      return { kind: "points", count: xy.length / 2 };
    },
    run: (step, value, { outputs }) => heatmapKeypoints(step, { ...outputs, [OWN]: value }, OWN),
    hint: ORDER,
    reads,
  },
  landmarks: {
    takes: ["numbers"],
    after({ dimensions }, { shape }) {
      if (shape === undefined) return { kind: "points" };
      const size = sizeOf(shape);
      if (size > 0 && size % dimensions === 0) return { kind: "points", count: size / dimensions };
      const message = `expected a multiple of ${dimensions} numbers, the output is ${inBrackets(shape)}`;
      const hint = "Change 'dimensions', or name the output of the landmarks.";
      throw new SatchelError("spec/shape-mismatch", message, { hint });
    },
    run: (step, value) => landmarks(step, value, "landmarks"),
    hint: ORDER,
  },
};

/** @type {import("./kit.js").Part} */
export const PART = { readOps: READ_OPS };

/** @param {import("./steps_points.js").HeatmapKeypoints} step */
function reads({ offsets }) {
  return offsets === undefined ? [] : [offsets];
}
