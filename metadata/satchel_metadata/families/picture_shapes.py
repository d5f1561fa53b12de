"""What each step of a picture's preparation makes of what the step before it made."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from satchel_metadata.errors import InputError, SpecError
from satchel_metadata.families.base import Span, checked_steps
from satchel_metadata.ops import geometry
from satchel_metadata.ops.pixels import Colour
from satchel_metadata.steps import (
    CenterOfMass,
    Color,
    Crop,
    CropContent,
    Flip,
    Layout,
    Normalize,
    Pad,
    Rescale,
    Resize,
)

_RANGES: dict[str, Span] = {"0..255": (0.0, 255.0), "0..1": (0.0, 1.0), "-1..1": (-1.0, 1.0)}


@dataclass(frozen=True)
class PictureShape:
    """What a step gives.

    Args:
        width: columns; None while they depend on the photo.
        height: rows; likewise.
        channels: 3 or 1.
        dtype: uint8 or float32.
        layout: NHWC for [h, w, c], NCHW for [c, h, w].
        colour: what the channels are.
        span: the values that black and white have become; None after a normalize.
        shorter: the shorter side, while only that one is known.
    """

    width: int | None = None
    height: int | None = None
    channels: int = 3
    dtype: Literal["uint8", "float32"] = "uint8"
    layout: Literal["NHWC", "NCHW"] = "NHWC"
    colour: Colour = "RGB"
    span: Span | None = (0.0, 255.0)
    shorter: int | None = None

    @property
    def shape(self) -> tuple[int | None, ...]:
        """Gives the shape of the prepared value, without the batch axis."""
        sides = (self.height, self.width)
        return (*sides, self.channels) if self.layout == "NHWC" else (self.channels, *sides)

    def words(self) -> str:
        """Gives `224 x 224 pixels, RGB, uint8, 0..255`."""
        size = f"{self.width} x {self.height} pixels" if self.width and self.height else "as large as the photo"
        size = f"shorter side {self.shorter}" if self.shorter else size
        span = f", {self.span[0]:g}..{self.span[1]:g}" if self.span else ""
        order = ", channels first" if self.layout == "NCHW" else ""
        return f"{size}, {self.colour}, {self.dtype}{span}{order}"


def picture_shapes(steps: tuple[Any, ...], where: str) -> tuple[PictureShape, ...]:
    """Gives what each step gives; the first makes a picture of whatever it is.

    Raises:
        SpecError: spec/impossible-step, spec/crop-too-large, spec/channel-count, spec/range-mismatch or
            spec/out-of-range, at the step.
    """
    return checked_steps(steps, PictureShape(), _after, where)


def _after(step: Any, before: PictureShape) -> PictureShape:
    rules: dict[str, Callable[[Any, PictureShape], PictureShape]] = {
        "color": _color,
        "resize": _resize,
        "crop": _crop,
        "crop_content": _crop_content,
        "center_of_mass": _center_of_mass,
        "pad": _pad,
        "rescale": _rescale,
        "normalize": _normalize,
        "layout": _layout,
        "flip": _flip,
    }
    if step.op not in rules:
        message, hint = f"{step.op} is no step of a picture", "Remove it here."
        if step.op in ("decode", "yuv_to_rgb"):
            message = f"{step.op} can only be the first step"
        raise SpecError("spec/impossible-step", message, hint=hint)
    if before.layout == "NCHW" and step.op not in ("rescale", "normalize", "layout"):
        message = f"{step.op} takes [h, w, c], found [c, h, w] after layout NCHW"
        raise SpecError("spec/impossible-step", message, hint="Move layout behind it.")
    return rules[step.op](step, before)


def _color(step: Color, before: PictureShape) -> PictureShape:
    _need_uint8(f"color to {step.to}", before)
    if before.colour == "GRAY" and step.to != "GRAY":
        message = f"color makes {step.to} of RGB, found a picture that is grey already"
        raise SpecError("spec/impossible-step", message, hint="Remove the color step that makes it grey.")
    return replace(before, colour=step.to, channels=1 if step.to == "GRAY" else 3)


def _resize(step: Resize, before: PictureShape) -> PictureShape:
    _need_a_channel("pad_value", step.pad_value or (0,), before)
    if not step.method.startswith("tf."):
        _need_uint8(f"resize with {step.method}", before)
        dtype = before.dtype
    else:
        dtype = "float32"
    width, height, shorter = step.width, step.height, None
    if step.fit == "shorter_side":
        shorter = step.side
        if before.width and before.height:
            fit = geometry.fitted(step, before.width, before.height)
            width, height, shorter = fit.width, fit.height, None
    return replace(before, width=width, height=height, shorter=shorter, dtype=dtype)


def _crop(step: Crop, before: PictureShape) -> PictureShape:
    if before.width and before.height:
        try:
            window = geometry.cropped(step, before.width, before.height)
        except InputError as error:
            hint = "Make the crop smaller, or resize to more before it."
            raise SpecError("spec/crop-too-large", error.message, hint=hint) from None
        return replace(before, width=window.width, height=window.height)
    if before.shorter and step.width and step.height and min(step.width, step.height) > before.shorter:
        message = (
            f"the crop takes {step.width} x {step.height} pixels of a picture whose shorter side is {before.shorter}"
        )
        raise SpecError("spec/crop-too-large", message, hint="Make the crop smaller, or resize to more before it.")
    return replace(before, width=step.width, height=step.height, shorter=None)


def _crop_content(step: CropContent, before: PictureShape) -> PictureShape:
    _need_binary32("threshold", (step.threshold,))
    return replace(before, width=None, height=None, shorter=None)


def _center_of_mass(step: CenterOfMass, before: PictureShape) -> PictureShape:
    return replace(before, width=step.width, height=step.height, shorter=None)


def _pad(step: Pad, before: PictureShape) -> PictureShape:
    _need_a_channel("value", step.value, before)
    wide = before.width + step.left + step.right if before.width else None
    high = before.height + step.top + step.bottom if before.height else None
    return replace(before, width=wide, height=high, shorter=None)


def _rescale(step: Rescale, before: PictureShape) -> PictureShape:
    multiplier = step.factor if step.factor is not None else step.divisor
    assert multiplier is not None
    _need_binary32("factor" if step.factor is not None else "divisor", (multiplier,), divides=True)
    _need_binary32("offset", (step.offset,))
    scale = step.factor if step.factor is not None else 1 / multiplier
    span = before.span and (before.span[0] * scale + step.offset, before.span[1] * scale + step.offset)
    return replace(before, dtype="float32", span=span)


def _normalize(step: Normalize, before: PictureShape) -> PictureShape:
    _need_a_channel("mean", step.mean, before)
    _need_a_channel("std", step.std, before)
    _need_binary32("mean", step.mean)
    _need_binary32("std", step.std, divides=True)
    expected, found = _RANGES[step.range], before.span
    slack = 0.02 * (expected[1] - expected[0])
    if found and max(abs(found[0] - expected[0]), abs(found[1] - expected[1])) > slack:
        message = f"mean and std are made for values of {step.range}, found values of {found[0]:g}..{found[1]:g}"
        raise SpecError("spec/range-mismatch", message, hint="Rescale before, or give mean and std for these values.")
    return replace(before, dtype="float32", span=None)


def _layout(step: Layout, before: PictureShape) -> PictureShape:
    if step.to not in ("NHWC", "NCHW"):
        message = f"layout to {step.to} is for signals, found a picture"
        raise SpecError("spec/impossible-step", message, hint="Use NHWC or NCHW.")
    return replace(before, layout=step.to)


def _flip(step: Flip, before: PictureShape) -> PictureShape:
    return before


def _need_uint8(what: str, before: PictureShape) -> None:
    if before.dtype != "uint8":
        hint = "Move it before the step that makes float32 values (resize tf.*, rescale, normalize)."
        raise SpecError("spec/impossible-step", f"{what} takes uint8 pixels, found {before.dtype} values", hint=hint)


def _need_a_channel(what: str, values: Sequence[float], before: PictureShape) -> None:
    if len(values) not in (1, before.channels):
        message = f"{what} has {len(values)} numbers, the picture has {before.channels} channels ({before.colour})"
        raise SpecError("spec/channel-count", message, hint=f"Give one number, or {before.channels}.")


def _need_binary32(what: str, values: Sequence[float], *, divides: bool = False) -> None:
    """A binary64 number may be infinite, or 0, in the binary32 in which it is used."""
    with np.errstate(over="ignore", under="ignore"):
        used = [float(np.float32(value)) for value in values]
    if not all(map(math.isfinite, used)) or (divides and 0.0 in used):
        message = f"{what} {list(values)} is infinite or 0 in binary32, in which it is used"
        raise SpecError("spec/out-of-range", message, hint="Use a number between 1e-37 and 1e38 in magnitude.")
