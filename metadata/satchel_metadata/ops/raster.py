"""An RGB picture as it lies in memory, and how it stands: what a resize reads without copying it first.

A decoded JPEG of 12 megapixels is 48 MB. Turning it upright, cutting it or handing it from numpy to Pillow would each
copy all of that; Pillow can also look at rows of 4 bytes a pixel where they are, and the EXIF orientation can wait
until the picture is small.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BYTES = 4
"""A pixel in memory is red, green, blue and one byte that is never read."""

Transpose = Image.Transpose
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What turns a stored picture upright, by EXIF orientation; 1 is upright already."""

_ROWS_MIRRORED = {3, 4, 6, 7}
_COLUMNS_MIRRORED = {2, 3, 7, 8}
_SWAPPED = {5, 6, 7, 8}


@dataclass(frozen=True, eq=False)
class Raster:
    """Rows of 4-byte pixels and the EXIF orientation under which they are to be seen.

    Args:
        memory: uint8, flat; for the orientations 5 to 8 at least one row longer than the picture: Pillow measures a
            window from its first byte by whole rows, and so reads past the end on paper (never in fact).
        stored_width: columns as stored.
        stored_height: rows as stored.
        orientation: EXIF, 1 to 8.
    """

    memory: NDArray[np.uint8]
    stored_width: int
    stored_height: int
    orientation: int = 1

    @property
    def swapped(self) -> bool:
        """Says whether the rows of the upright picture are columns as stored."""
        return self.orientation in _SWAPPED

    @property
    def width(self) -> int:
        """Gives the columns of the upright picture."""
        return self.stored_height if self.swapped else self.stored_width

    @property
    def height(self) -> int:
        """Gives the rows of the upright picture."""
        return self.stored_width if self.swapped else self.stored_height

    @cached_property
    def image(self) -> Image.Image:
        """Gives the whole picture, upright, RGB."""
        whole = self._view(0, 0, self.stored_width, self.stored_height, 1)
        return whole.transpose(UPRIGHT[self.orientation]) if self.orientation in UPRIGHT else whole

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """Gives the upright picture as uint8 [h, w, 3], a view of the memory."""
        return self.quads[..., :3]

    @cached_property
    def quads(self) -> NDArray[np.uint8]:
        """Gives the upright picture as uint8 [h, w, 4] with the byte that is never read, a view of the memory."""
        size = self.stored_height * self.stored_width * BYTES
        seen: NDArray[Any] = self.memory[:size].reshape(self.stored_height, self.stored_width, BYTES)
        seen = seen[::-1] if self.orientation in _ROWS_MIRRORED else seen
        seen = seen[:, ::-1] if self.orientation in _COLUMNS_MIRRORED else seen
        return seen.transpose(1, 0, 2) if self.swapped else seen

    def narrowed(self, top: int, bottom: int, width: int, method: Image.Resampling) -> Image.Image:
        """Gives the rows [top, bottom) of the upright picture, resized to `width` columns.

        The rows may be columns as stored: then Pillow's vertical pass does the same sums as its horizontal pass would
        on the turned picture, and only the small result is turned.
        """
        rows = bottom - top
        if not self.swapped:
            band = self._rows(top, bottom)
            if self.orientation in _COLUMNS_MIRRORED:
                band = band.transpose(Transpose.FLIP_LEFT_RIGHT)
            return band.resize((width, rows), method)
        mirrored = self.orientation in _COLUMNS_MIRRORED
        left = self.stored_width - bottom if mirrored else top
        step = -1 if self.orientation in _ROWS_MIRRORED else 1
        band = self._view(left, 0, rows, self.stored_height, step).resize((rows, width), method)
        return band.transpose(Transpose.ROTATE_90 if mirrored else Transpose.TRANSPOSE)

    def _rows(self, top: int, bottom: int) -> Image.Image:
        if self.orientation in _ROWS_MIRRORED:
            return self._view(0, self.stored_height - bottom, self.stored_width, bottom - top, -1)
        return self._view(0, top, self.stored_width, bottom - top, 1)

    def _view(self, left: int, top: int, width: int, height: int, step: int) -> Image.Image:
        """Gives a window of the stored picture without copying it; step -1 reads its rows from the last to the first.

        Pillow maps memory as RGBX only, and then resizes the fourth byte too; the mode is changed in place, as
        Pillow's own putalpha does, because convert("RGB") would copy.
        """
        stride = self.stored_width * BYTES
        start = self.memory[top * stride + left * BYTES :]
        image = Image.frombuffer("RGBX", (width, height), start, "raw", "RGBX", stride, step)
        image.im.setmode("RGB")
        image._mode = "RGB"
        return image


def empty_memory(width: int, height: int) -> NDArray[np.uint8]:
    """Gives uninitialised memory for a picture, with the row to spare that Raster asks for."""
    return np.empty((height + 1) * width * BYTES, np.uint8)


# The C library (glibc) gives what a photo took back to the system and gets it anew, page by page, for the next one: a
# tenth of a small photo's time. Once a larger block was freed it keeps such memory instead, so one is freed here.
np.empty(2**24, np.uint8)
