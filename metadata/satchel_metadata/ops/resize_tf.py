"""resize tf.*: tf.image.resize in numpy, float32, bit for bit; half-pixel centres.

Every method weighs a few rows and columns for each pixel. The order of the sums is TensorFlow's own and differs from
method to method: tf.bilinear goes along the row first, tf.bicubic and tf.bilinear_antialias down the column first,
tf.area along the row first. Sources: the kernels resize_bilinear_op, resize_bicubic_op, resize_area_op,
resize_nearest_neighbor_op and scale_and_translate_op of TensorFlow 2.18.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops.bands import BAND, in_threads, side_by_side
from satchel_metadata.ops.geometry import Window

Array = NDArray[Any]
Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

HALF = np.float32(0.5)
ONE = np.float32(1)


@dataclass(frozen=True)
class Taps:
    """Which source lines make each wanted line, and with which weights: index and weight are [taps, lines]."""

    index: Indices
    weight: Floats


def resize(pixels: Array, width: int, height: int, method: str, window: Window) -> Floats:
    """Gives the window of the picture resized to width x height.

    Args:
        pixels: uint8 or float32 [h, w, c].
        width: columns of the whole resized picture.
        height: its rows.
        method: tf.nearest, .bilinear, .bilinear_antialias, .bicubic or .area.
        window: the part of the resized picture that is wanted.

    Returns:
        float32 [h, w, c].
    """
    rows = np.arange(window.top, window.bottom)
    columns = np.arange(window.left, window.right)
    in_height, in_width = pixels.shape[:2]
    if method == "tf.nearest":
        return _gather(pixels, _nearest(rows, in_height, height), _nearest(columns, in_width, width))
    if method == "tf.bilinear":
        return _bilinear(pixels, _lerps(rows, in_height, height), _lerps(columns, in_width, width))
    if method == "tf.bicubic":
        return _bicubic(pixels, _cubic_taps(rows, in_height, height), _cubic_taps(columns, in_width, width))
    if method == "tf.area":
        scale = ONE / (_scale(in_height, height) * _scale(in_width, width))
        return _area(pixels, _area_taps(rows, in_height, height), _area_taps(columns, in_width, width), scale)
    return _antialiased(pixels, _triangle_taps(rows, in_height, height), _triangle_taps(columns, in_width, width))


def _scale(source: int, target: int) -> np.float32:
    return np.float32(source) / np.float32(target)


def _gather(pixels: Array, rows: Indices, columns: Indices) -> Floats:
    gathered: Floats = pixels[rows[:, np.newaxis], columns].astype(np.float32)
    return gathered


def _nearest(lines: Indices, source: int, target: int) -> Indices:
    centres = (lines.astype(np.float32) + HALF) * _scale(source, target)
    return np.asarray(np.clip(np.floor(centres).astype(np.int64), 0, source - 1))


def _sampled(lines: Indices, source: int, target: int) -> Floats:
    """Gives where in the source each line is sampled, 0 being the middle of the first source line."""
    sampled: Floats = (lines.astype(np.float32) + HALF) * _scale(source, target) - HALF
    return sampled


def _lerps(lines: Indices, source: int, target: int) -> tuple[Indices, Indices, Floats]:
    sampled = _sampled(lines, source, target)
    below = np.floor(sampled)
    lower = np.maximum(below.astype(np.int64), 0)
    upper = np.minimum(np.ceil(sampled).astype(np.int64), source - 1)
    return lower, upper, sampled - below


def _picked(pixels: Array, rows: Indices, columns: Indices) -> Floats:
    """Gives float32 [rows, columns * c]; by whole rows, or by pixels where few columns are wanted of many."""
    _, width, channels = pixels.shape
    if not pixels.flags.c_contiguous:
        picked = _gather(pixels, rows, columns)
    elif width > 4 * len(columns):
        whole = pixels.reshape(-1).view(f"V{channels * pixels.itemsize}")
        picked = whole.take(rows[:, np.newaxis] * width + columns).view(pixels.dtype)
    else:
        places = (columns[:, np.newaxis] * channels + np.arange(channels)).reshape(-1)
        picked = pixels[rows].reshape(len(rows), -1).take(places, axis=1)
    return picked.reshape(len(rows), -1).astype(np.float32, copy=False)


def _bilinear(pixels: Array, rows: tuple[Indices, Indices, Floats], columns: tuple[Indices, Indices, Floats]) -> Floats:
    (above, under, down), (left, right, along) = rows, columns
    both = np.concatenate([above, under])
    first, mixed = _picked(pixels, both, left), _picked(pixels, both, right)
    mixed -= first
    mixed *= np.repeat(along, pixels.shape[2])
    mixed += first
    top, bottom = mixed[: len(above)], mixed[len(above) :]
    bottom -= top
    bottom *= down[:, np.newaxis]
    bottom += top
    return bottom.reshape(len(above), len(left), pixels.shape[2])


def _cubic_taps(lines: Indices, source: int, target: int) -> Taps:
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
    usable = np.abs(total) >= np.float32(1000) * np.finfo(np.float32).tiny
    weight *= ONE / np.where(usable, total, ONE)
    return Taps(index, weight)


def _cubic_table() -> tuple[Floats, Floats]:
    """Gives the cubic at 0..1 and at 1..2, computed in binary64 of binary32 places and rounded once."""
    a = -0.5
    near = (np.arange(1025) / 1024).astype(np.float32).astype(np.float64)
    far = (near + 1).astype(np.float32).astype(np.float64)
    inner = ((a + 2) * near - (a + 3)) * near * near + 1
    outer = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
    return inner.astype(np.float32), outer.astype(np.float32)


def _bicubic(pixels: Array, rows: Taps, columns: Taps) -> Floats:
    height, width, channels = rows.index.shape[1], columns.index.shape[1], pixels.shape[2]
    total = np.empty((height, width * channels), np.float32)
    for place, (column, across) in enumerate(zip(columns.index, columns.weight, strict=True)):
        terms = _picked(pixels, rows.index.reshape(-1), column).reshape(4, height, -1)
        terms *= rows.weight[:, :, np.newaxis]
        line = terms[0]
        for term in terms[1:]:
            line += term
        line *= np.repeat(across, channels)
        total = line if place == 0 else np.add(total, line, out=total)
    return total.reshape(height, width, channels)


def _area_taps(lines: Indices, source: int, target: int) -> Taps:
    """Each line covers [line, line + 1) * scale of the source: part of its first line, whole ones, part of its last."""
    scale = _scale(source, target)
    begin = lines.astype(np.float32) * scale
    end = (lines + 1).astype(np.float32) * scale
    first, beyond = np.floor(begin).astype(np.int64), np.ceil(end).astype(np.int64)
    reach = np.arange(int((beyond - first).max()))[:, np.newaxis]
    covered = first + reach
    upto = (covered + 1).astype(np.float32)
    ends_inside = upto > end
    partly = np.where(ends_inside, scale, upto - begin)
    wholly = np.where(ends_inside, end - covered.astype(np.float32), ONE)
    weight = np.where(covered.astype(np.float32) < begin, partly, wholly)
    weight = np.where(covered < beyond, weight, np.float32(0)).astype(np.float32)
    return Taps(np.clip(covered, 0, source - 1), weight)


def _area(pixels: Array, rows: Taps, columns: Taps, scale: np.float32) -> Floats:
    first = int(rows.index.min())
    needed = pixels[first : int(rows.index.max()) + 1]
    narrow = np.empty((needed.shape[0], columns.index.shape[1], pixels.shape[2]), np.float32)

    def band(top: int) -> None:
        narrow[top : top + BAND] = _across(needed[top : top + BAND], columns)

    in_threads(band, range(0, needed.shape[0], BAND), needed.size)
    summed = _down(narrow, Taps(rows.index - first, rows.weight))
    summed *= scale
    return summed


def _triangle_taps(lines: Indices, source: int, target: int) -> Taps:
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
    usable = np.abs(total) >= np.float32(1000) * np.finfo(np.float32).tiny
    weight *= np.where(usable, ONE / np.where(usable, total, ONE), np.float32(0))
    return Taps(np.minimum(index, source - 1), weight)


def _antialiased(pixels: Array, rows: Taps, columns: Taps) -> Floats:
    first, last = int(rows.index.min()), int(rows.index.max()) + 1
    return _across(_down(_packed(pixels[first:last]), Taps(rows.index - first, rows.weight)), columns)


def _packed(pixels: Array) -> Array:
    """Gives the same values side by side: rows that lie so are weighed four times as fast."""
    if pixels.flags.c_contiguous:
        return pixels
    packed = np.empty(pixels.shape, pixels.dtype)
    for channel in range(pixels.shape[2]):
        packed[..., channel] = pixels[..., channel]
    return packed


def _down(pixels: Array, taps: Taps) -> Floats:
    """Weighs source rows, one wanted row at a time, so that the sums stay in the processor's cache."""
    height, width, channels = taps.index.shape[1], pixels.shape[1], pixels.shape[2]
    summed = np.zeros((height, width, channels), np.float32)

    def part(top: int) -> None:
        term = np.empty((width, channels), np.float32)
        for row in range(top, min(top + BAND, height)):
            for source, weight in zip(taps.index[:, row], taps.weight[:, row], strict=True):
                if weight != 0:
                    np.multiply(pixels[source], weight, out=term)
                    summed[row] += term

    in_threads(part, range(0, height, BAND), pixels.size)
    return summed


def _across(pixels: Array, taps: Taps) -> Floats:
    """Weighs source columns, all wanted columns at once, for each tap."""
    height, width, channels = pixels.shape[0], taps.index.shape[1], pixels.shape[2]
    columns = side_by_side(pixels)
    summed = np.zeros((width, columns.shape[1]), np.float32)
    for index, weight in zip(taps.index, taps.weight, strict=True):
        term = columns.take(index, axis=0)
        term *= weight[:, np.newaxis]
        summed += term
    return np.ascontiguousarray(summed.reshape(width, channels, height).transpose(2, 0, 1))
