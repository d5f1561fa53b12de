"""Non-maximum suppression: of boxes that show the same object, the best one stays.

The overlap is tf.image.non_max_suppression's, in binary32 in the same order of operations; visiting equal scores by
lower index is its order too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import BROKEN_MODEL, ModelError
from satchel_metadata.values import Detections

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

BLOCK = 256
"""Boxes that are held against each other at once; nobody needs the overlap of all with all."""
ZERO, ONE = np.float32(0), np.float32(1)


def nms(found: Detections, iou: float, score: float, per_class: bool, max: int) -> Detections:
    """Gives the detections that stay, best first, the lower index first among equals.

    Args:
        found: candidates in any order.
        iou: a box is dropped when its overlap with a better one that stays is more than this (rounded to binary32).
        score: candidates below it (rounded to binary32) are dropped first.
        per_class: only boxes of one class drop each other.
        max: how many may stay.

    Raises:
        ModelError: model/nan-output.
    """
    refuse_nan(found)
    able = np.flatnonzero(found.scores >= np.float32(score))
    order = able[np.argsort(-found.scores[able], kind="stable")]
    boxes = _Boxes.of(found.boxes[order], found.classes[order] if per_class else np.zeros(len(order), np.int64))
    stays = order[_standing(boxes, iou, max)]
    return Detections(found.boxes[stays], found.scores[stays], found.classes[stays])


def refuse_nan(found: Detections) -> None:
    """Refuses scores and boxes that are no numbers.

    Raises:
        ModelError: model/nan-output.
    """
    for name, values in (("score", found.scores), ("box", found.boxes)):
        wrong = np.isnan(values)
        if wrong.any():
            place = int(np.argmax(wrong.reshape(len(values), -1).any(axis=1)))
            raise ModelError("model/nan-output", f"the {name} of candidate {place} is NaN", hint=BROKEN_MODEL)


@dataclass(frozen=True)
class _Boxes:
    """Boxes with left <= right and top <= bottom, a row for each side, their areas, and which drop each other."""

    sides: Floats
    areas: Floats
    groups: Indices

    @classmethod
    def of(cls, boxes: Floats, groups: Indices) -> _Boxes:
        first, second = boxes.T[:2], boxes.T[2:]
        sides = np.concatenate([np.minimum(first, second), np.maximum(first, second)])
        return cls(sides, (sides[3] - sides[1]) * (sides[2] - sides[0]), groups)

    def at(self, places: Any) -> _Boxes:
        return _Boxes(self.sides[:, places], self.areas[places], self.groups[places])


def drops(one: _Boxes, other: _Boxes, iou: np.float32) -> NDArray[np.bool_]:
    """Says of each of one [n] and each of other [m], as [n, m], whether they are of one group and overlap by more.

    The overlap is inter / ((area + area) - inter) with inter = max(bottom - top, 0) * max(right - left, 0) of what both
    cover; 0 where one has no area.
    """
    a, b = one.sides[:, :, np.newaxis], other.sides[:, np.newaxis]
    high = np.maximum(np.minimum(a[3], b[3]) - np.maximum(a[1], b[1]), ZERO)
    wide = np.maximum(np.minimum(a[2], b[2]) - np.maximum(a[0], b[0]), ZERO)
    inter = np.multiply(high, wide, out=high)
    union = np.subtract(one.areas[:, np.newaxis] + other.areas, inter, out=wide)
    solid = (one.areas > 0)[:, np.newaxis] & (other.areas > 0) & (one.groups[:, np.newaxis] == other.groups)
    over: NDArray[np.bool_] = (np.divide(inter, union, out=inter) > iou) & solid
    return over


def _standing(boxes: _Boxes, iou: float, max: int) -> Indices:
    """Gives the places of the boxes, best first, that no better one that stays overlaps by more than iou."""
    kept: list[int] = []
    most = np.float32(iou)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        for start in range(0, len(boxes.areas), BLOCK):
            places = np.arange(start, min(start + BLOCK, len(boxes.areas)))
            if kept:
                places = places[~drops(boxes.at(places), boxes.at(kept), most).any(axis=1)]
            kept += places[_first_of_each(drops(boxes.at(places), boxes.at(places), most))].tolist()
            if len(kept) >= max:
                break
    return np.array(kept[:max], np.int64)


def _first_of_each(over: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Gives which stay when each that stays drops those behind it that it overlaps."""
    stays = np.ones(len(over), np.bool_)
    for place in range(len(over) - 1):
        if stays[place]:
            stays[place + 1 :] &= ~over[place, place + 1 :]
    return stays
