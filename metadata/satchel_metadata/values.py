"""What an input is made from beside a photo, and what an answer is made of beside classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError
from satchel_metadata.ops import yuv
from satchel_metadata.photo import Photo, Source, load_photo

Row = Mapping[str, str | float | None]
"""A row of a table: column name -> text as it stands in the file, a number, or None for an empty cell."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture as a camera gives it: one plane of brightness, two of colour at half the width and height.

    Args:
        width: columns of the picture.
        height: rows.
        y, u, v: the bytes of each plane; u and v may be two views of one interleaved plane. A row of colour has
            (width + 1) div 2 samples, and there are (height + 1) div 2 of them.
        y_row_stride, u_row_stride, v_row_stride: bytes from one row to the next.
        y_pixel_stride: bytes from one brightness to the next.
        uv_pixel_stride: bytes from one colour to the next: 1 where planes are apart, 2 where they are interleaved.
        range: full (0..255), or limited (16..235 and 16..240); None where it is not known, and then what the spec says
            is believed.
        rotation: degrees clockwise, 0, 90, 180 or 270, that make the picture upright; None likewise.

    Raises:
        InputError: input/wrong-frame, for another range or rotation.
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
    range: yuv.Range | None = None
    rotation: yuv.Rotation | None = None

    def __post_init__(self) -> None:
        _refuse_unknown("range", self.range, (None, "full", "limited"))
        _refuse_unknown("rotation", self.rotation, (None, 0, 90, 180, 270))

    @classmethod
    def nv21(
        cls,
        data: bytes | NDArray[np.uint8],
        width: int,
        height: int,
        *,
        range: yuv.Range | None = None,
        rotation: yuv.Rotation | None = None,
    ) -> Frame:
        """Gives the frame of NV21 bytes: width * height of brightness, then V and U by turns for each 2 x 2 pixels."""
        plane = np.frombuffer(data, np.uint8) if isinstance(data, bytes) else data.reshape(-1)
        chroma = plane[width * height :]
        stride = (width + 1) // 2 * 2
        return cls(width, height, plane, chroma[1:], chroma, width, stride, stride, 1, 2, range, rotation)

    @classmethod
    def planar(
        cls,
        y: NDArray[np.uint8],
        u: NDArray[np.uint8],
        v: NDArray[np.uint8],
        *,
        range: yuv.Range | None = None,
        rotation: yuv.Rotation | None = None,
    ) -> Frame:
        """Gives the frame of three planes as arrays.

        Args:
            y: uint8 [height, width].
            u, v: uint8 [(height + 1) div 2, (width + 1) div 2].
            range, rotation: as Frame has them.

        Raises:
            InputError: input/wrong-frame, for arrays of another dtype or shape.
        """
        half = tuple((side + 1) // 2 for side in y.shape)
        if y.ndim != 2 or u.shape != half or v.shape != half or {y.dtype, u.dtype, v.dtype} != {np.dtype(np.uint8)}:
            found = ", ".join(f"{plane.dtype} {list(plane.shape)}" for plane in (y, u, v))
            message = f"expected uint8 y [height, width], u and v half as large, found {found}"
            raise InputError("input/wrong-frame", message, hint="A half is rounded up.")
        flat_y, flat_u, flat_v = (np.ascontiguousarray(plane).reshape(-1) for plane in (y, u, v))
        (height, width), across = y.shape, half[1]
        return cls(width, height, flat_y, flat_u, flat_v, width, across, across, 1, 1, range, rotation)

    @classmethod
    def of_photo(
        cls,
        photo: Photo | Source,
        *,
        format: Literal["NV21", "YUV_420_888"] = "NV21",
        range: yuv.Range = "full",
        rotation: yuv.Rotation = 0,
    ) -> Frame:
        """Gives the frame that a camera turned by `rotation` might have given of a photo, by integer arithmetic.

        Args:
            photo: what load_photo takes, or what it gave.
            format: planes apart (YUV_420_888), or in NV21's order.
            range, rotation: of the frame; it is turned the other way, so that preparing it makes it upright again.

        Raises:
            InputError: the photo cannot be read; input/wrong-frame, for another range or rotation.
        """
        _refuse_unknown("range", range, ("full", "limited"))
        _refuse_unknown("rotation", rotation, (0, 90, 180, 270))
        pixels = (photo if isinstance(photo, Photo) else load_photo(photo)).pixels
        turned = np.rot90(pixels, rotation // 90)
        y, u, v = yuv.rgb_to_yuv(turned, range)
        if format == "YUV_420_888":
            return cls.planar(y, u, v, range=range, rotation=rotation)
        data = np.concatenate([y.reshape(-1), np.stack([v, u], axis=-1).reshape(-1)])
        return cls.nv21(data, y.shape[1], y.shape[0], range=range, rotation=rotation)


def _refuse_unknown(name: str, found: object, allowed: tuple[object, ...]) -> None:
    if found not in allowed:
        hint = f"Allowed: {', '.join(str(each) for each in allowed if each is not None)}."
        raise InputError("input/wrong-frame", f"a frame of the {name} {found!r}", hint=hint)


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
