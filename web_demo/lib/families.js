/**
 * The families of inputs: what one is made from, how its steps are checked, and how they are carried out. The first op of an
 * input's steps says which family it is; behind columns, the others do.
 */

import { SatchelError } from "./errors.js";
import { FRAME } from "./families_frame.js";
import { PHOTO } from "./families_picture.js";
import { ROW } from "./families_row.js";
import { isSignal, SIGNAL } from "./families_signal.js";

/** @typedef {import("./spec.js").Input} Input */
/** @typedef {import("./spec.js").Tensor} Tensor */
/** @typedef {import("./trace.js").Trace} Trace */

/**
 * A tensor as an engine takes it and gives it: row by row, batch of 1.
 *
 * @typedef {{data: import("./ops/arithmetic.js").Values, shape: readonly number[]}} TensorValue
 */

/**
 * Is given the picture as the model sees it, before the arithmetic.
 *
 * @typedef {{onView?: (view: import("./ops/picture.js").Picture, colours: "RGB" | "BGR" | "GRAY") => void}} Watch
 */

/**
 * How one input is prepared for one artefact. Signals have windows, each with its first sample; pictures have a trace.
 *
 * @typedef {object} Plan
 * @property {(value: any, watch?: Watch) => TensorValue} prepare a tensor is valid until the next call
 * @property {(value: any) => {start: number, tensor: TensorValue}[]} [windows]
 * @property {(value: any) => Trace} [trace]
 */

/**
 * @typedef {object} Family
 * @property {string} kind photo, frame, row or signal
 * @property {readonly string[]} first the ops that begin its steps
 * @property {(steps: any, where: string) => readonly any[]} check gives what each step gives, or throws a SatchelError
 * @property {(input: Input, shapes: any, tensor?: Tensor) => Plan} plan without a tensor: binary32
 * @property {(thing: any, input: Input) => any} load gives the value that the steps take, or a promise of it
 */

/** @type {readonly Family[]} */
export const FAMILIES = [PHOTO, FRAME, ROW, SIGNAL];

/**
 * Gives the family of an input.
 *
 * @param {Input} input
 * @param {string} [where]
 * @returns {Family}
 * @throws {SatchelError} spec/impossible-step, when its first step begins no family
 */
export function familyOf({ steps }, where = "$.inputs[0]") {
  if (steps[0]?.op === "columns" && isSignal(steps)) return SIGNAL;
  const family = FAMILIES.find(({ first }) => steps.length > 0 && first.includes(steps[0].op));
  if (family) return family;
  const known = FAMILIES.flatMap(({ first }) => first).join(", ");
  const found = steps.length > 0 ? `'${steps[0].op}'` : "no steps";
  throw new SatchelError("spec/impossible-step", `expected one of ${known} as the first step, found ${found}`, {
    where,
    hint: "Begin with decode for a photo, yuv_to_rgb for a camera's frame, columns for a row, window for a signal.",
  });
}
