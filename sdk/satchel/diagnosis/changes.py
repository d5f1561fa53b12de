"""Whether an answer is another one to the person who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.answers import Answer, Object

OVERLAP = 0.5
"""Intersection over union from which two boxes are of one thing."""
PIXELS = 0.02
"""Share of a mask's pixels that may be of another class."""
MOVED = 0.02
"""How far keypoints may be, as a share of the extent of all of them; and values, as a share of the largest."""
CLEAR = 0.05
"""How far above the spec's least score an object must be to be missed."""


def changed(expected: Answer, found: Answer, least: float = 0.0) -> bool:
    """Says whether an answer differs in what a person reads of it.

    Of classes the best one (its label, or its index where there is none); of objects one that appears, vanishes or is
    of another class, unless its score is within 0.05 of `least`; of a mask more than 2 % of the pixels; of keypoints
    and values a difference of more than 2 % of their extent.
    """
    if expected.classes is not None and found.classes is not None:
        return bool(_best(expected) != _best(found))
    if expected.objects is not None and found.objects is not None:
        return _other_objects(expected.objects, found.objects, least)
    if expected.mask is not None and found.mask is not None:
        one, other = expected.mask.indices, found.mask.indices
        return bool(one.shape != other.shape or np.mean(one != other) > PIXELS)
    if expected.keypoints is not None and found.keypoints is not None:
        places = [np.array([(each.x, each.y) for each in answer.keypoints or ()]) for answer in (expected, found)]
        return _moved(places[0], places[1], float(np.ptp(places[0], axis=0).max(initial=0)))
    if expected.values is not None and found.values is not None:
        return _moved(expected.values, found.values, float(np.abs(expected.values).max(initial=0)))
    return True


def said(answer: Answer) -> str:
    """Gives an answer in a few words."""
    if answer.classes is not None:
        best = answer.top
        return "nothing" if best is None else f"{best.label or f'class {best.index}'} {best.score:.2f}"
    if answer.objects is not None:
        names = [f"{each.label or each.index} {each.score:.2f}" for each in answer.objects[:4]]
        return ", ".join(names) or "nothing"
    if answer.mask is not None:
        return f"{100 * float(np.mean(answer.mask.indices != 0)):.0f} % of the pixels"
    if answer.keypoints is not None:
        return f"{len(answer.keypoints)} keypoints"
    return "no values" if answer.values is None else ", ".join(f"{each:.4g}" for each in answer.values.ravel()[:4])


def _moved(one: NDArray[Any], other: NDArray[Any], extent: float) -> bool:
    return bool(one.shape != other.shape or np.abs(one - other).max(initial=0) > MOVED * extent)


def _best(answer: Answer) -> Any:
    best = answer.top
    return None if best is None else (best.label if best.label is not None else best.index)


def _other_objects(expected: Sequence[Object], found: Sequence[Object], least: float) -> bool:
    left = list(found)
    for one in expected:
        near = [each for each in left if _named(each) == _named(one) and overlap(one.box, each.box) >= OVERLAP]
        if near:
            left.remove(max(near, key=lambda each: overlap(one.box, each.box)))
        elif one.score >= least + CLEAR:
            return True
    return any(each.score >= least + CLEAR for each in left)


def _named(each: Object) -> Any:
    return each.label if each.label is not None else each.index


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Gives the intersection over union of two boxes (left, top, right, bottom); 0 where both are empty."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    both = max(wide, 0.0) * max(high, 0.0)
    sizes = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return both / (sizes - both) if sizes > both else 0.0
