"""Weighing rows and columns of pictures: what resizing as TensorFlow and as OpenCV do is made of, binary32 throughout.

Sums run in the order of the taps, one rounding an operation. Pictures of bytes are weighed by compiled code where it
was built. All others, and those without it, get few, long calls of numpy: pixels are copied as items of one pixel, rows
are weighed as whole rows, and what is weighed at a time stays in the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import DTypeLike

from satchel_metadata.ops import compiled
from satchel_metadata.ops.bands import together
from satchel_metadata.ops.picking import Array, Floats, Taps, compact, items, packed, picked
from satchel_metadata.ops.raster import Raster

ONE = np.float32(1)
_CACHED = 1 << 17
"""Values weighed at a time: half a megabyte."""
_AT_ONCE = 1 << 20
"""Terms made at a time where all taps are weighed at once: four megabytes."""
_LONG_ROWS = 2
"""Rows wanted at a time where they are too long for the cache: neighbours read much of the same."""
_FEW = 8
"""Taps that are weighed in turn, in calls so short that a second thread, which waits for the interpreter at each, costs
more than it spares."""
_BAND = 64
"""The most wanted rows that one call of a kernel makes."""
_MUCH = 10_000_000
"""Products of more taps than that, from which several threads are worth it."""
SHORT, _LONG = 16, 8192
"""Values that numpy buffers; 8192 is its own choice."""

Kernel = Callable[[Array, Taps, Taps], Array]
"""From pixels [h, w, c] and the taps of rows and columns to values [rows, columns * c]."""


def weighed(
    picture: Raster | Array,
    kernel: Kernel,
    rows: Taps,
    columns: Taps,
    dtype: DTypeLike,
    finish: Callable[[Array], Array],
) -> Array:
    """Gives what a kernel makes of a picture, on several threads where there is much to do.

    Args:
        picture: a Raster, or uint8 or float32 [h, w, c].
        kernel: one of this module's.
        rows: the taps of the wanted rows.
        columns: the taps of the wanted columns.
        dtype: of the result.
        finish: makes values of this dtype of what the kernel gives; may write over it.

    Returns:
        [rows, columns, c].
    """
    pixels, kept = (picture.quads, 3) if isinstance(picture, Raster) else (picture, picture.shape[2])
    if kept == 3 and kernel in _COMPILED and compiled.serves(pixels):
        return finish(compiled.weighed(pixels, _COMPILED[kernel], rows, columns))
    height, width, channels = rows.index.shape[1], columns.index.shape[1], pixels.shape[2]
    made = np.empty((height, width * kept), dtype)
    step = min(_BAND, -(-height // 4))

    def band(top: int) -> None:
        lines = slice(top, top + step)
        with buffered(SHORT):
            found = finish(kernel(pixels, rows[lines], columns)).reshape(-1, width, channels)
        items(made[lines], kept)[...] = items(found[..., :kept], kept)[..., 0]

    tops = range(0, height, step)
    if _worth_threads(rows, columns, made.size):
        together(band, tops)
    else:
        for top in tops:
            band(top)
    return made.reshape(height, width, kept)


def _worth_threads(rows: Taps, columns: Taps, values: int) -> bool:
    taps = len(rows.index), len(columns.index)
    return min(taps) > _FEW and values * taps[0] * taps[1] >= _MUCH


@contextmanager
def buffered(values: int) -> Iterator[None]:
    """numpy writes out an operand that it repeats, until its buffer of 8192 values is full; a short buffer spares that.

    Weighing rows of 2,000 values then takes a third of the time; adding up along an axis takes many times as long.
    """
    before = np.setbufsize(values)
    try:
        yield
    finally:
        np.setbufsize(before)


def nearest(pixels: Array, rows: Taps, columns: Taps) -> Array:
    """Gives single pixels, of the dtype of the picture."""
    found: Array = picked(pixels, rows.index[0], columns.index)[0]
    return found


def bilinear(pixels: Array, rows: Taps, columns: Taps) -> Floats:
    """Gives first + (second - first) * share, along the rows, then down the columns."""
    left, mixed = picked(pixels, rows.index.reshape(-1), columns.index).astype(np.float32)
    mixed -= left
    mixed *= np.repeat(columns.weight[0], pixels.shape[2])
    mixed += left
    top, bottom = mixed.reshape(2, -1, mixed.shape[1])
    bottom -= top
    bottom *= rows.weight[0][:, np.newaxis]
    bottom += top
    return np.asarray(bottom)


def down_then_across(pixels: Array, rows: Taps, columns: Taps) -> Floats:
    """Gives the weighed sums of columns of the weighed sums of rows."""
    lines, rows = _read(pixels, rows)
    return _across(_down(lines, rows), columns, pixels.shape[2])


def across_then_down(pixels: Array, rows: Taps, columns: Taps) -> Floats:
    """Gives the weighed sums of rows of the weighed sums of columns."""
    lines, rows = _read(pixels, rows)
    return _down(_across(lines, columns, pixels.shape[2]), rows)


def few_down_then_across(pixels: Array, rows: Taps, columns: Taps) -> Floats:
    """Gives what down_then_across gives; where most columns of the picture are not read, it leaves them out first."""
    if pixels.shape[1] > 8 * columns.index.shape[1]:
        pixels, rows, columns = compact(pixels, rows, columns)
    return down_then_across(pixels, rows, columns)


_COMPILED = {
    bilinear: "bilinear",
    down_then_across: "down_then_across",
    few_down_then_across: "down_then_across",
    across_then_down: "across_then_down",
}


def _read(pixels: Array, rows: Taps) -> tuple[Array, Taps]:
    """Gives the rows that are read, [h, w * c], and the taps counted from the first of them."""
    first, beyond = int(rows.index.min()), int(rows.index.max()) + 1
    return packed(pixels[first:beyond]).reshape(beyond - first, -1), Taps(rows.index - first, rows.weight)


def _summed(terms: Floats, weights: Floats, axis: int) -> Floats:
    """Gives the sums along an axis of terms times weights; writes over the terms."""
    terms *= weights
    return _added(terms, axis)


def _added(terms: Floats, axis: int) -> Floats:
    """Gives the sums along an axis, added one after the other.

    numpy adds up in pairs, which is another order, along the innermost axis only: along this one where the axes behind
    it hold a single value.
    """
    if terms[0].size == 1 or terms.shape[axis + 1 :] == (1,):
        return np.asarray(np.add.accumulate(terms, axis=axis).take(-1, axis=axis))
    with buffered(_LONG):
        return np.asarray(np.add.reduce(terms, axis=axis))


def _down(lines: Array, rows: Taps) -> Floats:
    """Weighs the rows of [h, n]: gives float32 [wanted, n]."""
    return _down_in_turn(lines, rows) if len(rows.index) <= _FEW else _down_at_once(lines, rows)


def _down_at_once(lines: Array, rows: Taps) -> Floats:
    (taps, height), length = rows.index.shape, lines.shape[1]
    total = np.empty((height, length), np.float32)
    step = _AT_ONCE // (taps * length)
    if step < 2:
        for top in range(0, height, _LONG_ROWS):
            _down_long(lines, rows[top : top + _LONG_ROWS], total[top : top + _LONG_ROWS])
        return total
    for top in range(0, height, step):
        some = rows[top : top + step]
        terms = lines.take(some.index, axis=0, mode="clip").astype(np.float32, copy=False)
        total[top : top + step] = _summed(terms, some.weight[..., np.newaxis], 0)
    return total


def _down_long(lines: Array, rows: Taps, total: Floats) -> None:
    """Weighs rows too long for the cache, part by part; what wanted rows share is made binary32 once."""
    first, beyond = int(rows.index.min()), int(rows.index.max()) + 1
    width = max(1, _AT_ONCE // (beyond - first))
    for left in range(0, lines.shape[1], width):
        values = lines[first:beyond, left : left + width].astype(np.float32, copy=False)
        terms = np.empty((len(rows.index), values.shape[1]), np.float32)
        for place, index in enumerate(rows.index.T - first):
            neighbours = index[-1] - index[0] == len(index) - 1
            taken = values[index[0] : index[0] + len(index)] if neighbours else values[index]
            np.multiply(taken, rows.weight[:, place, np.newaxis], out=terms)
            total[place, left : left + width] = _added(terms, 0)


def _down_in_turn(lines: Array, rows: Taps) -> Floats:
    height, length = rows.index.shape[1], lines.shape[1]
    total = np.empty((height, length), np.float32)
    step = min(height, max(1, _CACHED // length))
    taken = np.empty((step, length), lines.dtype)
    terms = taken if lines.dtype == np.float32 else np.empty((step, length), np.float32)
    for top in range(0, height, step):
        some, part = rows[top : top + step], total[top : top + step]
        source, term = taken[: len(part)], terms[: len(part)]
        for place, (index, weight) in enumerate(zip(some.index, some.weight[..., np.newaxis], strict=True)):
            lines.take(index, axis=0, out=source, mode="clip")
            np.copyto(term, source)
            np.multiply(term, weight, out=part if place == 0 else term)
            if place > 0:
                part += term
    return total


def _across(lines: Array, columns: Taps, channels: int) -> Floats:
    """Weighs the columns of [h, w * c]: gives float32 [h, wanted * c]."""
    across = _across_in_turn if len(columns.index) <= _FEW else _across_at_once
    return across(lines, columns, channels)


def _across_at_once(lines: Array, columns: Taps, channels: int) -> Floats:
    total = np.empty((len(lines), columns.index.shape[1] * channels), np.float32)
    index, weights = columns.index.reshape(-1), np.repeat(columns.weight, channels, axis=1)
    step, source = max(1, _AT_ONCE // weights.size), items(lines, channels)
    for top in range(0, len(lines), step):
        taken = source[top : top + step].take(index, axis=1, mode="clip").view(lines.dtype)
        terms = taken.reshape(-1, *weights.shape).astype(np.float32, copy=False)
        total[top : top + step] = _summed(terms, weights, 1)
    return total


def _across_in_turn(lines: Array, columns: Taps, channels: int) -> Floats:
    height, length = len(lines), columns.index.shape[1] * channels
    total = np.empty((height, length), np.float32)
    step = min(height, max(1, _CACHED // lines.shape[1]))
    terms = np.empty((step, length), np.float32)
    weights = [np.repeat(weight, channels) for weight in columns.weight]
    whole = [bool((weight == ONE).all()) for weight in weights]
    for top in range(0, height, step):
        part = total[top : top + step]
        source = items(lines[top : top + step].astype(np.float32, copy=False), channels)
        for place, (index, weight) in enumerate(zip(columns.index, weights, strict=True)):
            term = part if place == 0 else terms[: len(part)]
            source.take(index, axis=1, out=items(term, channels), mode="clip")
            if not whole[place]:
                term *= weight
            if place > 0:
                part += term
    return total
