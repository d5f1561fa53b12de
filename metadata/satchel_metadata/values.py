"""What an input is made from beside a photo, and what an answer is made of beside classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Row = Mapping[str, str | float | None]
"""A row of a table: column name -> text as it stands in the file, a number, or None for an empty cell."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture as a camera gives it: one plane of brightness, two of colour at half the width and height.

    Args:
        width: columns of the picture, even.
        height: rows, even.
        y, u, v: the bytes of each plane; u and v may be two views of one interleaved plane.
        y_row_stride, u_row_stride, v_row_stride: bytes from one row to the next.
        y_pixel_stride: bytes from one brightness to the next.
        uv_pixel_stride: bytes from one colour to the next: 1 where planes are apart, 2 where they are interleaved.
    """

    width: int
    height: int
    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]
    y_row_stride: int
    u_row_stride: int
    v_row_stride: int
    y_pixel_stride: int = 1
    uv_pixel_stride: int = 1

    @classmethod
    def nv21(cls, data: bytes | NDArray[np.uint8], width: int, height: int) -> Frame:
        """Gives the frame of NV21 bytes: width * height of brightness, then V and U by turns for each 2 x 2 pixels."""
        plane = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else data.reshape(-1)
        chroma = plane[width * height :]
        stride = (width + 1) // 2 * 2
        return cls(width, height, plane, chroma[1:], chroma, width, stride, stride, 1, 2)


@dataclass(frozen=True, eq=False)
class Signal:
    """A stretch of measurements.

    Args:
        values: float64 [samples, channels], in the order in which they were measured.
        rate: samples a second; None where it is not known, and then what the spec says is believed.
    """

    values: NDArray[np.float64]
    rate: float | None = None


@dataclass(frozen=True, eq=False)
class Detections:
    """Things that were found in a picture.

    Args:
        boxes: float32 [n, 4]: left, top, right, bottom.
        scores: float32 [n].
        classes: int64 [n], indices of the model's classes.
        labels: the name of each one's class; None before the label step.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    classes: NDArray[np.int64]
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Points:
    """Places in a picture.

    Args:
        xy: float32 [n, 2].
        scores: float32 [n], or None where the model gives none.
        names: what each one is; None before the label step.
    """

    xy: NDArray[np.float32]
    scores: NDArray[np.float32] | None = None
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Mask:
    """The class of each pixel of a picture.

    Args:
        indices: uint8 or int32 [height, width].
        labels: the name of each class; None before the label step.
    """

    indices: NDArray[np.uint8] | NDArray[np.int32]
    labels: tuple[str, ...] | None = None
