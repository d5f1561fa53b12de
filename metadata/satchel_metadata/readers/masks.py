"""The steps that make a mask: argmax_mask and resize_mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from satchel_metadata.errors import InputError, ModelError, SpecError
from satchel_metadata.families.trace import Trace
from satchel_metadata.ops import masks
from satchel_metadata.readers.base import Context, Floats, Read, ReadOp
from satchel_metadata.steps.masks import ArgmaxMask, ResizeMask
from satchel_metadata.values import Mask


def plane_axis(shape: tuple[int, ...], layout: str) -> int:
    try:
        return masks.check_plane(shape, layout)
    except ModelError as error:
        hint = "Name the output that holds a score for each place, and its layout."
        raise SpecError("spec/shape-mismatch", error.message, hint=hint) from None


def _argmax_after(step: ArgmaxMask, before: Read, reads: Mapping[str, Read]) -> Read:
    if before.shape is None:
        return Read("mask")
    count = before.shape[plane_axis(before.shape, step.layout)]
    if not masks.threshold_fits(count, step.threshold):
        message = f"{count} scores at each place; 'threshold' goes with one, and may go with two"
        hint = "Give a threshold to a mask of one channel, and to none of more than two."
        raise SpecError("spec/channel-count", message, hint=hint)
    return Read("mask", count=max(count, 2))


def _argmax(step: ArgmaxMask, value: Floats, context: Context) -> Mask:
    return masks.argmax_mask(value, step.layout, step.threshold)


def _resize_after(step: ResizeMask, before: Read, reads: Mapping[str, Read]) -> Read:
    if before.kind == "mask":
        if step.layout is not None or step.method != "tf.nearest":
            message = f"a mask of classes takes the method tf.nearest and no layout, found {step.method}"
            raise SpecError("spec/impossible-step", message, hint="Move resize_mask before argmax_mask.")
        return before
    if step.layout is None:
        message = "resize_mask of scores needs 'layout'"
        raise SpecError("spec/impossible-step", message, hint="Add 'layout', or move it behind argmax_mask.")
    if before.shape is None:
        return before
    axis = plane_axis(before.shape, step.layout)
    if step.width is None or step.height is None:
        return replace(before, shape=None)
    sides, count = (step.height, step.width), before.shape[axis]
    return replace(before, shape=(1, *sides, count) if axis == 3 else (1, count, *sides))


def _resize(step: ResizeMask, value: Floats | Mask, context: Context) -> Floats | Mask:
    size = (step.width, step.height) if step.width and step.height else _trace(step, context)
    if isinstance(value, Mask):
        return masks.resize_mask(value, size)
    return masks.resize_scores(value, step.layout or "NHWC", step.method, size)


def _trace(step: ResizeMask, context: Context) -> Trace:
    if step.input is None or step.input not in context.traces:
        raise InputError(
            "input/no-trace",
            f"the mask is wanted as large as the photo of {step.input!r}, of which nothing is known",
            hint="Give the trace of prepare_traced to read.",
        )
    return context.traces[step.input]


_ORDER = "The order is softmax or sigmoid, resize_mask, argmax_mask, resize_mask or uncrop, label."
MASKS: dict[str, ReadOp] = {
    "argmax_mask": ReadOp(("numbers", "shares"), _argmax_after, _argmax, _ORDER),
    "resize_mask": ReadOp(("numbers", "shares", "mask"), _resize_after, _resize, _ORDER),
}
