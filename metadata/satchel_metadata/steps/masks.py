"""Steps that make a mask of a segmentation's output."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from satchel_metadata.steps.base import Closed, Name, Side, need


class ArgmaxMask(Closed):
    """Scores of c classes at each place -> the class of each: the best one, the lower index among equals.

    One channel needs a `threshold`, two may have one: 1 where the score of the last is at least that, else 0.
    """

    op: Literal["argmax_mask"] = "argmax_mask"
    layout: Literal["NHWC", "NCHW"]
    threshold: float | None = None


class ResizeMask(Closed):
    """Scores (before argmax_mask) or classes (behind it) -> the same at `width` x `height`, or of the whole photo.

    Scores take a `layout`; classes take none, and the method tf.nearest. `to` "photo" cuts off what the preparation of
    the input `input` padded, resizes what is left to the part of the photo that it shows, and has 0 where the
    preparation cropped.
    """

    op: Literal["resize_mask"] = "resize_mask"
    method: Literal["tf.nearest", "tf.bilinear"]
    to: Literal["size", "photo"]
    layout: Literal["NHWC", "NCHW"] | None = None
    width: Side | None = None
    height: Side | None = None
    input: Name | None = None

    @model_validator(mode="after")
    def _fields_fit(self) -> ResizeMask:
        for name in ("width", "height"):
            given = getattr(self, name) is not None
            need(given == (self.to == "size"), f"to 'size' and {name!r} come together", "Give both, or neither.")
        need(
            (self.input is not None) == (self.to == "photo"),
            "to 'photo' and 'input' come together",
            "Give both, or neither.",
        )
        return self
