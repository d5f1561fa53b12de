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
from satchel_metadata.steps.signals import Detrend, Resample, Window
from satchel_metadata.steps.tables import Column, Columns, Impute, OneHot, Standardize

InputStep = Annotated[
    Decode
    | Color
    | Resize
    | Crop
    | Pad
    | Rescale
    | Normalize
    | Layout
    | Flip
    | Columns
    | Impute
    | Standardize
    | OneHot
    | Resample
    | Detrend
    | Window,
    Field(discriminator="op"),
]
OutputStep = Annotated[Softmax | Sigmoid | TopK | Threshold | Label, Field(discriminator="op")]

__all__ = [
    "Channel",
    "Closed",
    "Color",
    "Column",
    "Columns",
    "Count",
    "Crop",
    "Decode",
    "Detrend",
    "Flip",
    "Impute",
    "InputStep",
    "Label",
    "Layout",
    "Margin",
    "Name",
    "Normalize",
    "OneHot",
    "OutputStep",
    "Pad",
    "Resample",
    "Rescale",
    "Resize",
    "ResizeMethod",
    "Rounding",
    "Share",
    "Side",
    "Sigmoid",
    "Softmax",
    "Standardize",
    "Threshold",
    "TopK",
    "ValueRange",
    "Window",
    "need",
]
