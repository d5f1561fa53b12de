"""Vectors of decode_boxes, nms and the forms of a box.

decode_boxes has no one library: each head is written here box by box from its publication, in NumPy's binary32. The
overlap and the order of nms are TensorFlow's; box forms are torchvision.ops.box_convert's published arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid

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
NMS = {"op": "nms", "iou": 0.5, "score": 0.0, "per_class": False, "max": 100}


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    import tensorflow as tf

    yield VectorFile("decode_boxes/published.json", "NumPy", np.__version__, decode_cases())
    yield VectorFile("nms/tensorflow.json", "TensorFlow", tf.__version__, nms_cases())
    yield VectorFile("convert_boxes/torchvision.json", "NumPy", np.__version__, convert_cases())


def exp(x: Any) -> Any:
    """Gives exp as the contract has it: in binary64, rounded."""
    with np.errstate(over="ignore"):
        return np.exp(np.asarray(x, np.float64)).astype(f)


def sigmoid(x: Any) -> Any:
    """Gives 1 / (1 + exp(-x))."""
    return f(1) / (f(1) + exp(-np.asarray(x, f)))


def softmax(row: Array) -> Array:
    """Gives the shares of one row, summed in index order."""
    powers = exp(row - row.max())
    total = f(0)
    for power in powers:
        total = f(total + power)
    return powers / total


def picked(boxes: list[Any], scores: list[Array], step: dict[str, Any]) -> dict[str, Array]:
    """Gives the best class of each box, or all of them."""
    found: list[tuple[Any, Any, int]] = []
    for box, row in zip(boxes, scores, strict=True):
        activation = step["activation"]
        row = softmax(row) if activation == "softmax" else sigmoid(row) if activation == "sigmoid" else row
        background = step.get("background", "none")
        able = range(1 if background == "first" else 0, len(row) - (1 if background == "last" else 0))
        best = [max(able, key=lambda index: (row[index], -index))] if step["candidates"] == "best" else able
        found += [(box, row[index], index) for index in best]
    return {
        "boxes": np.array([box for box, _, _ in found], f).reshape(-1, 4),
        "scores": np.array([score for _, score, _ in found], f),
        "classes": np.array([index for _, _, index in found], np.int32),
    }


def ssd_anchors(given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Gives (y, x, height, width) of each anchor, as create_ssd_anchors of the TensorFlow Object Detection API."""
    grids, anchors = given["grids"], []
    least, most, last = given["min_scale"], given["max_scale"], len(given["grids"]) - 1
    scales = [least + (most - least) * place / last if last else least for place in range(last + 1)] + [1.0]
    for place, (rows, columns) in enumerate(grids):
        kinds = [(scales[place], ratio) for ratio in given["aspect_ratios"]]
        if "interpolated_ratio" in given:
            kinds.append((math.sqrt(scales[place] * scales[place + 1]), given["interpolated_ratio"]))
        if place == 0 and given["reduce_lowest"]:
            kinds = [(0.1, 1.0), (scales[0], 2.0), (scales[0], 0.5)]
        down, across = f(1) / f(rows), f(1) / f(columns)
        for row in range(rows):
            for column in range(columns):
                for scale, ratio in kinds:
                    root = np.sqrt(f(ratio))
                    y, x = f(row) * down + f(0.5) * down, f(column) * across + f(0.5) * across
                    anchors.append((y, x, f(scale) / root, f(scale) * root))
    return anchors


def ssd(step: dict[str, Any], boxes: Array, scores: Array) -> dict[str, Array]:
    """Gives what FasterRcnnBoxCoder decodes."""
    by_y, by_x, by_h, by_w = map(f, step["scales"])
    found = []
    for (ty, tx, th, tw), (y, x, height, width) in zip(boxes[0], ssd_anchors(step["anchors"]), strict=True):
        wide, high = exp(tw / by_w) * width, exp(th / by_h) * height
        middle_y, middle_x = ty / by_y * height + y, tx / by_x * width + x
        half_w, half_h = wide / f(2), high / f(2)
        found.append((middle_x - half_w, middle_y - half_h, middle_x + half_w, middle_y + half_h))
    return picked(found, list(scores[0]), step)


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


def grid(step: dict[str, Any], outputs: dict[str, Array]) -> dict[str, Array]:
    """Gives what YOLOv3 and YOLOv5 decode, cell by cell."""
    boxes, rows = [], []
    for level in step["levels"]:
        values, stride = outputs[level["output"]][0], f(level["stride"])
        for row in range(values.shape[0]):
            for column in range(values.shape[1]):
                cells = values[row, column].reshape(len(level["anchors"]), -1)
                for code, anchor in zip(cells, level["anchors"], strict=True):
                    tx, ty = sigmoid(code[0]), sigmoid(code[1])
                    aw, ah = f(anchor[0]), f(anchor[1])
                    if step["coding"] == "yolov3":
                        x, y = (tx + f(column)) * stride, (ty + f(row)) * stride
                        w, h = exp(code[2]) * aw, exp(code[3]) * ah
                    else:
                        x = (tx * f(2) - f(0.5) + f(column)) * stride
                        y = (ty * f(2) - f(0.5) + f(row)) * stride
                        tw, th = sigmoid(code[2]) * f(2), sigmoid(code[3]) * f(2)
                        w, h = tw * tw * aw, th * th * ah
                    boxes.append((x - w * f(0.5), y - h * f(0.5), x + w * f(0.5), y + h * f(0.5)))
                    shares = {"sigmoid": sigmoid, "softmax": softmax, "none": np.asarray}[step["activation"]](code[5:])
                    rows.append(sigmoid(code[4]) * shares)
    return picked(boxes, rows, {**step, "activation": "none"})


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


def free(step: dict[str, Any], values: Array) -> dict[str, Array]:
    """Gives what anchor-free YOLO heads decode."""
    rows = values[0].T if step["layout"] == "columns" else values[0]
    cells = [
        (column, row, stride)
        for stride in step.get("strides", [])
        for row in range(math.ceil(step["height"] / stride))
        for column in range(math.ceil(step["width"] / stride))
    ]
    first = 5 if step["objectness"] else 4
    boxes, scores = [], []
    for place, code in enumerate(rows):
        if step["coding"] == "decoded":
            boxes.append(cornered(code[:4], step))
        elif step["coding"] == "yolox":
            column, row, stride = map(f, cells[place])
            x, y = (code[0] + column) * stride, (code[1] + row) * stride
            w, h = exp(code[2]) * stride * f(0.5), exp(code[3]) * stride * f(0.5)
            boxes.append((x - w, y - h, x + w, y + h))
        else:
            column, row, stride = map(f, cells[place])
            x, y = column + f(0.5), row + f(0.5)
            boxes.append(tuple(side * stride for side in (x - code[0], y - code[1], x + code[2], y + code[3])))
        shares = {"sigmoid": sigmoid, "softmax": softmax, "none": np.asarray}[step["activation"]](code[first:])
        object_ = code[4] if step["activation"] == "none" else sigmoid(code[4])
        scores.append(object_ * shares if step["objectness"] else shares)
    return picked(boxes, scores, {**step, "activation": "none"})


def cornered(box: Array, step: dict[str, Any]) -> tuple[Any, ...]:
    """Gives left, top, right, bottom of a box in the step's form and order."""
    a, b, c, d = box if step["order"] == "xy" else box[[1, 0, 3, 2]]
    if step["form"] == "corners":
        return a, b, c, d
    if step["form"] == "corner_size":
        return a, b, a + c, b + d
    return a - c * f(0.5), b - d * f(0.5), a + c * f(0.5), b + d * f(0.5)


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
    zeros, two = np.zeros((1, 3, 4), f), np.zeros((1, 3, 2), f)
    given = {"boxes": zeros, "logits": two}
    nan = two.copy()
    nan[0, 1, 0] = np.nan
    wrong = "model/wrong-output"
    yield invalid("nan", "a NaN is refused", {"boxes": zeros, "logits": nan}, "model/nan-output", "logits", step=SET)
    yield invalid("no-batch", "an axis is missing", {**given, "boxes": zeros[0]}, wrong, "boxes", step=SET)
    yield invalid(
        "batch-of-two", "a batch of two", {**given, "boxes": np.zeros((2, 3, 4), f)}, wrong, "boxes", step=SET
    )
    yield invalid("no-boxes", "no box at all", {**given, "boxes": np.zeros((1, 0, 4), f)}, wrong, "boxes", step=SET)
    yield invalid(
        "five-numbers", "a box has 4 numbers", {**given, "boxes": np.zeros((1, 3, 5), f)}, wrong, "boxes", step=SET
    )
    other = {"boxes": zeros, "logits": np.zeros((1, 2, 2), f)}
    yield invalid("other-count", "as many rows of scores as boxes", other, wrong, "logits", step=SET)
    only = {"boxes": zeros, "logits": np.zeros((1, 3, 1), f)}
    yield invalid("only-background", "nothing but background", only, wrong, "logits", step=SET)
    few = {"boxes": zeros, "scores": two}
    yield invalid("ssd-other-count", "as many boxes as anchors", few, wrong, "boxes", step=SSD)
    cells = {"coarse": np.zeros((1, 2, 2, 15), f), "fine": np.zeros((1, 4, 4, 16), f)}
    yield invalid("grid-width", "anchors of 5 + classes each", cells, wrong, "coarse", step=GRID)
    mixed = {"coarse": np.zeros((1, 2, 2, 14), f), "fine": np.zeros((1, 4, 4, 16), f)}
    yield invalid("grid-classes", "as many classes in every grid", mixed, wrong, "coarse", step=GRID)
    yield invalid(
        "free-narrow",
        "more numbers than the place takes",
        {"boxes": zeros},
        wrong,
        "boxes",
        step={**FREE, "layout": "rows"},
    )
    on_grid = {**FREE, "coding": "yolox", "strides": [8], "width": 16, "height": 16, "layout": "rows"}
    on_grid = {key: value for key, value in on_grid.items() if key not in ("form", "order")}
    yield invalid(
        "free-cells", "as many boxes as cells", {"boxes": np.zeros((1, 3, 6), f)}, wrong, "boxes", step=on_grid
    )
    yield invalid(
        "needs", "a field that the head needs is absent", given, "spec/inconsistent", "$", step={**SET, "form": None}
    )
    yield invalid(
        "unused", "a field that the head does not use", given, "spec/inconsistent", "$", step={**SET, "coding": "yolox"}
    )
    yield invalid(
        "coding", "a coding of another head", given, "spec/inconsistent", "$", step={**FREE, "coding": "yolov3"}
    )
    yield invalid(
        "head", "a head that is not known", given, "spec/unknown-value", "$.head", step={**SET, "head": "rcnn"}
    )
    yield invalid(
        "grids",
        "a grid of no rows",
        given,
        "spec/out-of-range",
        "$.anchors.grids[0][0]",
        step={**SSD, "anchors": {**ANCHORS, "grids": [[0, 1]]}},
    )
    yield invalid("key", "an unknown key", given, "spec/unknown-key", "$.speed", step={**SET, "speed": 1})


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


def nms_cases() -> Iterator[Case]:
    """Gives tf.image.non_max_suppression."""
    rng = np.random.default_rng(105)

    def one(name: str, comment: str, boxes: Any, scores: Any, classes: Any = None, **change: Any) -> Case:
        step = {**NMS, **change}
        given = {
            "boxes": np.array(boxes, f).reshape(-1, 4),
            "scores": np.array(scores, f),
            "classes": np.array([0] * len(scores) if classes is None else classes, np.int32),
        }
        kept = suppressed(given["boxes"], given["scores"], given["classes"], step)
        return valid(name, comment, given, {key: value[kept] for key, value in given.items()}, step=step)

    a, b, far = [0, 0, 2, 2], [0, 1, 2, 3], [5, 5, 7, 7]
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
    yield one(
        "no-area",
        "boxes without area overlap nothing, not even each other",
        [[1, 1, 1, 1]] * 3,
        [0.9, 0.8, 0.7],
        iou=0.0,
    )
    yield one("no-width", "a box without width inside another", [a, [1, 0, 1, 2]], [0.9, 0.8], iou=0.0)
    yield one("upside-down", "corners in the other order", [[2, 2, 0, 0], a], [0.9, 0.8])
    yield one("max-one", "one at most", [a, far], [0.2, 0.9], max=1)
    yield one("max-reached", "the best two", [[9, 9, 10, 10], a, far, [20, 20, 21, 21]], [0.2, 0.9, 0.4, 0.4], max=2)
    yield one(
        "classes-apart",
        "boxes of different classes stay",
        [a, a, b],
        [0.5, 0.4, 0.3],
        [3, 1, 3],
        per_class=True,
        iou=0.2,
    )
    yield one("classes-together", "boxes of different classes drop each other", [a, a, far], [0.4, 0.5, 0.3], [3, 1, 3])
    yield one("iou-one", "nothing is more than the same", [a, a], [0.5, 0.4], iou=1.0)
    yield one("iou-nothing", "any overlap drops", [[0, 0, 100, 100], [99, 99, 200, 200]], [0.5, 0.4], iou=0.0)
    chain = [[0, 0, 4, 4], [0, 2, 4, 6], [0, 4, 4, 8]]
    yield one("chain", "what was dropped drops nothing", chain, [0.9, 0.8, 0.7], iou=0.3)
    yield one("negative", "scores and places below 0", [[-3, -3, -1, -1], [-2, -2, 0, 0]], [-0.5, -0.25], score=-1.0)
    yield one("infinite-score", "an infinite score is the best", [a, far], [1.0, np.inf])
    yield one(
        "tied-classes",
        "equal scores of different classes come by index",
        [far, a, far],
        [0.5, 0.5, 0.5],
        [2, 1, 0],
        per_class=True,
    )
    for name, count, kinds, change in (
        ("random", 200, 1, {"iou": 0.4}),
        ("random-classes", 300, 5, {"per_class": True, "iou": 0.3, "score": 0.2}),
        ("random-few", 300, 5, {"max": 7}),
        ("random-many", 700, 2, {"max": 700, "iou": 0.6}),
        ("random-many-classes", 700, 3, {"max": 650, "iou": 0.6, "per_class": True}),
    ):
        corner, size = rng.integers(0, 100, (count, 2)), rng.integers(0, 40, (count, 2))
        boxes = np.concatenate([corner, corner + size], axis=1) / 128
        scores = rng.integers(0, 64, count) / 64
        yield one(
            name, "coarse places and scores, with many ties", boxes, scores, rng.integers(0, kinds, count), **change
        )
    given = {"boxes": np.array([a, b], f), "scores": np.array([0.5, np.nan], f), "classes": np.zeros(2, np.int32)}
    yield invalid("nan-score", "NaN in a score", given, "model/nan-output", step=NMS)
    given = {
        "boxes": np.array([a, [0, np.nan, 1, 1]], f),
        "scores": np.array([0.5, 0.4], f),
        "classes": np.zeros(2, np.int32),
    }
    yield invalid("nan-box", "NaN in a box", given, "model/nan-output", step=NMS)
    fine = {**given, "boxes": np.array([a, b], f)}
    yield invalid(
        "iou-too-large", "an overlap is at most 1", fine, "spec/out-of-range", "$.iou", step={**NMS, "iou": 1.5}
    )
    yield invalid("max-zero", "at least one", fine, "spec/out-of-range", "$.max", step={**NMS, "max": 0})
    yield invalid("max-half", "a whole number", fine, "spec/wrong-type", "$.max", step={**NMS, "max": 1.5})
    yield invalid(
        "per-class-text", "true or false", fine, "spec/wrong-type", "$.per_class", step={**NMS, "per_class": "yes"}
    )
    bare = {key: value for key, value in NMS.items() if key != "per_class"}
    yield invalid("no-per-class", "nothing is chosen silently", fine, "spec/missing-key", "$.per_class", step=bare)


def convert_cases() -> Iterator[Case]:
    """Gives torchvision.ops.box_convert: between two other forms by way of corners."""
    rng = np.random.default_rng(106)
    half = f(0.5)
    to_corners = {
        "corners": lambda a, b: (a, b),
        "center": lambda a, b: (a - half * b, a + half * b),
        "corner_size": lambda a, b: (a, a + b),
    }
    from_corners = {
        "corners": lambda a, b: (a, b),
        "center": lambda a, b: ((a + b) / f(2), b - a),
        "corner_size": lambda a, b: (a, b - a),
    }
    kinds = {
        "one": np.array([[10, 20, 30, 60]], f),
        "none": np.zeros((0, 4), f),
        "random": (rng.random((25, 4)) * 640).astype(f),
    }
    for source in to_corners:
        for target in from_corners:
            for kind, boxes in kinds.items():
                a, b = boxes[:, :2], boxes[:, 2:]
                same = source == target
                found = boxes if same else np.concatenate(from_corners[target](*to_corners[source](a, b)), axis=1)
                comment = f"{kind}: {source} (VOC: corners, COCO: corner_size, YOLO: center) as {target}"
                step = {"from": source, "to": target}
                yield valid(f"{source}-{target}-{kind}", comment, boxes, found, step=step)
