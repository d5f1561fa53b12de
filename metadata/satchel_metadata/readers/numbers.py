"""The steps on numbers, and uncrop: denormalize, round, uncrop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from satchel_metadata.errors import OTHER_OUTPUT, InputError, ModelError, SpecError
from satchel_metadata.ops import numbers, uncrop
from satchel_metadata.readers.base import Context, Floats, Read, ReadOp
from satchel_metadata.steps.numbers import Denormalize, Round, Uncrop
from satchel_metadata.values import Detections

_ORDER = "denormalize and round work on numbers, before they become classes."
_PLACES = "uncrop comes behind decode_boxes and nms, heatmap_keypoints, landmarks or argmax_mask."


def _denormalized(step: Denormalize, before: Read, reads: Mapping[str, Read]) -> Read:
    columns = _columns(before.shape) if before.shape is not None else None
    if columns is not None and len(step.mean) not in (1, columns):
        message = f"mean and std have {len(step.mean)} numbers, the output has {columns} columns"
        raise SpecError("spec/channel-count", message, hint=f"Give one number, or {columns}.")
    return before


def _denormalize(step: Denormalize, value: Floats, context: Context) -> Floats:
    if len(step.mean) not in (1, _columns(value.shape)):
        message = f"mean and std have {len(step.mean)} numbers, the output is {list(value.shape)}"
        raise ModelError("model/wrong-output", message, hint=OTHER_OUTPUT)
    return numbers.denormalize(value, step.mean, step.std)


def _columns(shape: tuple[int, ...]) -> int:
    return shape[-1] if shape else 1


def _round(step: Round, value: Floats, context: Context) -> Floats:
    return numbers.rounded(value, step.decimals, step.rounding)


def _uncropped(step: Uncrop, before: Read, reads: Mapping[str, Read]) -> Read:
    if before.uncropped:
        message = f"{step.op} cannot come after {step.op}"
        raise SpecError("spec/impossible-step", message, hint="Remove one of them.")
    if (step.units is None) != (before.kind == "mask"):
        message = f"uncrop of {before.kind} {'takes no' if before.kind == 'mask' else 'needs'} units and clip"
        raise SpecError("spec/inconsistent", message, hint="Places have them, a mask has not.")
    return replace(before, uncropped=True)


def _uncrop(step: Uncrop, value: Any, context: Context) -> Any:
    if step.input not in context.traces:
        message = f"uncrop needs to know how {step.input!r} was prepared"
        raise InputError("input/no-trace", message, hint="Prepare with prepare_traced, and hand its trace to read.")
    trace = context.traces[step.input]
    if step.units is None or step.clip is None:
        return uncrop.uncrop_mask(value, trace)
    if isinstance(value, Detections):
        return uncrop.uncrop_boxes(value, trace, step.units, step.clip)
    return uncrop.uncrop_points(value, trace, step.units, step.clip)


NUMBERS: dict[str, ReadOp] = {
    "denormalize": ReadOp(("numbers",), _denormalized, _denormalize, _ORDER),
    "round": ReadOp(("numbers",), lambda step, before, reads: before, _round, _ORDER),
    "uncrop": ReadOp(("objects", "points", "mask"), _uncropped, _uncrop, _PLACES),
}
