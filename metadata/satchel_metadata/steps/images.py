"""Steps that make a tensor of a picture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from satchel_metadata.steps.base import Channel, Closed, Margin, Rounding, Side, need

ValueRange = Literal["0..255", "0..1", "-1..1"]
ResizeMethod = Literal[
    "pillow.nearest",
    "pillow.box",
    "pillow.bilinear",
    "pillow.hamming",
    "pillow.bicubic",
    "pillow.lanczos",
    "tf.bilinear",
    "tf.bilinear_antialias",
    "tf.nearest",
    "tf.bicubic",
    "tf.area",
    "opencv.linear",
    "opencv.area",
    "opencv.nearest",
]


class Decode(Closed):
    """Encoded photo -> uint8 [height, width, 3], RGB, upright; alpha is composited over `background`."""

    op: Literal["decode"] = "decode"
    background: tuple[Channel, Channel, Channel] = (0, 0, 0)


class YuvToRgb(Closed):
    """Camera frame -> uint8 [height, width, 3], RGB, turned clockwise by `rotation` degrees.

    `full` range is JFIF's; `limited` (16..235, 16..240) is OpenCV's COLOR_YUV2RGB_NV21. Chroma is the nearest sample.
    """

    op: Literal["yuv_to_rgb"] = "yuv_to_rgb"
    format: Literal["NV21", "YUV_420_888"]
    range: Literal["full", "limited"]
    rotation: Literal[0, 90, 180, 270]


class Color(Closed):
    """RGB -> BGR (channels reversed) or GRAY (one channel, Pillow's L)."""

    op: Literal["color"] = "color"
    to: Literal["RGB", "BGR", "GRAY"]


class Resize(Closed):
    """[h, w, c] -> [h', w', c] with the named algorithm.

    fit `stretch`, `cover` and `contain` take `width` and `height`; `shorter_side` takes `side`. The fields that a fit
    does not use stay absent, and none that it uses has a default.
    """

    op: Literal["resize"] = "resize"
    method: ResizeMethod
    fit: Literal["stretch", "cover", "contain", "shorter_side"]
    width: Side | None = None
    height: Side | None = None
    side: Side | None = None
    side_rounding: Rounding | None = None
    offset_rounding: Rounding | None = None
    pad_value: tuple[Channel, ...] | None = None

    @model_validator(mode="after")
    def _fields_fit(self) -> Resize:
        used = {
            "stretch": {"width", "height"},
            "cover": {"width", "height", "side_rounding", "offset_rounding"},
            "contain": {"width", "height", "side_rounding", "pad_value"},
            "shorter_side": {"side", "side_rounding"},
        }[self.fit]
        for name in ("width", "height", "side", "side_rounding", "offset_rounding", "pad_value"):
            given = getattr(self, name) is not None
            need(given or name not in used, f"fit {self.fit!r} needs {name!r}", f"Add {name!r} to this step.")
            need(not given or name in used, f"fit {self.fit!r} does not use {name!r}", f"Remove {name!r}.")
        need(
            self.pad_value is None or len(self.pad_value) in (1, 3),
            "pad_value has one value, or one a channel",
            "Give 1 value, or 3.",
        )
        return self


class Crop(Closed):
    """[h, w, c] -> its centre: `width` x `height`, or the `central_fraction` of both sides (tf.image.central_crop)."""

    op: Literal["crop"] = "crop"
    width: Side | None = None
    height: Side | None = None
    offset_rounding: Rounding | None = None
    central_fraction: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Crop:
        sized = (self.width, self.height, self.offset_rounding)
        if self.central_fraction is None:
            need(
                None not in sized,
                "a crop needs width, height and offset_rounding, or central_fraction",
                "Add what is missing.",
            )
        else:
            need(
                sized == (None, None, None),
                "a crop takes central_fraction, or width, height and offset_rounding",
                "Keep one of the two ways.",
            )
        return self


class CropContent(Closed):
    """[h, w, c] -> the smallest part that has every pixel of which a channel is above `threshold`."""

    op: Literal["crop_content"] = "crop_content"
    threshold: float


class CenterOfMass(Closed):
    """[h, w, c] -> `height` x `width` of 0, the pixel that holds the centre of mass at (width div 2, height div 2)."""

    op: Literal["center_of_mass"] = "center_of_mass"
    width: Side
    height: Side


class Pad(Closed):
    """[h, w, c] -> the same with margins of a constant colour, in pixels."""

    op: Literal["pad"] = "pad"
    left: Margin
    top: Margin
    right: Margin
    bottom: Margin
    value: tuple[Channel, ...]

    @model_validator(mode="after")
    def _one_a_channel(self) -> Pad:
        need(len(self.value) in (1, 3), "value has one number, or one a channel", "Give 1 number, or 3.")
        return self


class Rescale(Closed):
    """x -> x * factor + offset, or x / divisor + offset, in binary32, one rounding an operation."""

    op: Literal["rescale"] = "rescale"
    factor: float | None = None
    divisor: float | None = None
    offset: float = 0.0

    @model_validator(mode="after")
    def _exactly_one(self) -> Rescale:
        need(
            (self.factor is None) != (self.divisor is None),
            "rescale takes exactly one of factor and divisor",
            "Keep the one that training used.",
        )
        need(
            self.factor != 0,
            "the factor is 0, which leaves nothing of the picture",
            "Give the factor of training, such as 1/255 = 0.00392156862745098.",
        )
        need(self.divisor != 0, "the divisor is 0", "Give the divisor of training, such as 255.")
        return self


class Normalize(Closed):
    """x -> (x - mean[c]) / std[c], in binary32; `range` names the range of x that mean and std were made for."""

    op: Literal["normalize"] = "normalize"
    mean: Annotated[tuple[float, ...], Field(min_length=1, max_length=4)]
    std: Annotated[tuple[float, ...], Field(min_length=1, max_length=4)]
    range: ValueRange

    @model_validator(mode="after")
    def _std_divides(self) -> Normalize:
        need(
            all(value != 0 for value in self.std),
            "std holds a 0, by which nothing can be divided",
            "Give the std of training, or 1 to leave values as they are.",
        )
        return self


class Layout(Closed):
    """[h, w, c] -> itself (NHWC) or [c, h, w] (NCHW); the batch axis of 1 is added at the end of the steps.

    For a signal [n, c] -> itself (NLC), [c, n] (NCL), or [n] of one channel (NL).
    """

    op: Literal["layout"] = "layout"
    to: Literal["NHWC", "NCHW", "NLC", "NCL", "NL"]


class Flip(Closed):
    """[h, w, c] -> mirrored: `horizontal` swaps left and right, `vertical` top and bottom."""

    op: Literal["flip"] = "flip"
    axis: Literal["horizontal", "vertical"]
