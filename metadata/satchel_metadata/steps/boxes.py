"""Steps that make objects of a detector's outputs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from satchel_metadata.steps.base import Closed, Count, Name, Share, Side, need

Head = Literal["ssd", "yolo_grid", "yolo_free", "set"]
Coding = Literal["yolov3", "yolov5", "decoded", "yolox", "distances"]
Form = Literal["corners", "center", "corner_size"]
Activation = Literal["none", "sigmoid", "softmax"]
Positive = Annotated[float, Field(gt=0)]
Pair = tuple[Positive, Positive]
Cells = Annotated[int, Field(ge=1, le=1024)]


class Anchors(Closed):
    """The anchors of an SSD: the multiple-grid generator of the TensorFlow Object Detection API.

    `grids` are (rows, columns), the finest first. Grid l of n has the scale min_scale + (max_scale - min_scale) * l /
    (n - 1). Every cell of it has one anchor for each of `aspect_ratios` (width by height), and one of the scale between
    this grid's and the next with `interpolated_ratio`; `reduce_lowest` gives the first grid three instead: scale 0.1 at
    ratio 1, its own scale at 2 and at 0.5.
    """

    grids: Annotated[tuple[tuple[Cells, Cells], ...], Field(min_length=1, max_length=16)]
    min_scale: Positive
    max_scale: Positive
    aspect_ratios: Annotated[tuple[Positive, ...], Field(min_length=1, max_length=16)]
    interpolated_ratio: Positive | None = None
    reduce_lowest: bool


class Level(Closed):
    """One grid of a YOLO head: the output that holds it, its stride in pixels, and its anchors (width, height)."""

    output: Name
    stride: Positive
    anchors: Annotated[tuple[Pair, ...], Field(min_length=1, max_length=16)]


_FIELDS = (
    "boxes",
    "scores",
    "classes",
    "levels",
    "coding",
    "layout",
    "objectness",
    "strides",
    "form",
    "order",
    "width",
    "height",
    "anchors",
    "scales",
    "activation",
    "background",
    "candidates",
)


class DecodeBoxes(Closed):
    """A detector's outputs -> candidate boxes with a score and a class, in the unit that the head has.

    What each head uses (others stay absent) and what it means stands in SPEC.md.
    """

    op: Literal["decode_boxes"] = "decode_boxes"
    head: Head
    boxes: Name | None = None
    scores: Name | None = None
    classes: Name | None = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=16)] | None = None
    coding: Coding | None = None
    layout: Literal["rows", "columns"] | None = None
    objectness: bool | None = None
    strides: Annotated[tuple[Count, ...], Field(min_length=1, max_length=16)] | None = None
    form: Form | None = None
    order: Literal["xy", "yx"] | None = None
    width: Side | None = None
    height: Side | None = None
    anchors: Anchors | None = None
    scales: tuple[Positive, Positive, Positive, Positive] | None = None
    activation: Activation | None = None
    background: Literal["none", "first", "last"] | None = None
    candidates: Literal["best", "all"] | None = None

    def reads(self) -> tuple[str, ...]:
        """Gives the names of the outputs that this step reads."""
        named = [each.output for each in self.levels or ()]
        return tuple(dict.fromkeys(name for name in (self.boxes, self.scores, self.classes, *named) if name))

    @model_validator(mode="after")
    def _fields_fit(self) -> DecodeBoxes:
        used = _used(self)
        for name in _FIELDS:
            given = getattr(self, name) is not None
            need(given or name not in used, f"head {self.head!r} needs {name!r}", f"Add {name!r} to this step.")
            need(not given or name in used, f"head {self.head!r} does not use {name!r} here", f"Remove {name!r}.")
        allowed = _CODINGS.get(self.head)
        if allowed:
            known = f"head {self.head!r} has the codings {', '.join(allowed)}"
            need(self.coding in allowed, known, "Change 'coding'.")
        return self


_CODINGS: dict[str, tuple[str, ...]] = {
    "yolo_grid": ("yolov3", "yolov5"),
    "yolo_free": ("decoded", "yolox", "distances"),
}


def _used(step: Any) -> set[str]:
    """Gives the fields that the step must have; all others must be absent."""
    if step.head == "ssd":
        return {"boxes", "scores", "anchors", "scales", "activation", "background", "candidates"}
    if step.head == "yolo_grid":
        return {"levels", "coding", "activation", "candidates"}
    used = {"boxes", "form", "order"}
    if step.head == "yolo_free":
        used |= {"coding", "layout", "objectness", "activation", "candidates"}
        if step.coding in ("yolox", "distances"):
            return (used | {"strides", "width", "height"}) - {"form", "order"}
        return used
    if step.scores is None:
        return used
    used.add("scores")
    return used | ({"classes"} if step.classes is not None else {"activation", "background", "candidates"})


class Nms(Closed):
    """Candidates -> the objects: of boxes that overlap by more than `iou`, the one with the best score.

    Those below `score` are dropped first. `per_class`: boxes of different classes never suppress each other. At most
    `max` are given, best first, the lower index first among equals.
    """

    op: Literal["nms"] = "nms"
    iou: Share
    score: float
    per_class: bool
    max: Count
