"""From a detector's outputs to candidate boxes: SSD anchors, YOLO heads, sets; and box formats into each other.

Binary32 in the order written; exp and the sigmoid as in `reading`. Boxes become left, top, right, bottom, in
the unit that the head has. Sources: the Faster R-CNN box coder of the TensorFlow Object Detection API; Redmon and
Farhadi, YOLOv3; Ultralytics YOLOv5 and YOLOv8; Ge and others, YOLOX; Tian and others, FCOS; Carion and others, DETR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import BROKEN_MODEL, OTHER_OUTPUT, ModelError
from satchel_metadata.ops.anchors import ssd_anchors
from satchel_metadata.steps.boxes import Activation, DecodeBoxes, Form, Level
from satchel_metadata.values import Detections

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

HALF, ONE, TWO = np.float32(0.5), np.float32(1), np.float32(2)


def decode_boxes(step: DecodeBoxes, outputs: Mapping[str, Floats]) -> Detections:
    """Gives the candidates of a detector's outputs, each box in the order of the outputs.

    Args:
        step: which head it is, and how its numbers are meant.
        outputs: real values by the names of the spec's outputs, with batch 1.

    Raises:
        ModelError: model/wrong-output when shapes do not fit together; model/nan-output.
    """
    for name in step.reads():
        _refuse_nan(name, outputs[name])
    heads = {"ssd": _ssd, "yolo_grid": _yolo_grid, "yolo_free": _yolo_free, "set": _set}
    return heads[step.head](step, outputs)


def convert(boxes: Floats, source: Form, target: Form) -> Floats:
    """Gives boxes [n, 4] in another form, in the same unit; between two others it goes by way of `corners`.

    `corners` is left, top, right, bottom (Pascal VOC); `corner_size` is left, top, width, height (COCO); `center` is
    centre x, centre y, width, height (YOLO). Source: torchvision.ops.box_convert.
    """
    if source == target:
        return boxes
    first, second = boxes[:, :2], boxes[:, 2:]
    if source == "center":
        half = second * HALF
        first, second = first - half, first + half
    elif source == "corner_size":
        second = first + second
    if target == "center":
        first, second = (first + second) * HALF, second - first
    elif target == "corner_size":
        second = second - first
    return np.concatenate([first, second], axis=1)


def activate(values: Floats, activation: Activation) -> Floats:
    """Gives scores [..., c] after `sigmoid`, each by itself, or after `softmax` over the last axis."""
    if activation == "none":
        return values
    if activation == "sigmoid":
        return ONE / (ONE + exponential(-values))
    powers = exponential(values - values.max(axis=-1, keepdims=True))
    sums: Floats = np.add.accumulate(powers, axis=-1)[..., -1:]
    return powers / sums


def exponential(values: Floats) -> Floats:
    """Gives exp in binary64, rounded to binary32."""
    with np.errstate(over="ignore"):
        powers: Floats = np.exp(values.astype(np.float64)).astype(np.float32)
    return powers


def _ssd(step: DecodeBoxes, outputs: Mapping[str, Floats]) -> Detections:
    assert step.anchors
    assert step.scales
    assert step.boxes
    assert step.scores
    anchors = ssd_anchors(step.anchors)
    coded = _rows(step.boxes, outputs[step.boxes], 4, len(anchors), "one row an anchor")
    centre_y, centre_x, height, width = anchors.T
    by_y, by_x, by_height, by_width = (np.float32(scale) for scale in step.scales)
    x = coded[:, 1] / by_x * width + centre_x
    y = coded[:, 0] / by_y * height + centre_y
    wide = exponential(coded[:, 3] / by_width) * width * HALF
    high = exponential(coded[:, 2] / by_height) * height * HALF
    boxes = np.stack([x - wide, y - high, x + wide, y + high], axis=1)
    return _chosen(step, boxes, _scored(step, outputs, len(boxes)))


def _yolo_grid(step: DecodeBoxes, outputs: Mapping[str, Floats]) -> Detections:
    assert step.levels
    parts = [_level(step, level, outputs[level.output]) for level in step.levels]
    widths = {scores.shape[1] for _, scores in parts}
    if len(widths) > 1:
        raise _wrong(step.levels[0].output, f"expected as many classes in every grid, found {sorted(widths)}")
    boxes, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _chosen(step, boxes, scores)


def _level(step: DecodeBoxes, level: Level, values: Floats) -> tuple[Floats, Floats]:
    """Gives the boxes of one grid in pixels, and their scores [n, c]: objectness times class."""
    count = len(level.anchors)
    if values.ndim not in (4, 5) or values.size == 0 or values.shape[0] != 1:
        raise _wrong(level.output, f"expected [1, rows, columns, anchors * (5 + classes)], found {list(values.shape)}")
    high, wide = values.shape[1:3]
    width = values.size // (high * wide * count)
    if (values.ndim == 5 and values.shape[3] != count) or width < 6 or width * count * high * wide != values.size:
        raise _wrong(level.output, f"expected {count} anchors of 5 + classes each, found {list(values.shape)}")
    cells = values.reshape(high, wide, count, width)
    corner = np.stack(np.meshgrid(*(np.arange(n, dtype=np.float32) for n in (wide, high))), axis=-1)[:, :, np.newaxis]
    anchors, stride = np.array(level.anchors, np.float32), np.float32(level.stride)
    middle = activate(cells[..., :2], "sigmoid")
    if step.coding == "yolov3":
        centre, size = (middle + corner) * stride, exponential(cells[..., 2:4]) * anchors
    else:
        twice = activate(cells[..., 2:4], "sigmoid") * TWO
        centre, size = (middle * TWO - HALF + corner) * stride, twice * twice * anchors
    boxes = convert(np.concatenate([centre, size], axis=-1).reshape(-1, 4), "center", "corners")
    scores = activate(cells[..., 4:5], "sigmoid") * activate(cells[..., 5:], step.activation or "none")
    return boxes, scores.reshape(len(boxes), -1)


def _yolo_free(step: DecodeBoxes, outputs: Mapping[str, Floats]) -> Detections:
    assert step.boxes
    assert step.activation
    values = _matrix(step.boxes, outputs[step.boxes])
    rows = values.T if step.layout == "columns" else values
    first = 5 if step.objectness else 4
    if rows.shape[1] <= first:
        raise _wrong(step.boxes, f"expected more than {first} numbers a box, found {rows.shape[1]}")
    scores = activate(rows[:, first:], step.activation)
    if step.objectness:
        scores = activate(rows[:, 4:5], "none" if step.activation == "none" else "sigmoid") * scores
    boxes = _placed(step, np.ascontiguousarray(rows[:, :4]))
    return _chosen(step, boxes, np.ascontiguousarray(scores))


def _placed(step: DecodeBoxes, coded: Floats) -> Floats:
    """Gives boxes as corners."""
    if step.coding == "decoded":
        return _corners(step, coded)
    assert step.boxes
    assert step.strides
    assert step.width
    assert step.height
    cells = _cells(step.strides, step.width, step.height)
    if len(cells) != len(coded):
        raise _wrong(step.boxes, f"expected a box for each of {len(cells)} cells, found {len(coded)}")
    corner, stride = cells[:, :2], cells[:, 2:]
    if step.coding == "yolox":
        sized = [(coded[:, :2] + corner) * stride, exponential(coded[:, 2:]) * stride]
        return convert(np.concatenate(sized, axis=1), "center", "corners")
    middle = corner + HALF
    return np.concatenate([(middle - coded[:, :2]) * stride, (middle + coded[:, 2:]) * stride], axis=1)


def _cells(strides: Sequence[int], width: int, height: int) -> Floats:
    """Gives column, row and stride of every cell: grid after grid, row after row."""
    grids = []
    for stride in strides:
        columns, rows = np.meshgrid(np.arange(-(-width // stride)), np.arange(-(-height // stride)))
        grids.append(np.stack([columns, rows, np.full_like(rows, stride)], axis=-1).reshape(-1, 3))
    cells: Floats = np.concatenate(grids).astype(np.float32)
    return cells


def _set(step: DecodeBoxes, outputs: Mapping[str, Floats]) -> Detections:
    assert step.boxes
    rows = _matrix(step.boxes, outputs[step.boxes])
    if rows.shape[1] != (6 if step.scores is None else 4):
        expected = "4 numbers a box" if step.scores else "6 numbers a box: its place, score and class"
        raise _wrong(step.boxes, f"expected {expected}, found {rows.shape[1]}")
    boxes = _corners(step, np.ascontiguousarray(rows[:, :4]))
    if step.scores is None:
        return Detections(boxes, rows[:, 4].copy(), _indices(step.boxes, rows[:, 5]))
    if step.classes is None:
        return _chosen(step, boxes, _scored(step, outputs, len(boxes)))
    scores, classes = outputs[step.scores].reshape(-1), outputs[step.classes].reshape(-1)
    if len(scores) != len(boxes) or len(classes) != len(boxes):
        raise _wrong(step.scores, f"expected {len(boxes)} scores and classes, found {len(scores)} and {len(classes)}")
    return Detections(boxes, scores, _indices(step.classes, classes))


def _indices(name: str, values: Floats) -> Indices:
    """Gives class numbers that come as real values; a half or a negative one is no class."""
    with np.errstate(invalid="ignore"):
        whole = values.astype(np.int64)
    if not (whole == values).all() or (whole < 0).any():
        raise _wrong(name, "expected whole numbers from 0 as classes")
    return whole


def _corners(step: DecodeBoxes, boxes: Floats) -> Floats:
    ordered = boxes[:, [1, 0, 3, 2]] if step.order == "yx" else boxes
    return convert(ordered, step.form or "corners", "corners")


def _scored(step: DecodeBoxes, outputs: Mapping[str, Floats], count: int) -> Floats:
    assert step.scores
    assert step.activation
    scores = _rows(step.scores, outputs[step.scores], 1, count, "one row a box")
    return activate(scores, step.activation)


def _chosen(step: DecodeBoxes, boxes: Floats, scores: Floats) -> Detections:
    """Gives, of scores [n, c], the best class of each box (the lower among equals), or every class of every box."""
    first = 1 if step.background == "first" else 0
    last = scores.shape[1] - (1 if step.background == "last" else 0)
    if last <= first:
        raise _wrong(step.scores or "", f"expected a class beside the background, found {scores.shape[1]} scores a box")
    kept = scores[:, first:last]
    _refuse_nan(step.scores or step.boxes or "", kept)
    if step.candidates == "best":
        best = kept.argmax(axis=1)
        return Detections(boxes, kept[np.arange(len(kept)), best], best + first)
    classes = np.tile(np.arange(first, last), len(boxes))
    return Detections(np.repeat(boxes, last - first, axis=0), kept.reshape(-1), classes)


def _rows(name: str, values: Floats, least: int, count: int, what: str) -> Floats:
    """Gives an output [1, count, c] as rows; c is 4 where that is the `least`."""
    rows = _matrix(name, values)
    if len(rows) != count or rows.shape[1] < least or (least == 4 and rows.shape[1] != 4):
        width = "4" if least == 4 else "classes"
        raise _wrong(name, f"expected [1, {count}, {width}], {what}, found {list(values.shape)}")
    return rows


def _matrix(name: str, values: Floats) -> Floats:
    if values.ndim != 3 or values.shape[0] != 1 or values.size == 0:
        raise _wrong(name, f"expected [1, boxes, numbers], found {list(values.shape)}")
    rows: Floats = values[0]
    return rows


def _refuse_nan(name: str, values: Floats) -> None:
    if np.isnan(values).any():
        raise ModelError("model/nan-output", "the model gave NaN", where=name, hint=BROKEN_MODEL)


def _wrong(name: str, message: str) -> ModelError:
    return ModelError("model/wrong-output", message, where=name, hint=OTHER_OUTPUT)
