"""Camera frames: made upright pictures by yuv_to_rgb, then prepared as photos are."""

from __future__ import annotations

from typing import Any

from PIL import Image

from satchel_metadata.errors import InputError
from satchel_metadata.ops.yuv import yuv_to_rgb
from satchel_metadata.photo import Photo, refuse_size
from satchel_metadata.spec import Input
from satchel_metadata.steps import YuvToRgb
from satchel_metadata.values import Frame

_HINT = (
    "A frame is brightness and colour in planes: give Frame.nv21(bytes, width, height), a Frame of three planes with "
    "their strides, or Frame.of_photo(photo)."
)


def load(thing: Any, each: Input) -> Photo:
    """Gives the upright picture of a frame.

    An input that begins with yuv_to_rgb says how its frames are; for one that begins with decode the frame says it.

    Raises:
        InputError: input/wrong-frame, when it is no Frame, its planes are too short, or it is not as the spec says;
            input/empty, input/too-large.
    """
    if not isinstance(thing, Frame):
        raise InputError("input/wrong-frame", f"expected a camera's frame, found {type(thing).__name__}", hint=_HINT)
    first = each.steps[0]
    told = _as_the_step_says(thing, first) if isinstance(first, YuvToRgb) else _as_it_says(thing)
    refuse_size(thing.width, thing.height)
    return Photo("frame", Image.fromarray(yuv_to_rgb(thing, *told)))


def _as_the_step_says(frame: Frame, step: YuvToRgb) -> tuple[Any, int]:
    if step.format == "NV21" and frame.uv_pixel_stride != 2:
        message = "the spec takes NV21, whose V and U stand by turns; the frame has planes of their own"
        raise InputError("input/wrong-frame", message, hint="Give Frame.nv21(bytes, width, height).")
    for name, taken, stated in (
        ("range", step.range, frame.range),
        ("rotation", step.rotation, frame.rotation),
    ):
        if stated not in (None, taken):
            message = f"the spec takes frames of the {name} {taken}, this one says {stated}"
            raise InputError("input/wrong-frame", message, hint="Pack a spec that begins with decode to take any.")
    return step.range, step.rotation


def _as_it_says(frame: Frame) -> tuple[Any, int]:
    if frame.range is None or frame.rotation is None:
        message = "the spec takes photos, and this frame does not say how it becomes one: it lacks its "
        missing = [name for name in ("range", "rotation") if getattr(frame, name) is None]
        hint = "Make the Frame with range= (full, limited) and rotation= (0, 90, 180, 270)."
        raise InputError("input/wrong-frame", message + " and ".join(missing), hint=hint)
    return frame.range, frame.rotation
