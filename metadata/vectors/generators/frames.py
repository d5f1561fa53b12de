"""Vectors of yuv_to_rgb: camera frames with every stride, rotation and range, odd sizes too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators import library
from generators.base import Array, Case, VectorFile, invalid, valid

SIZES = ((2, 2), (4, 2), (2, 6), (8, 6), (10, 4), (16, 16), (1, 1), (1, 2), (3, 1), (3, 3), (5, 4), (4, 5), (7, 9))


def files() -> Iterator[VectorFile]:
    import cv2

    yield VectorFile("yuv_to_rgb/opencv.json", "OpenCV", cv2.__version__, [*cases("limited"), *levels("limited")])
    full = [*cases("full"), *levels("full"), *refusals()]
    yield VectorFile("yuv_to_rgb/jfif.json", "SPEC.md (JFIF in 16-bit fixed point)", "1.0", full)


def planes(rng: Any, width: int, height: int) -> tuple[Array, Array, Array]:
    """Gives random Y, U and V, half of them at the ends of the range."""
    across, down = (width + 1) // 2, (height + 1) // 2
    shapes = ((height, width), (down, across), (down, across))
    noise = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]
    ends = [rng.choice(np.array([0, 15, 16, 128, 235, 240, 255], np.uint8), shape) for shape in shapes]
    y, u, v = (
        np.where(rng.random(shape) < 0.5, one, other) for one, other, shape in zip(noise, ends, shapes, strict=True)
    )
    return y, u, v


def laid_out(plane: Array, row_stride: int, pixel_stride: int) -> Array:
    """Gives the bytes of a plane; what lies between samples is 77, and the last row ends with its last sample."""
    height, width = plane.shape
    rows = np.full((height, row_stride), 77, np.uint8)
    rows[:, : (width - 1) * pixel_stride + 1 : pixel_stride] = plane
    return rows.reshape(-1)[: (height - 1) * row_stride + (width - 1) * pixel_stride + 1]


def nv21(y: Array, u: Array, v: Array) -> dict[str, Any]:
    """Gives a frame's NV21 bytes."""
    chroma = np.stack([v, u], axis=-1).reshape(-1)
    return {"width": y.shape[1], "height": y.shape[0], "planes": [np.concatenate([y.reshape(-1), chroma])]}


def planar(y: Array, u: Array, v: Array, margin: int, pixel_strides: tuple[int, int]) -> dict[str, Any]:
    """Gives a frame's planes with `margin` bytes behind each row."""
    strides = (pixel_strides[0], pixel_strides[1], pixel_strides[1])
    rows = [(plane.shape[1] - 1) * step + 1 + margin for plane, step in zip((y, u, v), strides, strict=True)]
    found = [laid_out(plane, row, step) for plane, row, step in zip((y, u, v), rows, strides, strict=True)]
    size = {"width": y.shape[1], "height": y.shape[0]}
    return {**size, "planes": found, "row_strides": rows, "pixel_strides": list(pixel_strides)}


def cases(value_range: str) -> Iterator[Case]:
    """Gives every size as NV21 and as planes."""
    one = tuple(np.array([[value]], np.uint8) for value in (100, 90, 200))
    step = {"op": "yuv_to_rgb", "format": "NV21", "range": value_range, "rotation": 0}
    expected = library.yuv_to_rgb(*one, value_range, 0)
    yield valid("in-spec", "the example of SPEC.md", nv21(*one), expected, step=step)
    back = {**step, "rotation": -0.0}
    yield valid("minus-0", "-0 is 0, which is allowed", nv21(*one), expected, step=back)
    rng = np.random.default_rng(21)
    for number, (width, height) in enumerate(SIZES):
        y, u, v = planes(rng, width, height)
        rotation = (0, 90, 180, 270)[number % 4]
        expected = library.yuv_to_rgb(y, u, v, value_range, rotation)
        common = {"op": "yuv_to_rgb", "range": value_range, "rotation": rotation}
        name = f"{width}x{height}"
        comment = f"{width} x {height}, {value_range} range, turned by {rotation}"
        yield valid(f"nv21-{name}", f"NV21, {comment}", nv21(y, u, v), expected, step={**common, "format": "NV21"})
        for margin, strides in ((0, (1, 1)), (5, (1, 1)), (0, (1, 2)), (3, (2, 4))):
            given = planar(y, u, v, margin, strides)
            words = f"rows with {margin} bytes behind them, samples {strides[0]} and {strides[1]} apart"
            step = {**common, "format": "YUV_420_888"}
            yield valid(f"planes-{name}-{margin}-{strides[1]}", f"{words}; {comment}", given, expected, step=step)


def levels(value_range: str) -> Iterator[Case]:
    """Gives all levels of brightness, and all of each colour at the brightness where clamping begins."""
    ramp = np.arange(256, dtype=np.uint8)
    middle = np.full((1, 128), 128, np.uint8)
    step = {"op": "yuv_to_rgb", "format": "NV21", "range": value_range, "rotation": 0}
    given = (ramp[np.newaxis], middle, middle)
    yield valid("all-y", "grey: every brightness", nv21(*given), library.yuv_to_rgb(*given, value_range, 0), step=step)
    for name, bright in (("dark", 16), ("middle", 126), ("light", 235)):
        y = np.full((2, 512), bright, np.uint8)
        across, back = ramp[np.newaxis], ramp[np.newaxis, ::-1]
        given = (y, across, back)
        comment = f"every U with every V from the other end, at Y = {bright}"
        yield valid(f"colours-{name}", comment, nv21(*given), library.yuv_to_rgb(*given, value_range, 0), step=step)


def refusals() -> Iterator[Case]:
    """Gives what is refused."""
    y, u, v = planes(np.random.default_rng(3), 4, 4)
    step = {"op": "yuv_to_rgb", "format": "NV21", "range": "full", "rotation": 0}
    at, frame, apart = "$.inputs[0].steps[0]", nv21(y, u, v), {**step, "format": "YUV_420_888"}
    for name, comment, change, code, key in (
        ("no-range", "the range is not taken for granted", {"range": None}, "spec/missing-key", ".range"),
        ("range", "there are two ranges", {"range": "video"}, "spec/unknown-value", ".range"),
        ("format", "there are two formats", {"format": "NV12"}, "spec/unknown-value", ".format"),
        ("rotation", "turned by quarters", {"rotation": 45}, "spec/unknown-value", ".rotation"),
        ("rotation-360", "360 is 0, and written so", {"rotation": 360}, "spec/unknown-value", ".rotation"),
        ("unknown-key", "a key that is not known", {"mirror": True}, "spec/unknown-key", ".mirror"),
    ):
        changed = {key: value for key, value in {**step, **change}.items() if value is not None}
        yield invalid(name, comment, frame, code, f"{at}{key}", step=changed)
    short = {**frame, "planes": [frame["planes"][0][:-2]]}
    yield invalid("short", "the last row of colour is missing", short, "input/wrong-frame", step=step)
    whole = planar(y, u, v, 0, (1, 1))
    yield invalid("nv21-of-planes", "the spec says how the frame must be", whole, "input/wrong-frame", step=step)
    cut = {**whole, "planes": [whole["planes"][0], whole["planes"][1][:-1], whole["planes"][2]]}
    yield invalid("short-u", "a plane is shorter than its strides say", cut, "input/wrong-frame", step=apart)
    thin = {**whole, "row_strides": [3, 2, 2]}
    yield invalid("thin", "a row stride below the width", thin, "input/wrong-frame", step=apart)
    still = {**whole, "pixel_strides": [0, 1]}
    yield invalid("no-stride", "samples are at least one byte apart", still, "input/wrong-frame", step=apart)
    empty = {**frame, "width": 0}
    yield invalid("no-columns", "a frame has at least one pixel", empty, "input/empty", step=step)
