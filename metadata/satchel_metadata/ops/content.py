"""Where a picture's content is: the box of what is above a threshold, and the centre of mass of its values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError
from satchel_metadata.ops.geometry import Window

Array = NDArray[Any]
_ROWS = 256
"""Rows whose sums are made at a time, so that a large picture needs little memory beside its own."""


def content_window(value: Array, threshold: float) -> Window:
    """Gives the smallest window of [h, w, c] with every pixel of which a channel is above the binary32 threshold.

    Raises:
        InputError: input/empty-drawing, when there is no such pixel.
    """
    above = (value > np.float32(threshold)).any(axis=2)
    rows, columns = np.flatnonzero(above.any(axis=1)), np.flatnonzero(above.any(axis=0))
    if not rows.size:
        raise _empty(f"no value is above the threshold {threshold:g}")
    return Window(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def placed_by_mass(value: Array, width: int, height: int) -> Array:
    """Gives height x width pixels of 0 in which the pixel that holds the centre of mass of [h, w, c] is the middle one.

    That pixel comes to (width div 2, height div 2); what then lies outside is cut off. A value's mass is itself, 0
    where it is below 0. With values that are not negative the centre is scipy.ndimage.center_of_mass.

    Raises:
        InputError: input/empty-drawing, when no value is above 0.
    """
    across, down = _middle_pixel(value)
    left, top = width // 2 - across, height // 2 - down
    first_x, last_x = max(left, 0), min(left + value.shape[1], width)
    first_y, last_y = max(top, 0), min(top + value.shape[0], height)
    out = np.zeros((height, width, value.shape[2]), value.dtype)
    out[first_y:last_y, first_x:last_x] = value[first_y - top : last_y - top, first_x - left : last_x - left]
    return out


def _middle_pixel(value: Array) -> tuple[int, int]:
    """Gives the column and row that hold the centre of mass: sums in binary64, one value after the other."""
    columns = np.broadcast_to(np.arange(value.shape[1], dtype=np.float64)[:, np.newaxis], value.shape[1:])
    mass = across = down = 0.0
    for start in range(0, value.shape[0], _ROWS):
        part = np.maximum(value[start : start + _ROWS], 0).astype(np.float64)
        rows = np.arange(start, start + len(part), dtype=np.float64)[:, np.newaxis, np.newaxis]
        mass = _added(mass, part)
        across = _added(across, part * columns)
        down = _added(down, part * rows)
    if mass == 0:
        raise _empty("no value is above 0")
    return int(across / mass + 0.5), int(down / mass + 0.5)


def _added(total: float, values: Array) -> float:
    """Gives a sum with more terms, added in their order."""
    return float(np.cumsum(np.concatenate(([total], values.reshape(-1))))[-1])


def _empty(message: str) -> InputError:
    return InputError("input/empty-drawing", message, hint="Draw something first, or look at which values the ink has.")
