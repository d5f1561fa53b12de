"""Vectors of nms, beside TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import TORCHVISION, Array, Case, VectorFile, invalid, valid

f = np.float32
NMS = {"op": "nms", "iou": 0.5, "score": 0.0, "per_class": False, "max": 100}
A, B, FAR = [0, 0, 2, 2], [0, 1, 2, 3], [5, 5, 7, 7]
"""A box, one that shares a third with it, and one apart."""


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    import tensorflow as tf

    yield VectorFile("nms/tensorflow.json", "TensorFlow", tf.__version__, nms_cases(), TORCHVISION)


def suppressed(boxes: Array, scores: Array, classes: Array, step: dict[str, Any]) -> list[int]:
    """Gives the places that TensorFlow keeps, best first; class by class where the step says so."""
    import tensorflow as tf

    found: list[int] = []
    groups = sorted(set(classes.tolist())) if step["per_class"] else [None]
    for group in groups:
        places = [place for place in range(len(boxes)) if group is None or classes[place] == group]
        if not places:
            continue
        # TensorFlow keeps scores above its threshold, and takes the numbers next to 0 for 0.
        least = np.nextafter(f(step["score"]), f(-np.inf)) if step["score"] else f(-1e-30)
        kept = tf.image.non_max_suppression(
            boxes[places][:, [1, 0, 3, 2]], scores[places], step["max"], f(step["iou"]), least
        )
        found += [places[each] for each in kept.numpy()]
    return sorted(found, key=lambda place: (-scores[place], place))[: step["max"]]


def one(name: str, comment: str, boxes: Any, scores: Any, classes: Any = None, **change: Any) -> Case:
    """Gives what is kept of boxes, scores and classes (all 0 when not given); changes are of the step."""
    step = {**NMS, **change}
    given = {
        "boxes": np.array(boxes, f).reshape(-1, 4),
        "scores": np.array(scores, f),
        "classes": np.array([0] * len(scores) if classes is None else classes, np.int32),
    }
    kept = suppressed(given["boxes"], given["scores"], given["classes"], step)
    return valid(name, comment, given, {key: value[kept] for key, value in given.items()}, step=step)


def nms_cases() -> Iterator[Case]:
    """Gives tf.image.non_max_suppression, and what is refused."""
    yield from few_boxes()
    yield from boxes_of_classes()
    yield from many_boxes()
    yield from nms_refused()


def few_boxes() -> Iterator[Case]:
    """Gives scores and overlaps at their limits, of a handful of boxes."""
    a, b, far = A, B, FAR
    yield one("in-spec", "two boxes share a third: one is dropped at 0.25", [a, b], [0.75, 0.5], iou=0.25)
    yield one("empty", "no candidates, no objects", [], [])
    yield one("one", "one box stays", [a], [0.5])
    yield one("none-good-enough", "all are below the score", [a, far], [0.1, 0.2], score=0.3)
    yield one("at-the-score", "a score that is just the least stays", [a, far], [0.3, 0.2999], score=0.3)
    yield one("apart", "boxes apart come best first", [a, far], [0.2, 0.9])
    yield one("equal-apart", "equal scores come by index", [far, a, [9, 9, 10, 10]], [0.5, 0.5, 0.5])
    yield one("equal-same", "of equal boxes with equal scores the first stays", [a, a, a], [0.5, 0.5, 0.5])
    yield one("at-the-iou", "an overlap that is just the limit is kept: 1/3", [a, b], [0.75, 0.5], iou=1 / 3)
    yield one("half", "an overlap of just a half is kept", [[0, 0, 2, 2], [0, 0, 2, 1]], [0.75, 0.5], iou=0.5)
    yield one("touching", "boxes that touch do not overlap", [a, [2, 0, 4, 2], [0, 2, 2, 4]], [0.9, 0.8, 0.7], iou=0.0)
    comment = "boxes without area overlap nothing, not even each other"
    yield one("no-area", comment, [[1, 1, 1, 1]] * 3, [0.9, 0.8, 0.7], iou=0.0)
    yield one("no-width", "a box without width inside another", [a, [1, 0, 1, 2]], [0.9, 0.8], iou=0.0)
    yield one("upside-down", "corners in the other order", [[2, 2, 0, 0], a], [0.9, 0.8])
    yield one("max-one", "one at most", [a, far], [0.2, 0.9], max=1)
    yield one("max-reached", "the best two", [[9, 9, 10, 10], a, far, [20, 20, 21, 21]], [0.2, 0.9, 0.4, 0.4], max=2)


def boxes_of_classes() -> Iterator[Case]:
    """Gives boxes of one class and of several, chains of boxes, and numbers out of the common."""
    a, b, far = A, B, FAR
    comment, apart = "boxes of different classes stay", {"per_class": True, "iou": 0.2}
    yield one("classes-apart", comment, [a, a, b], [0.5, 0.4, 0.3], [3, 1, 3], **apart)
    yield one("classes-together", "boxes of different classes drop each other", [a, a, far], [0.4, 0.5, 0.3], [3, 1, 3])
    yield one("iou-one", "nothing is more than the same", [a, a], [0.5, 0.4], iou=1.0)
    yield one("iou-nothing", "any overlap drops", [[0, 0, 100, 100], [99, 99, 200, 200]], [0.5, 0.4], iou=0.0)
    chain = [[0, 0, 4, 4], [0, 2, 4, 6], [0, 4, 4, 8]]
    yield one("chain", "what was dropped drops nothing", chain, [0.9, 0.8, 0.7], iou=0.3)
    yield one("negative", "scores and places below 0", [[-3, -3, -1, -1], [-2, -2, 0, 0]], [-0.5, -0.25], score=-1.0)
    yield one("infinite-score", "an infinite score is the best", [a, far], [1.0, np.inf])
    comment = "equal scores of different classes come by index"
    yield one("tied-classes", comment, [far, a, far], [0.5, 0.5, 0.5], [2, 1, 0], per_class=True)


def many_boxes() -> Iterator[Case]:
    """Gives random boxes."""
    rng = np.random.default_rng(105)
    for name, count, kinds, change in (
        ("random", 200, 1, {"iou": 0.4}),
        ("random-classes", 300, 5, {"per_class": True, "iou": 0.3, "score": 0.2}),
        ("random-few", 300, 5, {"max": 7}),
        ("random-many", 700, 2, {"max": 700, "iou": 0.6}),
        ("random-many-classes", 700, 3, {"max": 650, "iou": 0.6, "per_class": True}),
    ):
        corner, size = rng.integers(0, 100, (count, 2)), rng.integers(0, 40, (count, 2))
        boxes = np.concatenate([corner, corner + size], axis=1) / 128
        scores, classes = rng.integers(0, 64, count) / 64, rng.integers(0, kinds, count)
        yield one(name, "coarse places and scores, with many ties", boxes, scores, classes, **change)


def nms_refused() -> Iterator[Case]:
    """Gives NaN, and steps that are wrong."""
    fine = {"boxes": np.array([A, B], f), "scores": np.array([0.5, 0.4], f), "classes": np.zeros(2, np.int32)}
    for name, comment, change in (
        ("nan-score", "NaN in a score", {"scores": np.array([0.5, np.nan], f)}),
        ("nan-box", "NaN in a box", {"boxes": np.array([A, [0, np.nan, 1, 1]], f)}),
    ):
        yield invalid(name, comment, {**fine, **change}, "model/nan-output", step=NMS)
    for name, comment, code, key, value in (
        ("iou-too-large", "an overlap is at most 1", "spec/out-of-range", "iou", 1.5),
        ("max-zero", "at least one", "spec/out-of-range", "max", 0),
        ("max-half", "a whole number", "spec/wrong-type", "max", 1.5),
        ("per-class-text", "true or false", "spec/wrong-type", "per_class", "yes"),
    ):
        yield invalid(name, comment, fine, code, f"$.{key}", step={**NMS, key: value})
    bare = {key: value for key, value in NMS.items() if key != "per_class"}
    yield invalid("no-per-class", "nothing is chosen silently", fine, "spec/missing-key", "$.per_class", step=bare)
