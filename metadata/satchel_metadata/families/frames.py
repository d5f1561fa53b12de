"""Camera frames: made pictures by yuv_to_rgb, then prepared as photos are."""

from __future__ import annotations

from typing import Any

from PIL import Image

from satchel_metadata.errors import InputError
from satchel_metadata.families import pictures
from satchel_metadata.families.base import Family
from satchel_metadata.families.picture_shapes import picture_shapes
from satchel_metadata.ops.yuv import yuv_to_rgb
from satchel_metadata.photo import Photo
from satchel_metadata.spec import Input
from satchel_metadata.steps import YuvToRgb
from satchel_metadata.values import Frame


def load(thing: Any, each: Input) -> Photo:
    """Gives the upright picture of a frame.

    Raises:
        InputError: input/wrong-frame, when it is no Frame or its planes are too short.
    """
    first = each.steps[0]
    assert isinstance(first, YuvToRgb)
    if not isinstance(thing, Frame):
        hint = "Give Frame.nv21(bytes, width, height), or a Frame of three planes with their strides."
        raise InputError("input/wrong-frame", f"expected a camera's frame, found {type(thing).__name__}", hint=hint)
    if first.format == "NV21" and thing.uv_pixel_stride != 2:
        message = "the spec takes NV21, whose V and U stand by turns; the frame has planes of their own"
        raise InputError("input/wrong-frame", message, hint="Give Frame.nv21(bytes, width, height).")
    return Photo("frame", Image.fromarray(yuv_to_rgb(thing, first.range, first.rotation)))


FRAME = Family("frame", ("yuv_to_rgb",), check=picture_shapes, plan=pictures.plan, load=load)
