"""resize opencv.*: cv2.resize on uint8 in numpy, bit for bit, as its plain C code computes it.

`opencv.linear` is INTER_LINEAR_EXACT, in 8-bit fixed point; `opencv.nearest` is INTER_NEAREST; `opencv.area` is
INTER_AREA: whole blocks in integers, other reductions in binary32, and where a side grows the bilinear form in 11-bit
fixed point that OpenCV calls area too. Checked against OpenCV 4.14 and 5.0, with and without their optimisations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops.geometry import Window
from satchel_metadata.ops.picking import Floats, Taps
from satchel_metadata.ops.raster import Raster
from satchel_metadata.ops.weighing import across_then_down, bilinear, nearest, weighed

Array = NDArray[Any]
Bytes = NDArray[np.uint8]

_EPSILON = float(np.finfo(np.float64).eps)
_EXACT = 1 << 24
"""Up to here binary32 holds every integer."""
_SLIVER = 1e-3
"""Part of a sample that is too little to count, in INTER_AREA."""


@dataclass(frozen=True)
class Pairs:
    """The two source lines that make each wanted line, and their weights in fixed point."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    weight: NDArray[np.int32]
    other: NDArray[np.int32]


def resize(picture: Raster | Bytes, width: int, height: int, method: str, window: Window) -> Bytes:
    """Gives the window of the picture resized to width x height.

    Args:
        picture: a Raster, or uint8 [h, w, c].
        width: columns of the whole resized picture.
        height: its rows.
        method: opencv.linear, .area or .nearest.
        window: the part of the resized picture that is wanted.

    Returns:
        uint8 [h, w, c].
    """
    pixels = picture.pixels if isinstance(picture, Raster) else picture
    in_height, in_width = pixels.shape[:2]
    rows, columns = range(window.top, window.bottom), range(window.left, window.right)
    if (in_width, in_height) == (width, height):
        return pixels[window.top : window.bottom, window.left : window.right]
    across, down = _scale(in_width, width), _scale(in_height, height)
    if method == "opencv.nearest":
        chosen = _nearest(rows, in_height, down), _nearest(columns, in_width, across)
        return weighed(picture, nearest, *chosen, np.uint8, lambda values: values)
    if method == "opencv.linear":
        pairs = _linear(rows, in_height, down), _linear(columns, in_width, across)
        return weighed(picture, bilinear, *pairs, np.uint8, _half_up)
    if across < 1 or down < 1:
        return _grown(pixels, _grown_pairs(rows, in_height, height), _grown_pairs(columns, in_width, width))
    whole_across, whole_down = round(across), round(down)
    if abs(across - whole_across) < _EPSILON and abs(down - whole_down) < _EPSILON:
        return _blocks(picture, rows, columns, whole_across, whole_down)
    spans = _spans(rows, in_height, down), _spans(columns, in_width, across)
    return weighed(picture, across_then_down, *spans, np.uint8, _half_even)


def _scale(source: int, target: int) -> float:
    """OpenCV keeps the inverse and divides by it again, which is not always source / target."""
    return 1.0 / (target / source)


@lru_cache(maxsize=16)
def _nearest(lines: range, source: int, scale: float) -> Taps:
    index = np.minimum(source - 1, np.floor(np.array(lines) * scale).astype(np.int64))
    return Taps(index[np.newaxis], np.empty((0, len(lines)), np.float32))


@lru_cache(maxsize=16)
def _linear(lines: range, source: int, scale: float) -> Taps:
    """Half-pixel centres; beyond the outer centres the outer line alone. Weights are of 256, rounded half to even.

    So every value is a whole number of 1 / 65536 below 256, and binary32 holds it as OpenCV's fixed point does.
    """
    sampled = scale * (np.array(lines) + 0.5) - 0.5
    first = np.floor(sampled).astype(np.int64)
    inside = (first >= 0) & (first < source - 1)
    share = np.where(inside, np.rint((sampled - first) * 256) / 256, 0).astype(np.float32)
    first = np.clip(first, 0, source - 1)
    return Taps(np.stack([first, np.minimum(first + 1, source - 1)]), share[np.newaxis])


def _half_up(values: Floats) -> Bytes:
    values += np.float32(0.5)
    return values.astype(np.uint8)


def _half_even(values: Floats) -> Bytes:
    np.rint(values, out=values)
    return np.minimum(values, np.float32(255), out=values).astype(np.uint8)


def _blocks(picture: Raster | Bytes, rows: range, columns: range, across: int, down: int) -> Bytes:
    """Blocks of 2 x 2 round half up, all others half to even: so OpenCV's code has it. Sums are of integers."""

    def finish(sums: Floats) -> Bytes:
        sums *= np.float32(1) / np.float32(across * down)
        return _half_up(sums) if (across, down) == (2, 2) else _half_even(sums)

    if 255 * across * down <= _EXACT:
        return weighed(picture, across_then_down, _lined_up(rows, down), _lined_up(columns, across), np.uint8, finish)
    pixels = picture.pixels if isinstance(picture, Raster) else picture
    read = pixels[rows.start * down : rows.stop * down, columns.start * across : columns.stop * across]
    blocks = read.reshape(len(rows), down, len(columns), across, -1)
    return finish(blocks.sum(axis=(1, 3), dtype=np.int32).astype(np.float32))


@lru_cache(maxsize=16)
def _lined_up(lines: range, count: int) -> Taps:
    """Each line is made of `count` lines of its own, which all weigh 1."""
    index = np.array(lines) * count + np.arange(count)[:, np.newaxis]
    return Taps(index, np.ones(index.shape, np.float32))


@lru_cache(maxsize=16)
def _spans(lines: range, source: int, scale: float) -> Taps:
    """Each line covers [line, line + 1) * scale of the source: weights are its parts, in binary64, rounded once."""
    taken = [_span(line, source, scale) for line in lines]
    weight = np.zeros((max(len(weights) for _, weights in taken), len(taken)), np.float32)
    for place, (_, weights) in enumerate(taken):
        weight[: len(weights), place] = weights
    index = np.array([first for first, _ in taken]) + np.arange(len(weight))[:, np.newaxis]
    return Taps(np.minimum(index, source - 1), weight)


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


def _needed(rows: Pairs) -> tuple[Array, Array, Array]:
    """Gives the source rows that are read at all, and for each wanted row which two of those."""
    both = np.concatenate([rows.first, rows.second])
    needed, places = np.unique(both, return_inverse=True)
    return needed, places[: len(rows.first)], places[len(rows.first) :]


def _narrowed(pixels: Bytes, columns: Pairs) -> NDArray[np.int32]:
    narrow: NDArray[np.int32] = np.multiply(pixels[:, columns.first], columns.weight[:, np.newaxis], dtype=np.int32)
    narrow += np.multiply(pixels[:, columns.second], columns.other[:, np.newaxis], dtype=np.int32)
    return narrow


def _grown(pixels: Bytes, rows: Pairs, columns: Pairs) -> Bytes:
    needed, above, below = _needed(rows)
    narrow = _narrowed(pixels[needed], columns) >> 4
    total = (narrow[above] * rows.weight[:, np.newaxis, np.newaxis]) >> 16
    total += (narrow[below] * rows.other[:, np.newaxis, np.newaxis]) >> 16
    total += 2
    return np.asarray(np.clip(total >> 2, 0, 255)).astype(np.uint8)
