/**
 * The steps of a spec: one record per op, told apart by `op`. SPEC.md says what each does, to the bit.
 *
 * One module a family: its records stand there, their names in the two unions here.
 */

import { byOp } from "./schema.js";
import { BOX_STEPS } from "./steps_boxes.js";
import { IMAGE_STEPS } from "./steps_images.js";
import { MASK_STEPS } from "./steps_masks.js";
import { NUMBER_STEPS, PLACE_STEPS } from "./steps_numbers.js";
import { POINT_STEPS } from "./steps_points.js";
import { SCORE_STEPS } from "./steps_scores.js";
import { SIGNAL_STEPS } from "./steps_signals.js";
import { TABLE_STEPS } from "./steps_tables.js";

export { NAME } from "./steps_base.js";
export { LATER } from "./steps_images.js";

/**
 * @typedef {import("./steps_images.js").Resize} Resize
 * @typedef {import("./steps_images.js").Crop} Crop
 * @typedef {import("./steps_images.js").ImageStep | import("./steps_tables.js").TableStep |
 *   import("./steps_signals.js").SignalStep} InputStep
 * @typedef {import("./steps_scores.js").ScoreStep | import("./steps_boxes.js").BoxStep | import("./steps_points.js").PointStep |
 *   import("./steps_masks.js").MaskStep | import("./steps_numbers.js").NumberStep} OutputStep
 */

/** @type {import("./schema.js").Kind<InputStep>} */
export const inputStep = byOp(
  /** @type {Record<string, import("./schema.js").Kind<InputStep>>} */ ({
    ...IMAGE_STEPS,
    ...TABLE_STEPS,
    ...SIGNAL_STEPS,
  }),
);

/** @type {import("./schema.js").Kind<OutputStep>} */
export const outputStep = byOp(
  /** @type {Record<string, import("./schema.js").Kind<OutputStep>>} */ ({
    ...SCORE_STEPS,
    ...BOX_STEPS,
    ...POINT_STEPS,
    ...MASK_STEPS,
    ...NUMBER_STEPS,
    ...PLACE_STEPS,
  }),
);
