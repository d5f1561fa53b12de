"""Camera frames: brightness and colour in planes of their own (YCbCr 4:2:0) to RGB and back, in integers.

To RGB, each pixel takes the colour sample that lies over it (nearest): sample (x div 2, y div 2). Full range is JFIF's
conversion in 16-bit fixed point; limited range is OpenCV's COLOR_YUV2RGB_NV21 (ITU-R BT.601 in 20-bit fixed point).
From RGB, full range is libjpeg's conversion, limited range that of OpenCV's COLOR_RGB2YUV_I420; colour is that of the
mean of 2 x 2 pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError

if TYPE_CHECKING:
    from satchel_metadata.values import Frame

Array = NDArray[Any]
Range = Literal["full", "limited"]
Rotation = Literal[0, 90, 180, 270]

_FORWARD: dict[Range, tuple[int, tuple[tuple[int, int, int, int], ...]]] = {
    "full": (
        16,
        (
            (19595, 38470, 7471, 32768),
            (-11059, -21709, 32768, 8421375),
            (32768, -27439, -5329, 8421375),
        ),
    ),
    "limited": (
        20,
        (
            (269484, 528482, 102760, 17301504),
            (-155188, -305135, 460324, 134742016),
            (460324, -385875, -74448, 134742016),
        ),
    ),
}
"""For each range the shift and, for Y, U and V, what R, G and B are multiplied by and what is added."""


def yuv_to_rgb(frame: Frame, value_range: Range, rotation: int) -> NDArray[np.uint8]:
    """Gives the picture of a camera's frame, uint8 [height, width, 3], RGB.

    Args:
        frame: of any size, odd ones too: there are (width + 1) div 2 colour samples in a row.
        value_range: full (0..255), or limited (16..235 and 16..240).
        rotation: 0, 90, 180 or 270 degrees clockwise, by which the picture is turned at the end.

    Raises:
        InputError: input/wrong-frame, when a plane is shorter than its size and strides say.
    """
    across, down = (frame.width + 1) // 2, (frame.height + 1) // 2
    y = _plane("y", frame.y, frame.width, frame.height, frame.y_row_stride, frame.y_pixel_stride)
    u = _plane("u", frame.u, across, down, frame.u_row_stride, frame.uv_pixel_stride)
    v = _plane("v", frame.v, across, down, frame.v_row_stride, frame.uv_pixel_stride)
    shift, brightness, colours = _terms(value_range, y, u.astype(np.int32) - 128, v.astype(np.int32) - 128)
    rgb = np.empty((frame.height, frame.width, 3), np.uint8)
    for channel, colour in enumerate(colours):
        whole = colour.repeat(2, axis=0)[: frame.height].repeat(2, axis=1)[:, : frame.width]
        whole += brightness
        whole >>= shift
        np.clip(whole, 0, 255, out=whole)
        rgb[..., channel] = whole
    return np.rot90(rgb, -(rotation // 90))


def rgb_to_yuv(pixels: NDArray[np.uint8], value_range: Range) -> tuple[Array, Array, Array]:
    """Gives the planes Y, U and V of a picture, uint8, those of colour half as wide and high, rounded up.

    Args:
        pixels: uint8 [height, width, 3], RGB.
        value_range: full (0..255), or limited (16..235 and 16..240).
    """
    shift, (bright, blue, red) = _FORWARD[value_range]
    height, width = pixels.shape[:2]
    wide = np.pad(pixels.astype(np.int32), ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    mean = (wide[0::2, 0::2] + wide[0::2, 1::2] + wide[1::2, 0::2] + wide[1::2, 1::2] + 2) >> 2
    return _plane_of(wide[:height, :width], bright, shift), _plane_of(mean, blue, shift), _plane_of(mean, red, shift)


def _plane_of(pixels: Array, terms: tuple[int, int, int, int], shift: int) -> Array:
    red, green, blue, more = terms
    sums: Array = pixels[..., 0] * red + pixels[..., 1] * green + pixels[..., 2] * blue + more
    return (sums >> shift).astype(np.uint8)


def _terms(value_range: Range, y: Array, cb: Array, cr: Array) -> tuple[int, Array, tuple[Array, Array, Array]]:
    """Gives (shift, brightness, colours): a channel is (brightness + colour) >> shift, arithmetically.

    With full range Y is shifted up first: Y << 16 adds nothing to the bits below, so the sum shifted down is the
    sum of Y and the colour shifted down.
    """
    if value_range == "full":
        half = 1 << 15
        colours = (91881 * cr + half, -22554 * cb - 46802 * cr + half, 116130 * cb + half)
        return 16, y.astype(np.int32) << 16, colours
    half = 1 << 19
    colours = (1673527 * cr + half, -852492 * cr - 409993 * cb + half, 2116026 * cb + half)
    return 20, np.maximum(y.astype(np.int32) - 16, 0) * 1220542, colours


def _plane(name: str, data: Array, width: int, height: int, row_stride: int, pixel_stride: int) -> Array:
    """Gives the samples of a plane as [height, width], without copying them."""
    if width < 1 or height < 1:
        raise InputError(
            "input/empty",
            f"the frame has no pixels (the plane {name} is {width} x {height})",
            hint="Give the frame's width and height as the camera states them.",
        )
    if pixel_stride < 1 or row_stride < (width - 1) * pixel_stride + 1:
        message = f"plane {name}: {width} samples {pixel_stride} bytes apart do not fit in rows of {row_stride} bytes"
        raise InputError("input/wrong-frame", message, hint="Give the row and pixel strides as the camera states them.")
    flat = np.asarray(data).reshape(-1)
    needed = (height - 1) * row_stride + (width - 1) * pixel_stride + 1
    if flat.dtype != np.uint8 or flat.size < needed:
        message = f"plane {name}: expected at least {needed} bytes, found {flat.size} of {flat.dtype}"
        raise InputError("input/wrong-frame", message, hint="Give the planes whole, with the frame's width and height.")
    stride = flat.strides[0]
    return np.lib.stride_tricks.as_strided(
        flat, (height, width), (row_stride * stride, pixel_stride * stride), writeable=False
    )
