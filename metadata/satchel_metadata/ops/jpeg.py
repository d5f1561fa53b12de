"""Decoding a JPEG to the bits that Pillow gives, in less time, and into memory that resize reads as it is."""

from __future__ import annotations

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from satchel_metadata.errors import InputError
from satchel_metadata.ops.raster import empty_memory

_SPACES = {"YCbCr", "Gray", "RGB"}
_SUBSAMPLINGS = {"444", "422", "420", "Gray"}


def decode(data: bytes, width: int, height: int) -> NDArray[np.uint8] | None:
    """Gives the pixels of a JPEG, 4 bytes each, as Raster takes them; None when this JPEG is for Pillow to decode.

    Both libraries use libjpeg-turbo with its accurate DCT and fancy upsampling, so the bits are equal for the colour
    spaces and subsamplings that are allowed here. CMYK, unusual samplings and anything simplejpeg stumbles over are
    left to Pillow.

    Args:
        data: the whole file.
        width: columns, as Pillow reads them from the header.
        height: rows, likewise.

    Raises:
        InputError: input/truncated, when the file ends too early.
    """
    try:
        found_height, found_width, space, subsampling = simplejpeg.decode_jpeg_header(data)
        if (found_width, found_height) != (width, height) or space not in _SPACES or subsampling not in _SUBSAMPLINGS:
            return None
        memory = empty_memory(width, height)
        simplejpeg.decode_jpeg(data, colorspace="RGBX", buffer=memory)
    except ValueError as error:
        if "remature end" in str(error):
            raise InputError(
                "input/truncated",
                f"the JPEG is truncated or damaged ({error})",
                hint="Copy or download the photo again.",
            ) from None
        return None
    return memory
