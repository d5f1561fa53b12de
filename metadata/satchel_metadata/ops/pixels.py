"""Moving pixels about: color, crop, pad, flip, layout. Values are never changed, except by color to GRAY."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from satchel_metadata.ops.geometry import Window

Array = NDArray[Any]
Colour = Literal["RGB", "BGR", "GRAY"]


def color(pixels: Array, source: Colour, to: Colour) -> Array:
    """Gives the picture in another order of channels, or in grey.

    Args:
        pixels: uint8 [h, w, 3].
        source: the order of its channels, RGB or BGR.
        to: RGB, BGR, or GRAY: [h, w, 1], Pillow's L: (19595 R + 38470 G + 7471 B + 32768) >> 16.
    """
    if source == to:
        return pixels
    if to != "GRAY":
        return pixels[..., ::-1]
    rgb = pixels if source == "RGB" else pixels[..., ::-1]
    grey = Image.fromarray(np.ascontiguousarray(rgb), "RGB").convert("L")
    return np.asarray(grey)[..., np.newaxis]


def crop(pixels: Array, window: Window) -> Array:
    """Gives the part of [h, w, c] that the window names."""
    return pixels[window.top : window.bottom, window.left : window.right]


def pad(pixels: Array, margins: tuple[int, int, int, int], value: tuple[int, ...]) -> Array:
    """Gives [h, w, c] with (left, top, right, bottom) margins of a constant colour, of the same dtype."""
    left, top, right, bottom = margins
    height, width, channels = pixels.shape
    if not any(margins):
        return pixels
    padded = np.empty((top + height + bottom, left + width + right, channels), pixels.dtype)
    padded[...] = np.array(value, pixels.dtype)
    padded[top : top + height, left : left + width] = pixels
    return padded


def flip(pixels: Array, axis: Literal["horizontal", "vertical"]) -> Array:
    """Gives [h, w, c] mirrored: `horizontal` swaps left and right, `vertical` top and bottom."""
    return pixels[:, ::-1] if axis == "horizontal" else pixels[::-1]


def layout(values: Array, source: Literal["NHWC", "NCHW"], to: Literal["NHWC", "NCHW"]) -> Array:
    """Gives [h, w, c] as [c, h, w], or the other way round."""
    if source == to:
        return values
    return values.transpose(2, 0, 1) if to == "NCHW" else values.transpose(1, 2, 0)
