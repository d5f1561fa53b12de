/**
 * The steps of a spec: one record per op, told apart by `op`. SPEC.md says what each does, to the bit.
 *
 * One module a family: its records stand there, their names in the two unions here.
 */

import { byOp } from "./schema.js";
import { IMAGE_STEPS } from "./steps_images.js";
import { SCORE_STEPS } from "./steps_scores.js";

export { NAME } from "./steps_base.js";

/**
 * @typedef {import("./steps_images.js").Resize} Resize
 * @typedef {import("./steps_images.js").Crop} Crop
 * @typedef {import("./steps_images.js").ImageStep} InputStep
 * @typedef {import("./steps_scores.js").ScoreStep} OutputStep
 */

/** @type {import("./schema.js").Kind<InputStep>} */
export const inputStep = byOp(
  /** @type {Record<string, import("./schema.js").Kind<InputStep>>} */ ({ ...IMAGE_STEPS }),
);

/** @type {import("./schema.js").Kind<OutputStep>} */
export const outputStep = byOp(
  /** @type {Record<string, import("./schema.js").Kind<OutputStep>>} */ ({ ...SCORE_STEPS }),
);
