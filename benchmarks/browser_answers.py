"""Whether the compared ways did the same work: Satchel's answers are Python's, and tasks-vision's are much the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import satchel

SAME = 0.999  # overlap of a box in two runtimes
ALIKE = 0.9  # overlap of a box in two libraries, which prepare in different ways
SURE = 0.6  # scores from here on do not turn into others by how a photo is prepared

Found = Sequence[dict[str, Any]]


def refuse_differences(found: Found, photos: dict[str, Path], bundle: satchel.Bundle, variant: str) -> None:
    """Ends the benchmark where Satchel's answer in Chromium is not Python's."""
    expected = {name: bundle.run(path, variant=variant) for name, path in photos.items()}
    for each in found:
        answer = expected[each["photo"]]
        same = same_objects(each, answer.objects) if "objects" in each else each["best"] == answer.top.index
        if not same:
            raise SystemExit(f"{each['photo']}: Satchel in Chromium and in Python differ; nothing is reported")


def same_objects(each: Mapping[str, Any], expected: Sequence[Any]) -> bool:
    """Whether two lists hold the same classes in the same places."""
    if [one["index"] for one in each["objects"]] != [one.index for one in expected]:
        return False
    return all(iou(a["box"], b.box) >= SAME for a, b in zip(each["objects"], expected, strict=True))


def refuse_other_work(variant: str, ours: Found, theirs: Found) -> None:
    """Ends the benchmark where one of the libraries is sure of what the other does not find; tells what it compared."""
    peers = {each["photo"]: each for each in theirs}
    for photo, each in {one["photo"]: one for one in ours}.items():
        peer = peers[photo]
        if "objects" in each:
            refuse_other_boxes(f"{variant}, {photo}", each["objects"], peer["objects"])
        else:
            classes = " and ".join(f"class {side['best']} ({side['score']:.2f})" for side in (each, peer))
            told = f"{variant}, {photo}: {classes}"
            print(told)
            if (
                each["best"] != peer["best"] and each["score"] >= SURE
            ):  # the peer does not crop as the model's spec says
                raise SystemExit(f"{told}: expected the same class")


def refuse_other_boxes(where: str, ours: Found, theirs: Found) -> None:
    """Compares both ways round."""
    scores = [", ".join(f"{one['label']} {one['score']:.2f}" for one in side) or "nothing" for side in (ours, theirs)]
    print(f"{where}: {scores[0]} and {scores[1]}, overlaps {[round(best(one, theirs), 2) for one in ours]}")
    for side, other in ((ours, theirs), (theirs, ours)):
        for one in side:
            if one["score"] >= SURE and best(one, other) < ALIKE:
                message = f"expected a box of {one['label']} that overlaps by {ALIKE}, found {best(one, other):.2f}"
                raise SystemExit(f"{where}: {message}")


def best(one: Mapping[str, Any], others: Found) -> float:
    """Gives the greatest overlap with a box of the same class."""
    return max((iou(one["box"], each["box"]) for each in others if each["label"] == one["label"]), default=0.0)


def iou(one: Sequence[float], other: Sequence[float]) -> float:
    """Gives intersection over union of two boxes (left, top, right, bottom)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0.0) * max(height, 0.0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (sum(areas) - both)
