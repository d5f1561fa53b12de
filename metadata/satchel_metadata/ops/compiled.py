"""Weighing pictures of bytes in compiled code (weighing.c), where it was built: to the bit what weighing.py gives.

Building the package makes the library wherever there is a C compiler; without it numpy does the same, more slowly.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from satchel_metadata.ops.bands import together
from satchel_metadata.ops.picking import Array, Floats, Taps

_ALONE = 1_000_000
"""Products, below which a second thread takes as long to wake as it spares."""
_BANDS = 8
"""Parts of a picture that are made several at a time."""


class _Picture(ctypes.Structure):
    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("row", ctypes.c_ssize_t),
        ("column", ctypes.c_ssize_t),
        ("channels", ctypes.c_int64),
    )


class _Taps(ctypes.Structure):
    _fields_ = (
        ("index", ctypes.c_void_p),
        ("weight", ctypes.c_void_p),
        ("taps", ctypes.c_int64),
        ("lines", ctypes.c_int64),
    )


def _opened() -> Any:
    """Gives the library, or None where it was not built or this machine cannot load it."""
    path = Path(__file__).with_name("_weighing.so")
    try:
        library = ctypes.CDLL(str(path))
    except OSError:
        return None
    structures = (ctypes.POINTER(_Picture), ctypes.POINTER(_Taps), ctypes.POINTER(_Taps))
    band = (ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p)
    library.satchel_bilinear.argtypes = (*structures, *band)
    library.satchel_down_then_across.argtypes = (*structures, ctypes.c_void_p, ctypes.c_int64, *band)
    library.satchel_across_then_down.argtypes = (*structures, *band)
    return library


library: Any = _opened()
"""What weighing.c was built to; None where there is none."""


def serves(pixels: Array) -> bool:
    """Says whether this picture can be weighed here: uint8 with 3 or 4 channels that are neighbours in memory."""
    return library is not None and pixels.dtype == np.uint8 and pixels.shape[2] in (3, 4) and pixels.strides[2] == 1


def weighed(pixels: Array, form: str, rows: Taps, columns: Taps) -> Floats:
    """Gives what the kernel of this name in weighing.py makes of the first three channels.

    Args:
        pixels: uint8 [h, w, 3 or 4], one that `serves` is true of.
        form: bilinear, down_then_across or across_then_down.
        rows: the taps of the wanted rows.
        columns: the taps of the wanted columns.

    Returns:
        float32 [rows, columns, 3].
    """
    if form != "bilinear" and abs(pixels.strides[0]) < abs(pixels.strides[1]):
        # Rows lie as columns in memory: the same sums are quicker in the order in which the pixels are stored.
        turned = "across_then_down" if form == "down_then_across" else "down_then_across"
        found = _weighed(pixels.transpose(1, 0, 2), turned, columns, rows)
        return np.ascontiguousarray(found.transpose(1, 0, 2))
    return _weighed(pixels, form, rows, columns)


def _weighed(pixels: Array, form: str, rows: Taps, columns: Taps) -> Floats:
    height, width = rows.index.shape[1], columns.index.shape[1]
    made = np.empty((height, width, 3), np.float32)
    make = _maker(pixels, form, rows, columns)
    step = -(-height // _BANDS)

    def band(top: int) -> None:
        if make(top, min(top + step, height), made.ctypes.data):
            raise MemoryError("there is no memory for resizing")

    if made.size * len(rows.index) * len(columns.index) < _ALONE:
        step = height
    together(band, range(0, height, step))
    return made


def _maker(pixels: Array, form: str, rows: Taps, columns: Taps) -> Callable[[int, int, int], int]:
    """Gives what makes the wanted lines from one to another of the values at an address."""
    picture = _Picture(pixels.ctypes.data, pixels.strides[0], pixels.strides[1], pixels.shape[2])
    call = getattr(library, f"satchel_{form}")
    if form != "down_then_across":
        return lambda top, bottom, made: int(call(picture, _given(rows), _given(columns), top, bottom, made))
    read, counted = columns.read
    count, start = len(read), read.ctypes.data
    return lambda top, bottom, made: int(call(picture, _given(rows), _given(counted), start, count, top, bottom, made))


def _given(taps: Taps) -> _Taps:
    return _Taps(taps.index.ctypes.data, taps.weight.ctypes.data, *taps.index.shape)
