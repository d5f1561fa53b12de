"""Answers: what a model says, in one form for every task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops.reading import Class
from satchel_metadata.values import Detections, Mask, Points


@dataclass(frozen=True)
class Object:
    """One thing in a picture: its box (left, top, right, bottom), the index and label of its class, its score."""

    box: tuple[float, float, float, float]
    index: int
    score: float
    label: str | None = None


@dataclass(frozen=True)
class Keypoint:
    """One place in a picture; score and name are None where the model or the spec gives none."""

    x: float
    y: float
    score: float | None = None
    name: str | None = None


@dataclass(frozen=True)
class Window:
    """What the model says of one window of a signal, which begins at sample `start`."""

    start: int
    answer: Answer


@dataclass(frozen=True, eq=False)
class Answer:
    """What the model says. Only what the task gives is there, the others are None; scores and places are binary32.

    Attributes:
        classes: best first unless the steps say otherwise.
        objects: what was found in a picture.
        keypoints: places in a picture.
        mask: the class of each pixel.
        values: the numbers themselves, float32, in the shape of the output without a first axis of 1.
        windows: each window's own answer, where a signal had several; the answer itself is of their mean.
    """

    classes: tuple[Class, ...] | None = None
    objects: tuple[Object, ...] | None = None
    keypoints: tuple[Keypoint, ...] | None = None
    mask: Mask | None = None
    values: NDArray[np.float32] | None = None
    windows: tuple[Window, ...] | None = None

    @property
    def top(self) -> Class | None:
        """Gives the best class; None when there is none."""
        return self.classes[0] if self.classes else None

    def to_json(self) -> dict[str, Any]:
        """Gives what there is as JSON values; numbers are those of the answer, exactly."""
        return answer_json(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Answer) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.classes)


def answer_json(answer: Any) -> dict[str, Any]:
    """Gives the JSON of anything with the fields of an Answer.

    {"classes": [{"index", "label", "score"}]}, {"objects": [{"box", "index", "label", "score"}]},
    {"keypoints": [{"x", "y", "score", "name"}]}, {"mask": {"width", "height", "indices", "counts", "labels"}},
    {"values": [...]} row by row, and {"windows": [{"start", ...}]} beside; what has no value is null, what is not
    there absent.
    """
    found: dict[str, Any] = {}
    if answer.classes is not None:
        found["classes"] = [{"index": each.index, "label": each.label, "score": each.score} for each in answer.classes]
    if answer.objects is not None:
        found["objects"] = [
            {"box": list(each.box), "index": each.index, "label": each.label, "score": each.score}
            for each in answer.objects
        ]
    if answer.keypoints is not None:
        found["keypoints"] = [
            {"x": each.x, "y": each.y, "score": each.score, "name": each.name} for each in answer.keypoints
        ]
    if answer.mask is not None:
        found["mask"] = mask_json(answer.mask)
    if answer.values is not None:
        found["values"] = answer.values.reshape(-1).tolist()
    if answer.windows is not None:
        found["windows"] = [{"start": each.start, **answer_json(each.answer)} for each in answer.windows]
    return found


def mask_json(mask: Mask) -> dict[str, Any]:
    """Gives a mask as runs of pixels of one class, row after row: the class of each run and its length."""
    flat = mask.indices.reshape(-1)
    starts = np.concatenate([[0], np.flatnonzero(flat[1:] != flat[:-1]) + 1]) if flat.size else np.zeros(0, np.int64)
    counts = np.diff(np.append(starts, flat.size))
    height, width = mask.indices.shape
    runs = {"indices": flat[starts].tolist(), "counts": counts.tolist()}
    labels = {"labels": list(mask.labels)} if mask.labels is not None else {}
    return {"width": width, "height": height, **runs, **labels}


def objects_of(found: Detections) -> tuple[Object, ...]:
    """Gives detections one by one."""
    labels: Sequence[str | None] = found.labels or (None,) * len(found.scores)
    rows = zip(found.boxes.tolist(), found.classes.tolist(), found.scores.tolist(), labels, strict=True)
    return tuple(Object((box[0], box[1], box[2], box[3]), index, score, label) for box, index, score, label in rows)


def keypoints_of(found: Points) -> tuple[Keypoint, ...]:
    """Gives points one by one."""
    count = len(found.xy)
    scores: Sequence[float | None] = found.scores.tolist() if found.scores is not None else (None,) * count
    names: Sequence[str | None] = found.names or (None,) * count
    return tuple(
        Keypoint(x, y, score, name) for (x, y), score, name in zip(found.xy.tolist(), scores, names, strict=True)
    )


def answer_of(value: Any) -> Answer:
    """Gives the answer of what the last reading step gave: classes, Detections, Points, a Mask, or numbers."""
    if isinstance(value, Detections):
        return Answer(objects=objects_of(value))
    if isinstance(value, Points):
        return Answer(keypoints=keypoints_of(value))
    if isinstance(value, Mask):
        return Answer(mask=value)
    if isinstance(value, np.ndarray):
        return Answer(values=value.reshape(value.shape[1:]) if value.shape[:1] == (1,) else value)
    return Answer(classes=tuple(value))
