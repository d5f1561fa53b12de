"""The steps of a spec: one frozen type per op, told apart by `op`. SPEC.md says what each does, to the bit.

One module a family: its types stand there, their names in the two unions here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from satchel_metadata.steps.base import Channel, Closed, Count, Margin, Name, Rounding, Share, Side, need
from satchel_metadata.steps.boxes import Anchors, DecodeBoxes, Level, Nms
from satchel_metadata.steps.images import (
    CenterOfMass,
    Color,
    Crop,
    CropContent,
    Decode,
    Flip,
    Layout,
    Normalize,
    Pad,
    Rescale,
    Resize,
    ResizeMethod,
    ValueRange,
    YuvToRgb,
)
from satchel_metadata.steps.masks import ArgmaxMask, ResizeMask
from satchel_metadata.steps.numbers import Denormalize, Round, Uncrop
from satchel_metadata.steps.points import HeatmapKeypoints, Landmarks
from satchel_metadata.steps.scores import Label, Sigmoid, Softmax, Threshold, TopK
from satchel_metadata.steps.signals import Detrend, Resample, Window
from satchel_metadata.steps.tables import Column, Columns, Impute, OneHot, Standardize

InputStep = Annotated[
    Decode
    | YuvToRgb
    | Color
    | Resize
    | Crop
    | CropContent
    | CenterOfMass
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
OutputStep = Annotated[
    Softmax
    | Sigmoid
    | TopK
    | Threshold
    | Label
    | DecodeBoxes
    | Nms
    | HeatmapKeypoints
    | Landmarks
    | ArgmaxMask
    | ResizeMask
    | Uncrop
    | Denormalize
    | Round,
    Field(discriminator="op"),
]

SINCE = {"crop_content": "1.1", "center_of_mass": "1.1"}
"""The version of the contract that an op came with, where it is not the first."""

__all__ = [
    "SINCE",
    "Anchors",
    "ArgmaxMask",
    "CenterOfMass",
    "Channel",
    "Closed",
    "Color",
    "Column",
    "Columns",
    "Count",
    "Crop",
    "CropContent",
    "Decode",
    "DecodeBoxes",
    "Denormalize",
    "Detrend",
    "Flip",
    "HeatmapKeypoints",
    "Impute",
    "InputStep",
    "Label",
    "Landmarks",
    "Layout",
    "Level",
    "Margin",
    "Name",
    "Nms",
    "Normalize",
    "OneHot",
    "OutputStep",
    "Pad",
    "Resample",
    "Rescale",
    "Resize",
    "ResizeMask",
    "ResizeMethod",
    "Round",
    "Rounding",
    "Share",
    "Side",
    "Sigmoid",
    "Softmax",
    "Standardize",
    "Threshold",
    "TopK",
    "Uncrop",
    "ValueRange",
    "Window",
    "YuvToRgb",
    "need",
]
