/**
 * What each step of a spec makes of what the step before it made, with every family and every reading step.
 */

import * as base from "./infer_base.js";
import { WHOLE } from "./whole.js";

export { answerOutput, ranks } from "./infer_base.js";

/**
 * Gives, for each input, what each of its steps gives.
 *
 * @param {import("./spec.js").Spec} spec
 * @throws {import("./errors.js").SatchelError} as infer_base.js says
 */
export function checkSteps(spec) {
  return base.checkSteps(WHOLE, spec);
}
