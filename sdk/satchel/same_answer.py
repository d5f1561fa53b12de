"""Says whether an answer is the expected one.

With a bound of 0 it is identical; else scores may differ by twice the bound of the largest, coordinates by a hundred
times the bound of the largest, and one pixel in a thousand of a mask may be of another class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCORE, PLACE, PIXELS = 2.0, 100.0, 1000
KINDS = ("classes", "objects", "keypoints", "mask", "values", "windows")
Found = Mapping[str, Any]


def same_answer(wanted: Found, found: Found, bound: float) -> bool:
    """Says whether an answer is the expected one.

    Args:
        wanted: the expected one, as JSON values; what has no value may be absent.
        found: an answer's to_json.
        bound: how far outputs may be, relative to the largest; 0 for identical.
    """
    for kind in KINDS:
        if (wanted.get(kind) is None) != (found.get(kind) is None):
            return False
        if wanted.get(kind) is not None and not _SAME[kind](wanted[kind], found[kind], bound):
            return False
    return True


def _same_ranking(wanted: Sequence[Found], found: Sequence[Found], bound: float) -> bool:
    """Says whether two rankings are one, where scores nearer than the bound may change places."""
    if len(wanted) != len(found):
        return False
    near = SCORE * bound * _largest(each["score"] for each in wanted)
    scores = {each["index"]: each["score"] for each in wanted}
    return all(
        abs(one["score"] - expected["score"]) <= near
        and (
            one["index"] == expected["index"]
            or (bound > 0 and abs(scores.get(one["index"], expected["score"]) - expected["score"]) <= near)
        )
        for one, expected in zip(found, wanted, strict=True)
    )


def _same_objects(wanted: Sequence[Found], found: Sequence[Found], bound: float) -> bool:
    """Each object has one of its class, near in score and place, that no other has."""
    if len(wanted) != len(found):
        return False
    near = SCORE * bound * _largest(each["score"] for each in wanted)
    away = PLACE * bound * _largest(side for each in wanted for side in each["box"])

    def fits(one: Found, other: Found) -> bool:
        sides = zip(one["box"], other["box"], strict=True)
        same = one["index"] == other["index"] and abs(one["score"] - other["score"]) <= near
        return same and all(abs(a - b) <= away for a, b in sides)

    if bound == 0:
        return all(fits(one, other) for one, other in zip(wanted, found, strict=True))
    left = list(found)
    for one in wanted:
        place = next((place for place, other in enumerate(left) if fits(one, other)), None)
        if place is None:
            return False
        del left[place]
    return True


def _same_keypoints(wanted: Sequence[Found], found: Sequence[Found], bound: float) -> bool:
    def places(points: Sequence[Found]) -> list[float]:
        return [each[axis] for each in points for axis in ("x", "y")]

    def scores(points: Sequence[Found]) -> list[float]:
        return [each.get("score") or 0.0 for each in points]

    near = _alike(scores(wanted), scores(found), SCORE * bound)
    return near and _alike(places(wanted), places(found), PLACE * bound)


def _same_mask(wanted: Found, found: Found, bound: float) -> bool:
    if (wanted["width"], wanted["height"]) != (found["width"], found["height"]):
        return False
    allowed = 0 if bound == 0 else wanted["width"] * wanted["height"] / PIXELS
    return int((_pixels(wanted) != _pixels(found)).sum()) <= allowed


def _pixels(runs: Found) -> NDArray[Any]:
    return np.repeat(runs["indices"], runs["counts"])


def _same_windows(wanted: Sequence[Found], found: Sequence[Found], bound: float) -> bool:
    return len(wanted) == len(found) and all(
        one["start"] == other["start"] and same_answer(one, other, bound)
        for one, other in zip(wanted, found, strict=True)
    )


def _alike(wanted: Sequence[float], found: Sequence[float], share: float) -> bool:
    near = share * _largest(wanted)
    return len(wanted) == len(found) and all(abs(a - b) <= near for a, b in zip(wanted, found, strict=True))


def _largest(values: Any) -> float:
    return max((abs(each) for each in values), default=0.0)


_SAME: dict[str, Callable[[Any, Any, float], bool]] = {
    "classes": _same_ranking,
    "objects": _same_objects,
    "keypoints": _same_keypoints,
    "mask": _same_mask,
    "values": lambda wanted, found, bound: _alike(wanted, found, SCORE * bound),
    "windows": _same_windows,
}
