/**
 * Steps on the numbers of an output, and the step that brings places back to the photo.
 */

import { boolean, integer, list, need, number, oneOf, optional } from "./schema.js";
import { NAME, step, rounding } from "./steps_base.js";

const numbers = list(number(), { min: 1, max: 4096 });

const denormalize = step("denormalize", { mean: numbers, std: numbers }, ({ mean, std }, path) =>
  need(mean.length === std.length, path, "mean and std have different lengths"),
);

const round = step("round", { decimals: integer(0, 9), rounding });

const uncrop = step(
  "uncrop",
  { input: NAME, units: optional(oneOf(/** @type {const} */ (["normalized", "pixels"]))), clip: optional(boolean) },
  ({ units, clip }, path) => need((units === undefined) === (clip === undefined), path, "units and clip come together"),
);

/**
 * @typedef {ReturnType<typeof denormalize>} Denormalize
 * @typedef {ReturnType<typeof round>} Round
 * @typedef {ReturnType<typeof uncrop>} Uncrop
 * @typedef {Denormalize | Round | Uncrop} NumberStep
 */

export const NUMBER_STEPS = { denormalize, round };

export const PLACE_STEPS = { uncrop };
