"""The steps that make classes of scores, and those that other kinds of answer share with them: threshold and label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from satchel_metadata.errors import SpecError
from satchel_metadata.ops import masks, reading
from satchel_metadata.readers.base import Context, Floats, Read, ReadOp, row, row_of
from satchel_metadata.readers.masks import plane_axis
from satchel_metadata.steps import Softmax
from satchel_metadata.values import Detections, Mask, Points

_ORDER = "The order is softmax or sigmoid, top_k, threshold, label; only threshold may stand twice."


def _activated(step: Any, before: Read, reads: Mapping[str, Read]) -> Read:
    return replace(before, kind="shares")


def _softmax_after(step: Softmax, before: Read, reads: Mapping[str, Read]) -> Read:
    if step.layout is None:
        row_of(before.shape)
    elif before.shape is not None:
        plane_axis(before.shape, step.layout)
    return replace(before, kind="shares")


def _ranked(step: Any, before: Read, reads: Mapping[str, Read]) -> Read:
    return Read("classes", count=row_of(before.shape))


def _threshold_after(step: Any, before: Read, reads: Mapping[str, Read]) -> Read:
    return before if before.kind in ("classes", "objects") else _ranked(step, before, reads)


def _label_after(step: Any, before: Read, reads: Mapping[str, Read]) -> Read:
    if before.labelled:
        raise SpecError("spec/impossible-step", "label cannot come after label", hint=_ORDER)
    ranked = before if before.kind not in ("numbers", "shares") else _ranked(step, before, reads)
    return replace(ranked, labelled=True)


def _softmax(step: Softmax, value: Floats, context: Context) -> Floats:
    if step.layout is not None:
        return masks.softmax(value, step.layout)
    return reading.softmax(row(value)).reshape(value.shape)


def _sigmoid(step: Any, value: Floats, context: Context) -> Floats:
    return reading.sigmoid(value)


def _top_k(step: Any, value: Floats, context: Context) -> Any:
    return reading.top_k(row(value), step.k)


def ranked(value: Any) -> Any:
    """Gives all classes of numbers, best first; anything else as it is."""
    return reading.top_k(row(value), value.size) if isinstance(value, np.ndarray) else value


def _threshold(step: Any, value: Any, context: Context) -> Any:
    if not isinstance(value, Detections):
        return reading.threshold(ranked(value), step.score)
    kept = value.scores >= np.float32(step.score)
    labels = value.labels and tuple(label for label, keep in zip(value.labels, kept, strict=True) if keep)
    return Detections(value.boxes[kept], value.scores[kept], value.classes[kept], labels)


def _label(step: Any, value: Any, context: Context) -> Any:
    labels = context.labels.get(step.labels)
    if labels is None:
        raise SpecError("spec/no-labels", f"the list {step.labels!r} is not there", hint="Give it to the Pipeline.")
    if isinstance(value, Detections):
        return replace(value, labels=tuple(reading.named(labels, int(index)) for index in value.classes))
    if isinstance(value, Points):
        return replace(value, names=tuple(reading.named(labels, index) for index in range(len(value.xy))))
    if isinstance(value, Mask):
        return replace(value, labels=tuple(labels))
    return reading.label(ranked(value), labels)


SCORES = {
    "softmax": ReadOp(("numbers",), _softmax_after, _softmax, _ORDER),
    "sigmoid": ReadOp(("numbers",), _activated, _sigmoid, _ORDER),
    "top_k": ReadOp(("numbers", "shares"), _ranked, _top_k, _ORDER),
    "threshold": ReadOp(("numbers", "shares", "classes", "objects"), _threshold_after, _threshold, _ORDER),
    "label": ReadOp(("numbers", "shares", "classes", "objects", "points", "mask"), _label_after, _label, _ORDER),
}
