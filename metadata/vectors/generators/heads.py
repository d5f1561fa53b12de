"""What the heads of detectors mean: each is written here box by box from its publication, in NumPy's binary32.

Sources: the Faster R-CNN box coder and the multiple-grid anchor generator of the TensorFlow Object Detection API;
YOLOv3, YOLOv5 and YOLOv8, YOLOX, FCOS, DETR.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from generators.base import Array

f = np.float32


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
