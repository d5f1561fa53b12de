"""tf.bilinear and tf.bicubic of rows of 4-byte pixels as a decoded photo has them, in TensorFlow's order, binary32.

Only what is read of the picture is copied, as items of whole pixels, and all four bytes of a pixel are weighed: leaving
the fourth out costs more. Bands of rows stay in the cache, in buffers that are kept from one call to the next.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.ops.picking import Array, Floats, Taps
from satchel_metadata.ops.weighing import SHORT, buffered

Pixels = NDArray[np.uint32]
Band = Callable[[slice], Floats]
"""From some of the wanted lines to their values, [lines, columns * 4]."""

_BILINEAR, _BICUBIC = 3 << 15, 1 << 17
"""Values weighed at a time."""
_FEW = 5
"""So many times as wide as wanted, a picture is read by single pixels."""
_KEPT = 1 << 23
"""Bytes of the largest buffer that is kept for the next call."""

_kept = threading.local()


def resized(quads: NDArray[np.uint8], method: str, rows: Taps, columns: Taps) -> Floats:
    """Gives the first three channels of a picture resized.

    Args:
        quads: uint8 [h, w, 4], contiguous, at least 2 columns.
        method: one of METHODS.
        rows: the taps of the wanted rows.
        columns: the taps of the wanted columns.

    Returns:
        float32 [rows, columns, 3].
    """
    height, width = rows.index.shape[1], columns.index.shape[1]
    made = np.empty(height * width * 3 + 1, np.float32)
    # A pixel is written with its fourth value, over which the next pixel is written.
    pixels: Array = np.ndarray((height, width), np.complex128, made, strides=(width * 12, 12))
    with buffered(SHORT):
        step, band = METHODS[method](quads.view(np.uint32)[..., 0], rows, columns)
        for top in range(0, height, step):
            lines = slice(min(top, height - step), min(top + step, height))
            pixels[lines] = band(lines).view(np.complex128)
    return made[:-1].reshape(height, width, 3)


def _bilinear(picture: Pixels, rows: Taps, columns: Taps) -> tuple[int, Band]:
    """first + (second - first) * share, along the rows, then down the columns; the second pixel is the one behind."""
    width, flat = columns.index.shape[1], picture.reshape(-1)
    step = _step(rows, _BILINEAR, 4 * 4 * width)
    starts, share = rows.index * picture.shape[1], np.repeat(columns.weight[0], 4)
    places = _buffer("places", np.int64, 2, step, width)
    found = _buffer("found", np.uint32, 2, 2, step, width)
    values = _buffer("values", np.float32, 2, 2, step, 4 * width)

    def band(lines: slice) -> Floats:
        np.add(starts[:, lines, np.newaxis], columns.index[0], out=places)
        flat.take(places, out=found[0], mode="clip")
        flat[1:].take(places, out=found[1], mode="clip")
        np.copyto(values, found.view(np.uint8))
        left, mixed = values
        mixed -= left
        mixed *= share
        mixed += left
        top, bottom = mixed
        bottom -= top
        bottom *= rows.weight[0][lines, np.newaxis]
        bottom += top
        return np.asarray(bottom)

    return step, band


def _bicubic(picture: Pixels, rows: Taps, columns: Taps) -> tuple[int, Band]:
    """Weighed sums of four rows, then of four columns of these, each from the first product on."""
    width, (stored, flat) = columns.index.shape[1], (picture.shape[1], picture.reshape(-1))
    few, index = stored > _FEW * width, columns.index.reshape(-1)
    read = index.size if few else stored
    step = _step(rows, _BICUBIC, 4 * max(4 * read, index.size))
    starts, weights = rows.index * stored, np.repeat(columns.weight, 4, axis=1)
    places = _buffer("places", np.int64, 4, step, read if few else 0)
    found = _buffer("found", np.uint32, 4, step, read)
    values = _buffer("values", np.float32, 4, step, 4 * read)
    terms = values[0] if few else _buffer("terms", np.float32, step, 4 * index.size)

    def band(lines: slice) -> Floats:
        if few:
            np.add(starts[:, lines, np.newaxis], index, out=places)
            flat.take(places, out=found, mode="clip")
        else:
            picture.take(rows.index[:, lines], axis=0, out=found, mode="clip")
        np.copyto(values, found.view(np.uint8))
        np.multiply(values, rows.weight[:, lines, np.newaxis], out=values)
        down = _added(values)
        if not few:
            down.view(np.complex128).take(index, axis=1, out=terms.view(np.complex128), mode="clip")
        across = terms.reshape(step, *weights.shape)
        across *= weights
        return _added(across.swapaxes(0, 1))

    return step, band


def _added(terms: Floats) -> Floats:
    """Gives the sum of four terms, one after the other, in the place of the first."""
    total: Floats = terms[0]
    for term in terms[1:]:
        total += term
    return total


def _step(rows: Taps, at_once: int, values: int) -> int:
    """Gives how many lines of so many values are weighed at a time, in bands of about one size."""
    height = rows.index.shape[1]
    bands = -(-height // max(1, at_once // values))
    return -(-height // bands)


def _buffer(use: str, dtype: type[np.generic], *shape: int) -> Array:
    """Gives uninitialised memory, that of the call before on this thread where it is large enough."""
    size = math.prod(shape)
    held: Array | None = _kept.__dict__.get(use)
    if held is None or held.size < size:
        held = np.empty(size, dtype)
        if held.nbytes <= _KEPT:
            _kept.__dict__[use] = held
    return held[:size].reshape(shape)


METHODS = {"tf.bilinear": _bilinear, "tf.bicubic": _bicubic}
