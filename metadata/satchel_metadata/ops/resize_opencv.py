"""resize opencv.*: cv2.resize on uint8 in numpy, bit for bit, as its plain C code computes it.

`opencv.linear` is INTER_LINEAR_EXACT, in 8-bit fixed point; `opencv.nearest` is INTER_NEAREST; `opencv.area` is
INTER_AREA: whole blocks in integers, other reductions in binary32, and where a side grows the bilinear form in 11-bit
fixed point that OpenCV calls area too. Checked against OpenCV 4.14 and 5.0, with and without their optimisations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops.bands import BAND, in_threads, side_by_side
from satchel_metadata.ops.geometry import Window

Array = NDArray[Any]
Bytes = NDArray[np.uint8]

_EPSILON = float(np.finfo(np.float64).eps)
_SLIVER = 1e-3
"""Part of a sample that is too little to count, in INTER_AREA."""


@dataclass(frozen=True)
class Pairs:
    """The two source lines that make each wanted line, and their weights in fixed point."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    weight: NDArray[np.int32]
    other: NDArray[np.int32]


@dataclass(frozen=True)
class Spans:
    """The source lines that make each wanted line: from `first` on, `weight` is [taps, lines], 0 beyond its end."""

    first: NDArray[np.int64]
    weight: NDArray[np.float32]


def resize(pixels: Bytes, width: int, height: int, method: str, window: Window) -> Bytes:
    """Gives the window of the picture resized to width x height.

    Args:
        pixels: uint8 [h, w, c].
        width: columns of the whole resized picture.
        height: its rows.
        method: opencv.linear, .area or .nearest.
        window: the part of the resized picture that is wanted.

    Returns:
        uint8 [h, w, c].
    """
    in_height, in_width = pixels.shape[:2]
    rows, columns = range(window.top, window.bottom), range(window.left, window.right)
    if (in_width, in_height) == (width, height):
        return pixels[window.top : window.bottom, window.left : window.right]
    if method == "opencv.nearest":
        down, across = _nearest(rows, in_height, height), _nearest(columns, in_width, width)
        found: NDArray[np.uint8] = pixels[down[:, np.newaxis], across]
        return found
    if method == "opencv.linear":
        return _linear(pixels, _linear_pairs(rows, in_height, height), _linear_pairs(columns, in_width, width))
    return _area(pixels, rows, columns, width, height)


def _scale(source: int, target: int) -> float:
    """OpenCV keeps the inverse and divides by it again, which is not always source / target."""
    return 1.0 / (target / source)


def _nearest(lines: range, source: int, target: int) -> NDArray[np.int64]:
    scale = _scale(source, target)
    return np.array([min(source - 1, math.floor(line * scale)) for line in lines], np.int64)


def _linear_pairs(lines: range, source: int, target: int) -> Pairs:
    """Half-pixel centres; beyond the outer centres the outer line alone. Weights are of 256, rounded half to even."""
    sampled = _scale(source, target) * (np.arange(lines.start, lines.stop) + 0.5) - 0.5
    first = np.floor(sampled).astype(np.int64)
    inside = (first >= 0) & (first < source - 1)
    other = np.where(inside, np.rint((sampled - first) * 256), 0).astype(np.int32)
    first = np.clip(first, 0, source - 1)
    return Pairs(first, np.minimum(first + 1, source - 1), 256 - other, other)


def _linear(pixels: Bytes, rows: Pairs, columns: Pairs) -> Bytes:
    """The rows that are needed are narrowed, then weighed; nothing is rounded between."""
    needed, above, below = _needed(rows)
    narrow = _narrowed(pixels[needed], columns)
    total = narrow[above] * rows.weight[:, np.newaxis, np.newaxis]
    total += narrow[below] * rows.other[:, np.newaxis, np.newaxis]
    total += 1 << 15
    return np.asarray(total >> 16).astype(np.uint8)


def _needed(rows: Pairs) -> tuple[Array, Array, Array]:
    """Gives the source rows that are read at all, and for each wanted row which two of those."""
    both = np.concatenate([rows.first, rows.second])
    needed, places = np.unique(both, return_inverse=True)
    return needed, places[: len(rows.first)], places[len(rows.first) :]


def _narrowed(pixels: Bytes, columns: Pairs) -> NDArray[np.int32]:
    narrow: NDArray[np.int32] = np.multiply(pixels[:, columns.first], columns.weight[:, np.newaxis], dtype=np.int32)
    narrow += np.multiply(pixels[:, columns.second], columns.other[:, np.newaxis], dtype=np.int32)
    return narrow


def _area(pixels: Bytes, rows: range, columns: range, width: int, height: int) -> Bytes:
    in_height, in_width = pixels.shape[:2]
    across, down = _scale(in_width, width), _scale(in_height, height)
    if across < 1 or down < 1:
        return _grown(pixels, _grown_pairs(rows, in_height, height), _grown_pairs(columns, in_width, width))
    whole_across, whole_down = round(across), round(down)
    if abs(across - whole_across) < _EPSILON and abs(down - whole_down) < _EPSILON:
        return _blocks(pixels, rows, columns, whole_across, whole_down)
    return _shrunk(pixels, _spans(rows, in_height, down), _spans(columns, in_width, across))


def _blocks(pixels: Bytes, rows: range, columns: range, across: int, down: int) -> Bytes:
    """Blocks of 2 x 2 round half up, all others half to even: so OpenCV's code has it."""
    total: Any = np.zeros((len(rows), len(columns), pixels.shape[2]), np.int32)
    for y in range(down):
        lines = pixels[rows.start * down + y : rows.stop * down : down]
        for x in range(across):
            total += lines[:, columns.start * across + x : columns.stop * across : across]
    if (across, down) == (2, 2):
        return np.asarray((total + 2) >> 2).astype(np.uint8)
    return _rounded(total.astype(np.float32) * (np.float32(1) / np.float32(across * down)))


def _spans(lines: range, source: int, scale: float) -> Spans:
    """Each line covers [line, line + 1) * scale of the source: weights are its parts, in binary64, rounded once."""
    taken = [_span(line, source, scale) for line in lines]
    weight = np.zeros((max(len(weights) for _, weights in taken), len(taken)), np.float32)
    for place, (_, weights) in enumerate(taken):
        weight[: len(weights), place] = weights
    return Spans(np.array([first for first, _ in taken], np.int64), weight)


def _span(line: int, source: int, scale: float) -> tuple[int, list[float]]:
    begin = line * scale
    end = begin + scale
    cell = min(scale, source - begin)
    last = min(math.floor(end), source - 1)
    first = min(math.ceil(begin), last)
    weights = [1.0 / cell] * (last - first)
    start = first
    if first - begin > _SLIVER:
        start, weights = first - 1, [(first - begin) / cell, *weights]
    if end - last > _SLIVER:
        weights.append(min(end - last, 1.0, cell) / cell)
    return start, weights


def _shrunk(pixels: Bytes, rows: Spans, columns: Spans) -> Bytes:
    top = int(rows.first.min())
    bottom = int((rows.first + (rows.weight != 0).sum(axis=0)).max())
    width, channels = len(columns.first), pixels.shape[2]
    narrow = np.empty((bottom - top, width, channels), np.float32)

    def band(start: int) -> None:
        stop = min(start + BAND, bottom)
        weighed = _weighed(side_by_side(pixels[start:stop]), columns)
        narrow[start - top : stop - top] = weighed.reshape(width, channels, stop - start).transpose(2, 0, 1)

    in_threads(band, range(top, bottom, BAND), (bottom - top) * pixels.shape[1] * channels)
    down = _weighed(narrow.reshape(bottom - top, -1), Spans(rows.first - top, rows.weight))
    return _rounded(down.reshape(-1, width, channels))


def _weighed(lines: NDArray[np.float32], taps: Spans) -> NDArray[np.float32]:
    """Weighs lines [lines, n], in their order, in binary32; a weight of 0 adds nothing, and so changes nothing."""
    total = np.zeros((len(taps.first), lines.shape[1]), np.float32)
    for place, weights in enumerate(taps.weight):
        term = lines.take(np.minimum(taps.first + place, len(lines) - 1), axis=0)
        term *= weights[:, np.newaxis]
        total += term
    return total


def _grown_pairs(lines: range, source: int, target: int) -> Pairs:
    """Lines are cut where source lines end; weights are of 2048, rounded half to even."""
    inverse = target / source
    line = np.arange(lines.start, lines.stop)
    first = np.floor(line * _scale(source, target)).astype(np.int64)
    part = ((line + 1) - (first + 1) * inverse).astype(np.float32)
    part = np.where(part <= 0, np.float32(0), part - np.floor(part))
    part = np.where(first >= source - 1, np.float32(0), part)
    first = np.minimum(first, source - 1)
    weight = np.rint((np.float32(1) - part) * np.float32(2048)).astype(np.int32)
    other = np.rint(part * np.float32(2048)).astype(np.int32)
    return Pairs(first, np.minimum(first + 1, source - 1), weight, other)


def _grown(pixels: Bytes, rows: Pairs, columns: Pairs) -> Bytes:
    needed, above, below = _needed(rows)
    narrow = _narrowed(pixels[needed], columns) >> 4
    total = (narrow[above] * rows.weight[:, np.newaxis, np.newaxis]) >> 16
    total += (narrow[below] * rows.other[:, np.newaxis, np.newaxis]) >> 16
    total += 2
    return np.asarray(np.clip(total >> 2, 0, 255)).astype(np.uint8)


def _rounded(values: NDArray[np.float32]) -> Bytes:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
