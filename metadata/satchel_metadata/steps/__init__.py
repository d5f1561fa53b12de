"""The steps of a spec: one frozen type per op, told apart by `op`. SPEC.md says what each does, to the bit.

One module a family: its types stand there, their names in the two unions here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from satchel_metadata.steps.base import Channel, Closed, Count, Margin, Name, Rounding, Share, Side, need
from satchel_metadata.steps.images import (
    Color,
    Crop,
    Decode,
    Flip,
    Layout,
    Normalize,
    Pad,
    Rescale,
    Resize,
    ResizeMethod,
    ValueRange,
)
from satchel_metadata.steps.scores import Label, Sigmoid, Softmax, Threshold, TopK

InputStep = Annotated[
    Decode | Color | Resize | Crop | Pad | Rescale | Normalize | Layout | Flip, Field(discriminator="op")
]
OutputStep = Annotated[Softmax | Sigmoid | TopK | Threshold | Label, Field(discriminator="op")]

__all__ = [
    "Channel",
    "Closed",
    "Color",
    "Count",
    "Crop",
    "Decode",
    "Flip",
    "InputStep",
    "Label",
    "Layout",
    "Margin",
    "Name",
    "Normalize",
    "OutputStep",
    "Pad",
    "Rescale",
    "Resize",
    "ResizeMethod",
    "Rounding",
    "Share",
    "Side",
    "Sigmoid",
    "Softmax",
    "Threshold",
    "TopK",
    "ValueRange",
    "need",
]
