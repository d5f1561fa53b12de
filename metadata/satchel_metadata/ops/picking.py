"""Copying what is read of a picture: whole rows, single pixels, neighbours, as items of whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float32]
Indices = NDArray[np.int64]

_TILE = 128
"""Columns copied at a time where rows lie as columns in memory."""
_READ = 1 << 19
"""Bytes of whole rows copied at a time, of which only some pixels are kept: half a megabyte."""


@dataclass(frozen=True)
class Taps:
    """Which source lines make each wanted line, and with which weights: both are [taps, lines], not to be written to.

    Two kernels weigh otherwise: `nearest` has no weights, `bilinear` has one, the share of the second of two lines.
    """

    index: Indices
    weight: Floats

    def __getitem__(self, lines: slice) -> Taps:
        """Gives the taps of some of the wanted lines."""
        return Taps(self.index[:, lines], self.weight[:, lines])

    @cached_property
    def read(self) -> tuple[Indices, Taps]:
        """Gives the source lines that are read at all, in order, and the taps counted in these."""
        lines, places = np.unique(self.index, return_inverse=True)
        return lines, Taps(places.reshape(self.index.shape), self.weight)


def items(values: Array, channels: int) -> Array:
    """Gives [..., w * c] as [..., w] of whole pixels, which numpy copies at once."""
    size = channels * values.itemsize
    return values.view(np.uint32 if size == 4 else f"V{size}")


def packed(pixels: Array) -> Array:
    """Gives the same picture with its rows in one stretch each, one after the other."""
    if pixels.flags.c_contiguous or pixels.strides[2] != pixels.itemsize:
        return np.ascontiguousarray(pixels)
    stretched = np.empty(pixels.shape, pixels.dtype)
    source, target = items(pixels, pixels.shape[2]), items(stretched, pixels.shape[2])
    for left in range(0, pixels.shape[1], _TILE):
        target[:, left : left + _TILE] = source[:, left : left + _TILE]
    return stretched


def picked(pixels: Array, rows: Indices, columns: Indices) -> Array:
    """Gives [lists, rows, columns * c] of these rows, for each of several lists of columns, [lists, columns]."""
    (height, _, channels), (lists, count) = pixels.shape, columns.shape
    if not pixels.flags.c_contiguous:
        whole = items(pixels, channels)[..., 0] if pixels.strides[2] == pixels.itemsize else pixels
        found: Array = whole[rows[:, np.newaxis], columns[:, np.newaxis]].view(pixels.dtype)
        return found.reshape(lists, len(rows), -1)
    if channels * pixels.itemsize == 4:
        places = (rows * pixels.shape[1])[:, np.newaxis] + columns[:, np.newaxis]
        taken = pixels.reshape(-1).view(np.uint32).take(places, mode="clip")
        return taken.view(pixels.dtype).reshape(lists, len(rows), -1)
    lines = pixels.reshape(height, -1)
    kept = np.empty((lists, len(rows), count * channels), pixels.dtype)
    step = max(1, _READ // lines[0].nbytes)
    for top in range(0, len(rows), step):
        some = items(lines.take(rows[top : top + step], axis=0), channels)
        for index, part in zip(columns, kept[:, top : top + step], strict=True):
            some.take(index, axis=1, out=items(part, channels), mode="clip")
    return kept


def compact(pixels: Array, rows: Taps, columns: Taps) -> tuple[Array, Taps, Taps]:
    """Gives what is read of a picture as a small one, and the taps counted in it: neighbours are copied at once."""
    run, count = columns.index.shape
    first = np.minimum(columns.index.min(axis=0), pixels.shape[1] - run)
    read = rows.index.reshape(-1)
    if pixels.flags.c_contiguous and pixels.shape[2] * pixels.itemsize != 4:
        height, width, channels = pixels.shape
        item = f"V{run * channels * pixels.itemsize}"
        windows: Array = np.ndarray((height, width - run + 1), item, pixels, strides=pixels.strides[:2])
        small = windows[read[:, np.newaxis], first].view(pixels.dtype)
    else:
        small = picked(pixels, read, (first[:, np.newaxis] + np.arange(run)).reshape(1, -1))
    down = Taps(np.arange(read.size).reshape(rows.index.shape), rows.weight)
    across = Taps(columns.index - first + run * np.arange(count), columns.weight)
    return small.reshape(read.size, run * count, -1), down, across
