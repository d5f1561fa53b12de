"""From heatmaps or a flat vector to keypoints; binary32 in the order written.

Sources: Xiao and others, Simple Baselines for Human Pose Estimation (the quarter of a cell towards the second highest
response); Papandreou and others, PersonLab (offsets).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import BROKEN_MODEL, OTHER_OUTPUT, ModelError
from satchel_metadata.ops.boxes import activate
from satchel_metadata.steps.points import HeatmapKeypoints, Landmarks
from satchel_metadata.values import Points

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


def heatmap_keypoints(step: HeatmapKeypoints, outputs: Mapping[str, Floats], name: str) -> Points:
    """Gives the place of the highest value of each heatmap, the first in reading order among equals, and that value.

    Args:
        step: how a cell becomes a place.
        outputs: real values by the names of the spec's outputs, with batch 1.
        name: the output that holds the heatmaps.

    Raises:
        ModelError: model/wrong-output, model/nan-output.
    """
    maps = _planes(step.layout, outputs[name], name)
    count, high, wide = maps.shape
    best = maps.reshape(count, -1).argmax(axis=1)
    row, column = best // wide, best % wide
    scores = activate(maps[np.arange(count), row, column], step.activation)
    if step.refine == "offsets":
        xy = _offset(step, outputs, (row, column), (high, wide))
    else:
        x, y = column.astype(np.float32), row.astype(np.float32)
        if step.refine == "quarter":
            x, y = x + _quarter(maps, row, column, 0, 1), y + _quarter(maps, row, column, 1, 0)
        xy = np.stack([_fraction(x, wide, step.position), _fraction(y, high, step.position)], axis=1)
    return Points(xy, scores)


def landmarks(step: Landmarks, values: Floats, name: str) -> Points:
    """Gives the points of a vector of k * dimensions numbers.

    Raises:
        ModelError: model/wrong-output, model/nan-output.
    """
    _refuse_nan(values, name)
    if values.size == 0 or values.size % step.dimensions:
        message = f"expected a multiple of {step.dimensions} numbers, found {values.size}"
        raise ModelError("model/wrong-output", message, where=name, hint=OTHER_OUTPUT)
    rows = values.reshape(-1, step.dimensions)
    xy = np.ascontiguousarray(rows[:, :2] if step.order == "xy" else rows[:, 1::-1])
    if step.score is None:
        return Points(xy, np.ones(len(rows), np.float32))
    return Points(xy, activate(rows[:, step.score].copy(), step.activation or "none"))


def _planes(layout: str, values: Floats, name: str) -> Floats:
    """Gives heatmaps [k, h, w] of [1, h, w, k] or [1, k, h, w]."""
    if values.ndim != 4 or values.shape[0] != 1 or values.size == 0:
        expected = "[1, h, w, keypoints]" if layout == "NHWC" else "[1, keypoints, h, w]"
        raise ModelError(
            "model/wrong-output", f"expected {expected}, found {list(values.shape)}", where=name, hint=OTHER_OUTPUT
        )
    _refuse_nan(values, name)
    planes = values[0] if layout == "NCHW" else values[0].transpose(2, 0, 1)
    return np.ascontiguousarray(planes)


def _quarter(maps: Floats, row: Indices, column: Indices, down: int, across: int) -> Floats:
    """Gives 0.25 towards the larger of the two neighbours along one axis; 0 at a border and between equals."""
    count, high, wide = maps.shape
    place, last = (row, high - 1) if down else (column, wide - 1)
    inside = (place > 0) & (place < last)
    each = np.arange(count)
    before = maps[each, np.maximum(row - down, 0), np.maximum(column - across, 0)]
    behind = maps[each, np.minimum(row + down, high - 1), np.minimum(column + across, wide - 1)]
    towards = np.where(behind > before, np.float32(0.25), np.where(behind < before, np.float32(-0.25), np.float32(0)))
    return np.where(inside, towards, np.float32(0))


def _fraction(place: Floats, count: int, position: str | None) -> Floats:
    if position == "center":
        return (place + np.float32(0.5)) / np.float32(count)
    if position == "ends":
        return place / np.float32(max(count - 1, 1))
    return place / np.float32(count)


def _offset(
    step: HeatmapKeypoints, outputs: Mapping[str, Floats], place: tuple[Indices, Indices], sides: tuple[int, int]
) -> Floats:
    """Gives p * stride + offset: first come the offsets down of all keypoints, then those across."""
    assert step.offsets
    assert step.stride
    planes = _planes(step.layout, outputs[step.offsets], step.offsets)
    row, column = place
    count = len(row)
    if planes.shape != (2 * count, *sides):
        message = f"expected {2 * count} offsets at {sides[0]} x {sides[1]} cells, found {list(planes.shape)}"
        raise ModelError("model/wrong-output", message, where=step.offsets, hint=OTHER_OUTPUT)
    each, stride = np.arange(count), np.float32(step.stride)
    x = column.astype(np.float32) * stride + planes[count + each, row, column]
    y = row.astype(np.float32) * stride + planes[each, row, column]
    return np.stack([x, y], axis=1)


def _refuse_nan(values: Floats, name: str) -> None:
    if np.isnan(values).any():
        raise ModelError("model/nan-output", "the model gave NaN", where=name, hint=BROKEN_MODEL)
