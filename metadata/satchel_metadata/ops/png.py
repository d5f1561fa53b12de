"""Decoding a PNG to the bits that Pillow gives, in less time, and into memory that resize reads as it is."""

from __future__ import annotations

import zlib

import numpy as np
import pyspng
from numpy.typing import NDArray

LARGEST = 2**24
"""Pixels up to which a PNG is decoded here: while it decodes, libspng lets no other thread of Python run."""
_SIGNATURE, _BIT_DEPTH = 8, 24
_LEFT_TO_PILLOW = {b"eXIf", b"tRNS", b"acTL"}
"""Chunks that change what is seen: orientation, a transparent colour, frames."""


def decode(data: bytes, width: int, height: int) -> NDArray[np.uint8] | None:
    """Gives the pixels of a PNG, 4 bytes each, as Raster takes them; None when this PNG is for Pillow to decode.

    A PNG holds its samples exactly, so that the bits are equal for 8-bit samples in RGB or grey. libspng checks no
    checksum, so those of the chunks are checked here (that of the compressed stream covers the same bytes). A file in
    which one is wrong, and anything else that libspng stumbles over, is left to Pillow, whose verdict counts.

    Args:
        data: the whole file, of which Pillow has found that it is RGB or L.
        width: columns, as Pillow reads them from the header.
        height: rows, likewise.
    """
    if width * height > LARGEST or data[_BIT_DEPTH] != 8 or not _plain_and_whole(data):
        return None
    try:
        pixels = pyspng.load(data, format="RGBA")
    except RuntimeError:
        return None
    return pixels.reshape(-1) if pixels.shape == (height, width, 4) else None


def _plain_and_whole(data: bytes) -> bool:
    """Says whether every chunk up to the last has the checksum that it states, and none is for Pillow."""
    view, place = memoryview(data), _SIGNATURE
    while place + 12 <= len(data):
        kind, end = data[place + 4 : place + 8], place + 8 + int.from_bytes(data[place : place + 4])
        stated = data[end : end + 4]
        if kind in _LEFT_TO_PILLOW or len(stated) < 4 or zlib.crc32(view[place + 4 : end]) != int.from_bytes(stated):
            return False
        if kind == b"IEND":
            return True
        place = end + 4
    return False
