"""Sizes and offsets of resize, crop and pad, in exact integers.

Sides are (width, height) in pixels. A rounding is `floor` or `half_even` (to the nearest, the even one of two equally
near), always of the exact rational number, never of a floating-point approximation of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from satchel_metadata.errors import InputError
from satchel_metadata.steps import Crop, Resize, Rounding


@dataclass(frozen=True)
class Window:
    """The part [top, bottom) x [left, right) of a picture, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Gives the number of columns."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Gives the number of rows."""
        return self.bottom - self.top


@dataclass(frozen=True)
class Fit:
    """What one resize step does to a picture: scale it to width x height, keep `window` of that, add `margins`.

    margins are (left, top, right, bottom), all 0 except for fit `contain`.
    """

    width: int
    height: int
    window: Window
    margins: tuple[int, int, int, int] = (0, 0, 0, 0)


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Gives numerator / denominator (both at least 0) as an integer."""
    quotient, rest = divmod(numerator, denominator)
    if rounding == "floor":
        return quotient
    up = 2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1)
    return quotient + up


def shorter_side(width: int, height: int, side: int, rounding: Rounding) -> tuple[int, int]:
    """Gives the (width, height) whose shorter side is `side`; with `floor` this is torchvision's Resize(side)."""
    if width <= height:
        return side, rounded(side * height, width, rounding)
    return rounded(side * width, height, rounding), side


def cover(width: int, height: int, to_width: int, to_height: int, rounding: Rounding) -> tuple[int, int]:
    """Gives the smallest (width, height) of the same shape that covers to_width x to_height."""
    if to_width * height >= to_height * width:
        return to_width, rounded(height * to_width, width, rounding)
    return rounded(width * to_height, height, rounding), to_height


def contain(width: int, height: int, to_width: int, to_height: int, rounding: Rounding) -> tuple[int, int]:
    """Gives the largest (width, height) of the same shape, both at least 1, that fits in to_width x to_height."""
    if to_width * height <= to_height * width:
        return to_width, max(1, rounded(height * to_width, width, rounding))
    return max(1, rounded(width * to_height, height, rounding)), to_height


def centred(width: int, height: int, to_width: int, to_height: int, rounding: Rounding) -> Window:
    """Gives the window of to_width x to_height in the middle of a picture that is at least as large."""
    left, top = rounded(width - to_width, 2, rounding), rounded(height - to_height, 2, rounding)
    return Window(left, top, left + to_width, top + to_height)


def central_fraction(width: int, height: int, fraction: float) -> Window:
    """Gives the middle `fraction` of both sides, in the binary64 arithmetic of tf.image.central_crop."""
    left = int((float(width) - float(width) * fraction) / 2)
    top = int((float(height) - float(height) * fraction) / 2)
    return Window(left, top, width - left, height - top)


def fitted(step: Resize, width: int, height: int) -> Fit:
    """Gives what a resize step does to a picture of width x height."""
    if step.fit == "shorter_side":
        assert step.side is not None
        assert step.side_rounding is not None
        return _whole(*shorter_side(width, height, step.side, step.side_rounding))
    assert step.width is not None
    assert step.height is not None
    if step.fit == "stretch":
        return _whole(step.width, step.height)
    assert step.side_rounding is not None
    if step.fit == "cover":
        assert step.offset_rounding is not None
        wide, high = cover(width, height, step.width, step.height, step.side_rounding)
        return Fit(wide, high, centred(wide, high, step.width, step.height, step.offset_rounding))
    wide, high = contain(width, height, step.width, step.height, step.side_rounding)
    return _letterboxed(wide, high, step.width, step.height)


def cropped(step: Crop, width: int, height: int) -> Window:
    """Gives the window that a crop step keeps of a picture of width x height.

    Raises:
        InputError: input/too-small, when the picture is smaller than the crop.
    """
    if step.central_fraction is not None:
        return central_fraction(width, height, step.central_fraction)
    assert step.width is not None
    assert step.height is not None
    assert step.offset_rounding is not None
    if step.width > width or step.height > height:
        raise InputError(
            "input/too-small",
            f"the crop takes {step.width} x {step.height} pixels, the picture has {width} x {height} at this step",
            hint="Use a larger photo, or resize before the crop.",
        )
    return centred(width, height, step.width, step.height, step.offset_rounding)


def _whole(width: int, height: int) -> Fit:
    return Fit(width, height, Window(0, 0, width, height))


def _letterboxed(width: int, height: int, to_width: int, to_height: int) -> Fit:
    """The odd pixel of margin goes right and bottom."""
    left, top = (to_width - width) // 2, (to_height - height) // 2
    margins = (left, top, to_width - width - left, to_height - height - top)
    return Fit(width, height, Window(0, 0, width, height), margins)
