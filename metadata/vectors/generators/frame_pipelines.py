"""Vectors of whole pipelines on camera frames: of specs for photos, which take any frame, and of specs for frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image
from PIL import __version__ as pillow_version

from generators import library
from generators.base import Array, Case, VectorFile, invalid, valid
from generators.frames import nv21, planar
from generators.pipelines import F, normalized, photo, shorter, torchvision
from generators.quantisation import quantized

IMAGENET = {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"}
SHARE, NCHW = {"op": "rescale", "divisor": 255.0}, {"op": "layout", "to": "NCHW"}
CLASSIFIER = [*shorter("pillow.bicubic", 22, 20), SHARE, IMAGENET, NCHW]
WAYS = (
    ("NV21", "full", 0, None),
    ("NV21", "limited", 90, None),
    ("YUV_420_888", "full", 180, (0, (1, 1))),
    ("YUV_420_888", "limited", 270, (6, (1, 2))),
    ("YUV_420_888", "full", 90, (3, (2, 4))),
)
"""format, range, rotation; of planes the bytes behind each row, and the pixel strides."""


def files() -> Iterator[VectorFile]:
    import cv2
    import tensorflow as tf

    versions = f"{pillow_version}, {tf.__version__}, {cv2.__version__}"
    yield VectorFile("pipeline/frames.json", "Pillow, TensorFlow, OpenCV", versions, [*cases(), *refusals()])


def planes(source: str, width: int, height: int) -> tuple[Array, Array, Array]:
    """Gives a photo, scaled, as the planes that OpenCV makes of it; odd sizes lack the last row and column."""
    import cv2

    even = Image.fromarray(photo(source)).resize((width + width % 2, height + height % 2), Image.Resampling.LANCZOS)
    whole = cv2.cvtColor(np.asarray(even), cv2.COLOR_RGB2YUV_I420)
    across, down = even.width // 2, even.height // 2
    u, v = whole[even.height :].reshape(2, down, across)
    return whole[:height, :width], u, v


def frame(of: tuple[Array, Array, Array], strides: tuple[int, tuple[int, int]] | None, **told: Any) -> dict[str, Any]:
    return {**(nv21(*of) if strides is None else planar(*of, *strides)), **told}


def cases() -> Iterator[Case]:
    """Gives what becomes of frames of every way in pipelines that begin with decode and with yuv_to_rgb."""
    for number, (kind, value_range, rotation, strides) in enumerate(WAYS):
        of = planes(("chelsea", "coffee", "astronaut")[number % 3], 46 + number % 2, 33 + number // 2)
        told = {"range": value_range, "rotation": rotation}
        upright = library.yuv_to_rgb(*of, value_range, rotation)
        cut = normalized(torchvision(upright, 22, 20, Image.Resampling.BICUBIC)).transpose(2, 0, 1)[np.newaxis]
        name = f"{kind}-{value_range}-{rotation}"
        words = f"{kind}, {value_range} range, turned by {rotation}"
        steps = [{"op": "decode"}, *CLASSIFIER]
        given = frame(of, strides, **told)
        yield valid(f"decode-{name}", f"a spec for photos takes the frame: {words}", given, cut, steps=steps)
        steps = [{"op": "yuv_to_rgb", "format": kind, **told}, *CLASSIFIER]
        yield valid(f"yuv-{name}", f"the spec says how the frame is: {words}", frame(of, strides), cut, steps=steps)
        if number == 1:
            yield valid(f"agreed-{name}", f"the spec and the frame say the same: {words}", given, cut, steps=steps)
    yield from others()


def others() -> Iterator[Case]:
    """Gives other libraries, a quantised tensor, and a background, which a frame does not have."""
    of, told = planes("coffee", 31, 24), {"range": "limited", "rotation": 90}
    given, upright = frame(of, None, **told), library.yuv_to_rgb(*of, "limited", 90)
    white = {"op": "decode", "background": [255, 255, 255]}
    resize = {"op": "resize", "method": "tf.bilinear", "fit": "stretch", "width": 12, "height": 12}
    expected = library.tf_resize(upright, 12, 12, "tf.bilinear")[np.newaxis]
    yield valid("background", "the background of photos is not a frame's", given, expected, steps=[white, resize])
    area = {**resize, "method": "opencv.area"}
    bgr = library.opencv_resize(upright, 12, 12, "opencv.area")[..., ::-1]
    tensor = {"shape": [1, 12, 12, 3], "dtype": "int8", "scale": 1 / 128, "zero_point": -1}
    steps = [white, area, {"op": "color", "to": "BGR"}, {"op": "rescale", "divisor": 127.5, "offset": -1.0}]
    values = quantized(bgr.astype(F) / F(127.5) + F(-1), 1 / 128, -1, "int8")[np.newaxis]
    yield valid("int8", "a quantised tensor of a frame", given, values, steps=steps, tensor=tensor)


def refusals() -> Iterator[Case]:
    """Gives frames that do not say enough, say what is not allowed, or contradict the spec."""
    of = planes("chelsea", 6, 4)
    photos = [{"op": "decode"}]
    frames = [{"op": "yuv_to_rgb", "format": "NV21", "range": "full", "rotation": 90}]
    for name, comment, told, steps in (
        ("untold", "a spec for photos needs range and rotation", {}, photos),
        ("no-range", "there is no range to take for granted", {"rotation": 0}, photos),
        ("no-rotation", "nor a rotation", {"range": "full"}, photos),
        ("range", "there are two ranges", {"range": "video", "rotation": 0}, photos),
        ("rotation", "turned by quarters", {"range": "full", "rotation": 45}, photos),
        ("other-range", "the frame contradicts the spec", {"range": "limited"}, frames),
        ("other-rotation", "the frame contradicts the spec", {"range": "full", "rotation": 0}, frames),
    ):
        yield invalid(name, comment, frame(of, None, **told), "input/wrong-frame", steps=steps)
