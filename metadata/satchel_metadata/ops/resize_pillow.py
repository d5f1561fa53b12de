"""resize pillow.*: Pillow's Image.resize on 8-bit samples, the horizontal pass first, uint8 between the passes.

Pillow 12.3 turns that order round for a picture more than a hundred times as high as wide that is made lower; later
versions do so more often. Here the order is always the same, because each pass is a call of its own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from satchel_metadata.ops import bands
from satchel_metadata.ops.geometry import Window
from satchel_metadata.ops.raster import Raster

METHODS = {
    "pillow.nearest": Image.Resampling.NEAREST,
    "pillow.box": Image.Resampling.BOX,
    "pillow.bilinear": Image.Resampling.BILINEAR,
    "pillow.hamming": Image.Resampling.HAMMING,
    "pillow.bicubic": Image.Resampling.BICUBIC,
    "pillow.lanczos": Image.Resampling.LANCZOS,
}
_SUPPORT = {
    "pillow.box": 0.5,
    "pillow.bilinear": 1.0,
    "pillow.hamming": 1.0,
    "pillow.bicubic": 2.0,
    "pillow.lanczos": 3.0,
}
_LARGE = 100_000
"""Pixels from which threads win more than they cost."""


def resize(picture: Raster | Image.Image, width: int, height: int, method: str, window: Window) -> NDArray[np.uint8]:
    """Gives the window of the picture resized to width x height.

    Args:
        picture: RGB or L.
        width: columns of the whole resized picture.
        height: its rows.
        method: pillow.nearest, .box, .bilinear, .hamming, .bicubic or .lanczos.
        window: the part of the resized picture that is wanted.

    Returns:
        uint8 [h, w, 3], or [h, w, 1] of an L picture.
    """
    if method == "pillow.nearest":
        source = picture.image if isinstance(picture, Raster) else picture
        kept = (window.left, window.top, window.right, window.bottom)
        resized = source.resize((width, height), METHODS[method]).crop(kept)
    else:
        narrow = _narrowed(picture, width, height, method, window)
        resized = narrow.resize((window.width, height), METHODS[method]).crop(
            (0, window.top, window.width, window.bottom)
        )
    pixels = np.asarray(resized)
    return pixels if pixels.ndim == 3 else pixels[..., np.newaxis]


def resize_array(pixels: NDArray[Any], width: int, height: int, method: str, window: Window) -> NDArray[np.uint8]:
    """Gives what `resize` gives, of uint8 [h, w, 3] or [h, w, 1]."""
    plain = np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    return resize(Image.fromarray(plain), width, height, method, window)


def rows_read(rows: int, height: int, method: str, top: int, bottom: int) -> tuple[int, int]:
    """Gives the rows [first, last) of which the vertical pass from `rows` to `height` makes its rows [top, bottom).

    Pillow weighs the rows within support * scale of each centre; two more on both sides stand for its roundings.
    """
    scale = rows / height
    reach = _SUPPORT[method] * max(scale, 1.0) + 2
    first = math.floor((top + 0.5) * scale - reach)
    last = math.ceil((bottom - 0.5) * scale + reach)
    return max(0, first), min(rows, last)


def _narrowed(picture: Raster | Image.Image, width: int, height: int, method: str, window: Window) -> Image.Image:
    """The horizontal pass, of the rows that the window needs, in bands side by side; then the window's columns of it.

    There are two bands a thread, so that one which wakes late is waited for less.
    The other rows stay black: the vertical pass computes its coefficients for the whole and never reads them for the
    rows of the window. A column of it depends on no other column.
    """
    filtered = METHODS[method]
    first, last = rows_read(picture.height, height, method, window.top, window.bottom)
    count = min(2 * bands.processors(), last - first) if picture.width * picture.height >= _LARGE else 1
    edges = [first + (last - first) * place // count for place in range(count + 1)]
    narrow = Image.new(picture.mode if isinstance(picture, Image.Image) else "RGB", (window.width, picture.height))

    def band(place: int) -> None:
        top, bottom = edges[place], edges[place + 1]
        if isinstance(picture, Raster):
            rows = picture.narrowed(top, bottom, width, filtered)
        else:
            rows = picture.crop((0, top, picture.width, bottom)).resize((width, bottom - top), filtered)
        narrow.paste(rows.crop((window.left, 0, window.right, bottom - top)), (0, top))

    bands.together(band, range(count))
    return narrow
