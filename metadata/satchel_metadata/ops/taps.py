"""Which source lines make each wanted line, and with which weights, as the kernels of TensorFlow 2.18 have it.

A line is a row or a column. Everything is binary32, in the order of resize_bilinear_op, resize_bicubic_op,
resize_area_op, resize_nearest_neighbor_op and scale_and_translate_op; half-pixel centres.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from satchel_metadata.ops.picking import Floats, Indices, Taps
from satchel_metadata.ops.weighing import ONE

HALF = np.float32(0.5)
LEAST = np.float32(1000) * np.finfo(np.float32).tiny
"""A sum of weights below it is too small to divide by."""


def scale(source: int, target: int) -> np.float32:
    """Gives how many source lines there are for each wanted line."""
    return np.float32(source) / np.float32(target)


@lru_cache(maxsize=32)
def taps(method: str, first: int, beyond: int, source: int, target: int) -> Taps:
    """Gives the taps of the wanted lines [first, beyond).

    Args:
        method: tf.nearest, .bilinear, .bilinear_antialias, .bicubic or .area.
        first: the first wanted line.
        beyond: the line behind the last.
        source: how many lines the picture has.
        target: how many the whole resized picture would have.
    """
    kinds = {
        "tf.nearest": _nearest,
        "tf.bilinear": _linear,
        "tf.bilinear_antialias": _triangle,
        "tf.bicubic": _cubic,
        "tf.area": _area,
    }
    found = kinds[method](np.arange(first, beyond), source, target)
    found.index.flags.writeable = found.weight.flags.writeable = False
    return found


def _nearest(lines: Indices, source: int, target: int) -> Taps:
    centres = (lines.astype(np.float32) + HALF) * scale(source, target)
    index = np.clip(np.floor(centres).astype(np.int64), 0, source - 1)
    return Taps(index[np.newaxis], np.empty((0, len(lines)), np.float32))


def _sampled(lines: Indices, source: int, target: int) -> Floats:
    """Gives where in the source each line is sampled, 0 being the middle of the first source line."""
    sampled: Floats = (lines.astype(np.float32) + HALF) * scale(source, target) - HALF
    return sampled


def _linear(lines: Indices, source: int, target: int) -> Taps:
    """The line before and the one behind it, of which a share above 0 is taken only where it is another one."""
    sampled = _sampled(lines, source, target)
    below = np.floor(sampled)
    lower = np.maximum(below.astype(np.int64), 0)
    upper = np.minimum(np.ceil(sampled).astype(np.int64), source - 1)
    share = np.where(lower < upper, sampled - below, np.float32(0))
    return Taps(np.stack([lower, upper]), share[np.newaxis])


def _cubic(lines: Indices, source: int, target: int) -> Taps:
    """Keys' cubic (A = -0.5) from a table of 1024 steps; lines outside the picture weigh 0 and the rest is made up."""
    sampled = _sampled(lines, source, target)
    first = np.floor(sampled)
    offset = np.rint((sampled - first) * np.float32(1024)).astype(np.int64)
    near, far = _cubic_table()
    wanted = first.astype(np.int64) + np.arange(-1, 3)[:, np.newaxis]
    index = np.clip(wanted, 0, source - 1)
    weight = np.stack([far[offset], near[offset], near[1024 - offset], far[1024 - offset]])
    weight = np.where(index == wanted, weight, np.float32(0))
    total = ((weight[0] + weight[1]) + weight[2]) + weight[3]
    weight *= ONE / np.where(np.abs(total) >= LEAST, total, ONE)
    return Taps(index, weight)


def _cubic_table() -> tuple[Floats, Floats]:
    """Gives the cubic at 0..1 and at 1..2, computed in binary64 of binary32 places and rounded once."""
    a = -0.5
    near = (np.arange(1025) / 1024).astype(np.float32).astype(np.float64)
    far = (near + 1).astype(np.float32).astype(np.float64)
    inner = ((a + 2) * near - (a + 3)) * near * near + 1
    outer = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
    return inner.astype(np.float32), outer.astype(np.float32)


def _area(lines: Indices, source: int, target: int) -> Taps:
    """Each line covers [line, line + 1) * step of the source: part of its first line, whole ones, part of its last."""
    step = scale(source, target)
    begin = lines.astype(np.float32) * step
    end = (lines + 1).astype(np.float32) * step
    first, beyond = np.floor(begin).astype(np.int64), np.ceil(end).astype(np.int64)
    covered = first + np.arange(int((beyond - first).max()))[:, np.newaxis]
    upto = (covered + 1).astype(np.float32)
    partly = np.where(upto > end, step, upto - begin)
    wholly = np.where(upto > end, end - covered.astype(np.float32), ONE)
    weight = np.where(covered.astype(np.float32) < begin, partly, wholly)
    weight = np.where(covered < beyond, weight, np.float32(0)).astype(np.float32)
    return Taps(np.clip(covered, 0, source - 1), weight)


def _triangle(lines: Indices, source: int, target: int) -> Taps:
    """A triangle as wide as the lines are apart, at least 1; its weights are made to add up to 1."""
    inverse = ONE / (np.float32(target) / np.float32(source))
    widened = max(inverse, ONE)
    sampled = (lines.astype(np.float32) + HALF) * inverse
    first = np.clip(np.ceil(sampled - widened - HALF).astype(np.int64), 0, source - 1)
    last = np.clip(np.floor(sampled + widened - HALF).astype(np.int64), 0, source - 1)
    index = first + np.arange(int((last - first).max()) + 1)[:, np.newaxis]
    inside = (index <= last) & (sampled <= np.float32(source))
    distance = np.abs(((index.astype(np.float32) + HALF) - sampled) * (ONE / widened))
    weight = np.where(inside & (distance < ONE), ONE - distance, np.float32(0)).astype(np.float32)
    total = np.add.accumulate(weight, axis=0)[-1]
    usable = np.abs(total) >= LEAST
    weight *= np.where(usable, ONE / np.where(usable, total, ONE), np.float32(0))
    return Taps(np.minimum(index, source - 1), weight)
