/**
 * The steps that make a mask: argmax_mask and resize_mask.
 */

import { SatchelError } from "./errors.js";
import { argmaxMask, resizeMask, resizeScores, thresholdFits } from "./ops/masks.js";
import { planeOf } from "./readers_planes.js";

/** @typedef {import("./readers_base.js").Context} Context */
/** @typedef {import("./readers_base.js").Read} Read */
/** @typedef {import("./readers_base.js").ReadOp} ReadOp */
/** @typedef {import("./steps_masks.js").ResizeMask} ResizeMask */

const ORDER = "The order is softmax or sigmoid, resize_mask, argmax_mask, resize_mask or uncrop, label.";

/** @type {Readonly<Record<string, import("./readers_base.js").ReadOp>>} */
const READ_OPS = {
  argmax_mask: {
    takes: ["numbers", "shares"],
    after({ layout, threshold }, { shape }) {
      if (shape === undefined) return { kind: "mask" };
      const { count } = planeOf(shape, layout);
      if (!thresholdFits(count, threshold)) {
        const message = `${count} scores at each place; 'threshold' goes with one, and may go with two`;
        const hint = "Give a threshold to a mask of one channel, and to none of more than two.";
        throw new SatchelError("spec/channel-count", message, { hint });
      }
      return { kind: "mask", count: Math.max(count, 2) };
    },
    run: ({ layout, threshold }, value) => argmaxMask(value, layout, threshold),
    hint: ORDER,
  },
  resize_mask: {
    takes: ["numbers", "shares", "mask"],
    after: (step, before) => (before.kind === "mask" ? ofClasses(step, before) : ofScores(step, before)),
    run(step, value, context) {
      const { width, height } = step;
      const size = width && height ? { width, height } : traceOf(step, context);
      return "indices" in value ? resizeMask(value, size) : resizeScores(value, step.layout, step.method, size);
    },
    hint: ORDER,
  },
};

/** @type {import("./kit.js").Part} */
export const PART = { readOps: READ_OPS };

/**
 * @param {ResizeMask} step
 * @param {Read} before
 */
function ofClasses({ layout, method }, before) {
  if (layout === undefined && method === "tf.nearest") return before;
  const message = `a mask of classes takes the method tf.nearest and no layout, found ${method}`;
  throw new SatchelError("spec/impossible-step", message, { hint: "Move resize_mask before argmax_mask." });
}

/**
 * @param {ResizeMask} step
 * @param {Read} before
 * @returns {Read}
 */
function ofScores({ layout, width, height }, before) {
  if (layout === undefined) {
    const hint = "Add 'layout', or move it behind argmax_mask.";
    throw new SatchelError("spec/impossible-step", "resize_mask of scores needs 'layout'", { hint });
  }
  const { shape } = before;
  if (shape === undefined) return before;
  const { count } = planeOf(shape, layout);
  if (!width || !height) return { ...before, shape: undefined };
  return { ...before, shape: layout === "NHWC" ? [1, height, width, count] : [1, count, height, width] };
}

/**
 * @param {ResizeMask} step
 * @param {Context} context
 */
function traceOf({ input }, { traces }) {
  if (input !== undefined && Object.hasOwn(traces, input)) return traces[input];
  const message = `the mask is wanted as large as the photo of '${input}', of which nothing is known`;
  throw new SatchelError("input/no-trace", message, { hint: "Give the trace of prepareTraced to read." });
}
