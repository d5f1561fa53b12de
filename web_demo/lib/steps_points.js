/**
 * Steps that make keypoints of outputs.
 */

import { integer, need, number, oneOf, optional } from "./schema.js";
import { axes, NAME, needFields, step } from "./steps_base.js";

const activation = oneOf(/** @type {const} */ (["none", "sigmoid"]));

const heatmapKeypoints = step(
  "heatmap_keypoints",
  {
    layout: axes,
    activation,
    refine: oneOf(/** @type {const} */ (["none", "quarter", "offsets"])),
    position: optional(oneOf(/** @type {const} */ (["corner", "center", "ends"]))),
    offsets: optional(NAME),
    stride: optional(number({ above: 0 })),
  },
  (found, path) => {
    const used = found.refine === "offsets" ? ["offsets", "stride"] : ["position"];
    needFields(found, "refine", ["position", "offsets", "stride"], used, path);
  },
);

const landmarks = step(
  "landmarks",
  {
    dimensions: integer(2, 16),
    order: oneOf(/** @type {const} */ (["xy", "yx"])),
    score: optional(integer(2, 15)),
    activation: optional(activation),
  },
  ({ dimensions, score, activation: activated }, path) => {
    need((score === undefined) === (activated === undefined), path, "'score' and 'activation' come together");
    const inside = score === undefined || score < dimensions;
    need(inside, path, "'score' is the place of a number of each point");
  },
);

/**
 * @typedef {ReturnType<typeof heatmapKeypoints>} HeatmapKeypoints
 * @typedef {ReturnType<typeof landmarks>} Landmarks
 * @typedef {HeatmapKeypoints | Landmarks} PointStep
 */

export const POINT_STEPS = { heatmap_keypoints: heatmapKeypoints, landmarks };
