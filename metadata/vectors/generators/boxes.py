"""Vectors of decode_boxes, which has no one library: what heads.py says of each head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid
from generators.heads import cornered, free, grid, picked, ssd, ssd_anchors

f = np.float32
ANCHORS = {
    "grids": [[3, 3], [2, 2], [1, 1]],
    "min_scale": 0.2,
    "max_scale": 0.95,
    "aspect_ratios": [1.0, 2.0, 0.5, 3.0, 0.3333],
    "interpolated_ratio": 1.0,
    "reduce_lowest": True,
}
SSD = {
    "op": "decode_boxes",
    "head": "ssd",
    "boxes": "boxes",
    "scores": "scores",
    "anchors": ANCHORS,
    "scales": [10.0, 10.0, 5.0, 5.0],
    "activation": "sigmoid",
    "background": "first",
    "candidates": "best",
}
GRID = {
    "op": "decode_boxes",
    "head": "yolo_grid",
    "levels": [
        {"output": "coarse", "stride": 32.0, "anchors": [[81.0, 82.0], [135.0, 169.0]]},
        {"output": "fine", "stride": 16.0, "anchors": [[10.0, 14.0], [23.0, 27.0]]},
    ],
    "coding": "yolov3",
    "activation": "sigmoid",
    "candidates": "best",
}
FREE = {
    "op": "decode_boxes",
    "head": "yolo_free",
    "boxes": "boxes",
    "coding": "decoded",
    "layout": "columns",
    "objectness": False,
    "form": "center",
    "order": "xy",
    "activation": "none",
    "candidates": "best",
}
SET = {
    "op": "decode_boxes",
    "head": "set",
    "boxes": "boxes",
    "scores": "logits",
    "form": "center",
    "order": "xy",
    "activation": "softmax",
    "background": "last",
    "candidates": "best",
}


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("decode_boxes/published.json", "NumPy", np.__version__, decode_cases())


def ssd_cases() -> Iterator[Case]:
    """Gives the SSD head."""
    rng = np.random.default_rng(101)

    def one(name: str, comment: str, classes: int = 4, flat: bool = False, **change: Any) -> Case:
        step = {**SSD, **change}
        count = len(ssd_anchors(step["anchors"]))
        boxes = np.zeros((1, count, 4), f) if flat else (rng.standard_normal((1, count, 4)) * 3).astype(f)
        scores = (rng.standard_normal((1, count, classes)) * 3).astype(f)
        return valid(name, comment, {"boxes": boxes, "scores": scores}, ssd(step, boxes, scores), step=step)

    only = {"grids": [[1, 1]], "min_scale": 0.5, "max_scale": 0.9, "aspect_ratios": [1.0], "reduce_lowest": False}
    step = {**SSD, "anchors": only, "activation": "none", "background": "none"}
    boxes, scores = np.array([[[1, 2, 0, 0]]], f), np.array([[[0.25, 0.5]]], f)
    yield valid(
        "in-spec",
        "one anchor in the middle, half as large as the picture, moved down by 1/10 and right by 2/10 of its side",
        {"boxes": boxes, "scores": scores},
        ssd(step, boxes, scores),
        step=step,
    )
    yield one("ssd-anchors", "with a code of 0 the boxes are the anchors themselves", flat=True)
    yield one("ssd-best", "the best class but the background, which is the first")
    yield one("ssd-all", "every class of every box is a candidate, box after box", candidates="all")
    yield one("ssd-background-last", "the background is the last column", background="last")
    yield one("ssd-no-background", "no column is background", background="none")
    yield one("ssd-softmax", "shares over all columns, the background too", activation="softmax")
    yield one("ssd-none", "scores that the model has activated already", activation="none")
    yield one("ssd-two-columns", "background and one class", classes=2)
    yield one("ssd-scales", "other scales of the box coder", scales=[5.0, 6.0, 2.5, 3.0])
    whole = {**ANCHORS, "reduce_lowest": False}
    yield one("ssd-whole-lowest", "the first grid has all its anchors", anchors=whole)
    plain = {key: value for key, value in ANCHORS.items() if key != "interpolated_ratio"}
    yield one("ssd-not-interpolated", "no anchor between two scales", anchors=plain)
    wide = {**ANCHORS, "grids": [[3, 5], [2, 3]]}
    yield one("ssd-oblong", "grids of other rows than columns", anchors=wide)
    mobile = {**ANCHORS, "grids": [[19, 19], [10, 10], [5, 5], [3, 3], [2, 2], [1, 1]]}
    yield one("ssd-1917", "the 1917 anchors of SSD MobileNet at 300 x 300", classes=2, anchors=mobile)
    equal = {**SSD, "anchors": only, "background": "none", "activation": "none"}
    boxes, scores = np.zeros((1, 1, 4), f), np.array([[[0.5, 0.7, 0.7, 0.1]]], f)
    found = ssd(equal, boxes, scores)
    yield valid("ssd-tie", "of equal classes the lower", {"boxes": boxes, "scores": scores}, found, step=equal)


def grid_cases() -> Iterator[Case]:
    """Gives the YOLO heads with anchors."""
    rng = np.random.default_rng(102)

    def one(name: str, comment: str, classes: int = 3, five: bool = False, **change: Any) -> Case:
        step = {**GRID, **change}
        outputs = {}
        for level, side in zip(step["levels"], (2, 4), strict=False):
            count, width = len(level["anchors"]), 5 + classes
            shape = (1, side, side + 1, count, width) if five else (1, side, side + 1, count * width)
            outputs[level["output"]] = (rng.standard_normal(shape) * 2).astype(f)
        return valid(name, comment, outputs, grid(step, outputs), step=step)

    yield one("grid-v3", "(sigmoid + cell) * stride, exp * anchor; objectness times class")
    yield one("grid-v5", "(2 sigmoid - 0.5 + cell) * stride, (2 sigmoid)^2 * anchor", coding="yolov5")
    yield one("grid-v3-all", "every class of every box", candidates="all")
    yield one("grid-v5-all", "every class of every box", candidates="all", coding="yolov5")
    yield one("grid-softmax", "shares of the classes, as YOLOv2", activation="softmax")
    yield one("grid-none", "class scores as they come; objectness is a logit still", activation="none")
    yield one("grid-one-class", "one class", classes=1)
    yield one("grid-five-axes", "anchors on an axis of their own", five=True)
    yield one("grid-one-level", "one grid", levels=GRID["levels"][:1])


def free_cases() -> Iterator[Case]:
    """Gives the anchor-free YOLO heads."""
    rng = np.random.default_rng(103)

    def one(name: str, comment: str, numbers: int = 7, count: int = 13, **change: Any) -> Case:
        step = {key: value for key, value in {**FREE, **change}.items() if value is not None}
        rows = (rng.standard_normal((count, numbers)) * 2).astype(f)
        rows[:, :4] = (rng.random((count, 4)) * (5 if step["coding"] != "decoded" else 100)).astype(f)
        if step["activation"] == "none":
            rows[:, 4:] = rng.random((count, numbers - 4), f)
        values = np.ascontiguousarray(rows.T if step["layout"] == "columns" else rows)[np.newaxis]
        return valid(name, comment, {"boxes": values}, free(step, values), step=step)

    on_grid = {"form": None, "order": None, "strides": [8, 16], "width": 20, "height": 16, "layout": "rows"}
    yield one("free-columns", "YOLOv8: 4 + classes numbers a box, a box a column")
    yield one("free-rows", "a box a row", layout="rows")
    yield one("free-objectness", "YOLOv5 decoded: 5 + classes numbers, objectness times class", objectness=True)
    yield one("free-logits", "classes and objectness are logits", objectness=True, activation="sigmoid")
    yield one("free-softmax", "shares of the classes", activation="softmax")
    yield one("free-corners", "left, top, right, bottom", form="corners")
    yield one("free-corner-size", "left, top, width, height", form="corner_size")
    yield one("free-yx", "down before across", order="yx")
    yield one("free-all", "every class of every box", candidates="all")
    yield one("free-one", "one box of one class", numbers=5, count=1)
    yield one(
        "free-yolox",
        "YOLOX: cells of a picture whose side is no multiple of the stride",
        count=8,
        coding="yolox",
        **on_grid,
    )
    yield one(
        "free-yolox-objectness",
        "YOLOX with its objectness",
        count=8,
        coding="yolox",
        objectness=True,
        activation="sigmoid",
        **on_grid,
    )
    yield one("free-distances", "FCOS: distances from the middle of the cell", count=8, coding="distances", **on_grid)


def set_cases() -> Iterator[Case]:
    """Gives set outputs."""
    rng = np.random.default_rng(104)

    def one(name: str, comment: str, columns: int = 4, **change: Any) -> Case:
        step = {**SET, **change}
        boxes, logits = rng.random((1, 9, 4), f), (rng.standard_normal((1, 9, columns)) * 3).astype(f)
        found = picked([cornered(box, step) for box in boxes[0]], list(logits[0]), step)
        return valid(name, comment, {"boxes": boxes, "logits": logits}, found, step=step)

    yield one("set-detr", "DETR: shares over the classes and no object, which is the last")
    yield one("set-sigmoid", "deformable DETR: each class by itself", activation="sigmoid", background="none")
    yield one("set-all", "every class of every query", candidates="all")
    yield one("set-corners", "left, top, right, bottom", form="corners")
    yield one("set-coco", "left, top, width, height", form="corner_size")
    yield one("set-yx", "TensorFlow's order: top, left, bottom, right", form="corners", order="yx")
    yield one("set-center-yx", "centre y, centre x, height, width", order="yx")
    yield one("set-one-class", "one class and no object", columns=2)
    bare = {key: SET[key] for key in ("op", "head", "boxes")} | {"form": "corners", "order": "xy"}
    packed = np.concatenate([rng.random((1, 5, 5), f), rng.integers(0, 80, (1, 5, 1)).astype(f)], axis=2)
    found = {"boxes": packed[0, :, :4], "scores": packed[0, :, 4], "classes": packed[0, :, 5].astype(np.int32)}
    yield valid(
        "set-rows-of-six", "CenterNet, YOLOv10: box, score and class in one row", {"boxes": packed}, found, step=bare
    )
    lists = {**bare, "order": "yx", "scores": "scores", "classes": "classes"}
    boxes, scores = rng.random((1, 4, 4), f), rng.random((1, 4), f)
    classes = np.array([[2, 0, 0, 7]], f)
    found = {"boxes": boxes[0][:, [1, 0, 3, 2]], "scores": scores[0], "classes": classes[0].astype(np.int32)}
    given = {"boxes": boxes, "scores": scores, "classes": classes}
    yield valid("set-three-outputs", "TFLite_Detection_PostProcess: boxes, classes, scores", given, found, step=lists)
    half = {**given, "classes": np.array([[2, 0, 0.5, 7]], f)}
    yield invalid("set-half-class", "half a class is none", half, "model/wrong-output", "classes", step=lists)
    minus = {**given, "classes": np.array([[2, 0, -1, 7]], f)}
    yield invalid(
        "set-minus-class", "a negative number is no class", minus, "model/wrong-output", "classes", step=lists
    )
    short = {**given, "scores": scores[:, :3]}
    yield invalid("set-too-few-scores", "one score a box", short, "model/wrong-output", "scores", step=lists)


def decode_cases() -> Iterator[Case]:
    """Gives all heads, and what none of them takes."""
    yield from ssd_cases()
    yield from grid_cases()
    yield from free_cases()
    yield from set_cases()
    yield from outputs_refused()
    yield from steps_refused()


def outputs_refused() -> Iterator[Case]:
    """Gives outputs of other shapes than the head has, and NaN."""

    def wrong(name: str, comment: str, step: dict[str, Any], where: str, **outputs: Array) -> Case:
        return invalid(name, comment, outputs, "model/wrong-output", where, step=step)

    zeros, two, nan = np.zeros((1, 3, 4), f), np.zeros((1, 3, 2), f), np.zeros((1, 3, 2), f)
    nan[0, 1, 0] = np.nan
    given = {"boxes": zeros, "logits": nan}
    yield invalid("nan", "a NaN is refused", given, "model/nan-output", "logits", step=SET)
    for name, comment, shape in (
        ("no-batch", "an axis is missing", (3, 4)),
        ("batch-of-two", "a batch of two", (2, 3, 4)),
        ("no-boxes", "no box at all", (1, 0, 4)),
        ("five-numbers", "a box has 4 numbers", (1, 3, 5)),
    ):
        yield wrong(name, comment, SET, "boxes", boxes=np.zeros(shape, f), logits=two)
    other, only = np.zeros((1, 2, 2), f), np.zeros((1, 3, 1), f)
    yield wrong("other-count", "as many rows of scores as boxes", SET, "logits", boxes=zeros, logits=other)
    yield wrong("only-background", "nothing but background", SET, "logits", boxes=zeros, logits=only)
    yield wrong("ssd-other-count", "as many boxes as anchors", SSD, "boxes", boxes=zeros, scores=two)
    fine = np.zeros((1, 4, 4, 16), f)
    for name, comment, width in (
        ("grid-width", "anchors of 5 + classes each", 15),
        ("grid-classes", "as many classes in every grid", 14),
    ):
        yield wrong(name, comment, GRID, "coarse", coarse=np.zeros((1, 2, 2, width), f), fine=fine)
    rows = {**FREE, "layout": "rows"}
    yield wrong("free-narrow", "more numbers than the place takes", rows, "boxes", boxes=zeros)
    on_grid = {**rows, "coding": "yolox", "strides": [8], "width": 16, "height": 16}
    on_grid = {key: value for key, value in on_grid.items() if key not in ("form", "order")}
    yield wrong("free-cells", "as many boxes as cells", on_grid, "boxes", boxes=np.zeros((1, 3, 6), f))


def steps_refused() -> Iterator[Case]:
    """Gives steps that are wrong for their head, or for every head."""
    given = {"boxes": np.zeros((1, 3, 4), f), "logits": np.zeros((1, 3, 2), f)}
    no_rows = {"anchors": {**ANCHORS, "grids": [[0, 1]]}}
    for name, comment, code, where, step in (
        ("needs", "a field that the head needs is absent", "inconsistent", "$", {**SET, "form": None}),
        ("unused", "a field that the head does not use", "inconsistent", "$", {**SET, "coding": "yolox"}),
        ("coding", "a coding of another head", "inconsistent", "$", {**FREE, "coding": "yolov3"}),
        ("head", "a head that is not known", "unknown-value", "$.head", {**SET, "head": "rcnn"}),
        ("grids", "a grid of no rows", "out-of-range", "$.anchors.grids[0][0]", {**SSD, **no_rows}),
        ("key", "an unknown key", "unknown-key", "$.speed", {**SET, "speed": 1}),
    ):
        yield invalid(name, comment, given, f"spec/{code}", where, step=step)
