/**
 * Steps that make keypoints of outputs.
 */

import { integer, need, number, oneOf, optional, record } from "./schema.js";
import { NAME, op } from "./steps_base.js";

const activation = oneOf(/** @type {const} */ (["none", "sigmoid"]));

const heatmapKeypoints = record(
  {
    op: op("heatmap_keypoints"),
    layout: oneOf(/** @type {const} */ (["NHWC", "NCHW"])),
    activation,
    refine: oneOf(/** @type {const} */ (["none", "quarter", "offsets"])),
    position: optional(oneOf(/** @type {const} */ (["corner", "center", "ends"]))),
    offsets: optional(NAME),
    stride: optional(number({ above: 0 })),
  },
  (found, path) => {
    const used = found.refine === "offsets" ? ["offsets", "stride"] : ["position"];
    for (const name of /** @type {const} */ (["position", "offsets", "stride"])) {
      const given = found[name] !== undefined;
      const uses = used.includes(name);
      need(given || !uses, path, `refine '${found.refine}' needs '${name}'`, `Add '${name}' to this step.`);
      need(!given || uses, path, `refine '${found.refine}' does not use '${name}'`, `Remove '${name}'.`);
    }
  },
);

const landmarks = record(
  {
    op: op("landmarks"),
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
