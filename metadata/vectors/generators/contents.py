"""Vectors of crop_content and center_of_mass: the box is Pillow's, the centre SciPy's, held against exact fractions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import scipy
from PIL import Image
from PIL import __version__ as pillow_version
from scipy import ndimage

from generators import library
from generators.base import Array, Case, VectorFile, invalid, valid
from generators.images import SIZES, pixels, refused

F = np.float32
GRAY: dict[str, Any] = {"op": "color", "to": "GRAY"}
INVERT: dict[str, Any] = {"op": "rescale", "factor": -1.0, "offset": 255.0}
BOX: dict[str, Any] = {"op": "crop_content", "threshold": 0.0}
CENTRE: dict[str, Any] = {"op": "center_of_mass", "width": 6, "height": 6}
EMPTY = "input/empty-drawing"


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("crop_content/pillow.json", "Pillow", pillow_version, boxes())
    yield VectorFile("center_of_mass/scipy.json", "SciPy", scipy.__version__, centres())


def content(image: Array, step: dict[str, Any]) -> Array:
    """Gives the part in Image.getbbox of what is above the threshold."""
    above = (image > F(step["threshold"])).any(axis=2)
    box = Image.fromarray(above.astype(np.uint8) * np.uint8(255)).getbbox()
    assert box is not None
    left, top, right, bottom = box
    return image[top:bottom, left:right]


def middle(image: Array) -> tuple[int, int]:
    """Gives the column and row that hold the centre of mass: of SciPy's centre, and the same of the exact one."""
    mass = np.maximum(image.astype(np.float64), 0).sum(axis=2)
    rows, columns = ndimage.center_of_mass(mass)
    exact = [[Fraction(float(each)) for each in row] for row in mass]
    total = sum(map(sum, exact))
    across = sum(x * each for row in exact for x, each in enumerate(row)) / total
    down = sum(y * each for y, row in enumerate(exact) for each in row) / total
    found = (math.floor(across + Fraction(1, 2)), math.floor(down + Fraction(1, 2)))
    if found != (math.floor(columns + 0.5), math.floor(rows + 0.5)):
        raise ValueError("SciPy's centre lies in another pixel than the exact one: draw another picture")
    return found


def centred(image: Array, step: dict[str, Any]) -> Array:
    """Gives what Image.paste puts on black, channel by channel."""
    width, height = step["width"], step["height"]
    across, down = middle(image)
    planes = []
    for channel in range(image.shape[2]):
        plane = Image.fromarray(np.ascontiguousarray(image[..., channel]))
        canvas = Image.new(plane.mode, (width, height), 0)
        canvas.paste(plane, (width // 2 - across, height // 2 - down))
        planes.append(np.asarray(canvas))
    return np.stack(planes, axis=-1)


def drawing(seed: int, width: int, height: int) -> Array:
    """Gives a few coloured strokes on black, uint8 [h, w, 3]."""
    rng = np.random.default_rng(seed)
    image = np.zeros((height, width, 3), np.uint8)
    for _ in range(1 + seed % 3):
        x, y = rng.integers(0, width), rng.integers(0, height)
        wide, high = rng.integers(1, width + 1), rng.integers(1, height + 1)
        image[y : y + high, x : x + wide] = rng.integers(1, 256, 3)
    return image


def boxes() -> Iterator[Case]:
    """Gives the box of what is above a threshold, in bytes and in binary32."""
    row = np.array([0, 7, 200, 0, 90, 3, 0], np.uint8).reshape(1, 7, 1).repeat(3, axis=2)
    example = {**BOX, "threshold": 5.0}
    yield valid("in-spec", "the example of SPEC.md", row, content(row, example), step=example)
    for number, (width, height) in enumerate(SIZES):
        image = drawing(300 + number, width, height)
        yield valid(f"{width}x{height}", "strokes on black", image, content(image, BOX), step=BOX)
        noise = pixels(300 + number, width, height)
        step = {**BOX, "threshold": -1.0}
        yield valid(f"{width}x{height}-all", "below every value: all of it", noise, noise, step=step)
    image = np.zeros((5, 6, 3), np.uint8)
    image[1, 2], image[3, 4, 2], image[4, 1] = (100, 0, 0), 101, (99, 100, 100)
    for threshold, comment in (
        (0.0, "all that is not 0"),
        (99.0, "99 is not above 99"),
        (99.99999999, "which is 100 in binary32"),
        (100.0, "one pixel, of which one channel is above"),
        (-0.0, "-0 equals 0"),
    ):
        step = {**BOX, "threshold": threshold}
        yield valid(f"above-{threshold}", comment, image, content(image, step), step=step)
    gray, floats = library.gray(image), library.rescaled(library.gray(image), INVERT)
    yield valid("gray", "one channel", image, content(gray, BOX), before=[GRAY], step=BOX)
    step = {**BOX, "threshold": 200.0}
    yield valid("inverted", "dark ink", image, content(floats, step), before=[GRAY, INVERT], step=step)
    share = {"op": "rescale", "divisor": 255.0}
    third = {**BOX, "threshold": 0.39215686274509803}
    expected = content(library.rescaled(image, share), third)
    yield valid("share", "100 / 255 in binary32 is not above itself", image, expected, before=[share], step=third)
    mirror = {"op": "flip", "axis": "horizontal"}
    expected = content(np.fliplr(image), {**BOX, "threshold": 99.0})
    yield valid("flipped", "behind a flip", image, expected, before=[mirror], step={**BOX, "threshold": 99.0})
    yield from refused("crop_content", BOX, [
        ("no-threshold", "nothing is taken for granted", {"threshold": None}, "spec/missing-key", ".threshold"),
        ("text", "a threshold is a number", {"threshold": "0"}, "spec/wrong-type", ".threshold"),
        ("infinite", "1e60 is infinite in binary32", {"threshold": 1e60}, "spec/out-of-range", ""),
    ])  # fmt: skip
    yield invalid("empty", "nothing is above", image, EMPTY, "photo", step={**BOX, "threshold": 101.0})
    yield from behind_channels_first(BOX)


def centres() -> Iterator[Case]:
    """Gives pictures whose centre of mass comes to the middle of a canvas."""
    row = np.array([10, 0, 30], np.uint8).reshape(1, 3, 1).repeat(3, axis=2)
    example = {**CENTRE, "width": 4, "height": 1}
    yield valid("in-spec", "the example of SPEC.md", row, centred(row, example), step=example)
    for number, (width, height) in enumerate(SIZES):
        image = drawing(400 + number, width, height)
        for name, step in (("even", CENTRE), ("odd", {**CENTRE, "width": 7, "height": 3})):
            comment = f"{width} x {height} on {step['width']} x {step['height']}"
            yield valid(f"{width}x{height}-{name}", comment, image, centred(image, step), step=step)
        noise, step = pixels(400 + number, width, height), {**CENTRE, "width": 9, "height": 8}
        before = [GRAY, {"op": "rescale", "factor": 1 / 3, "offset": -20.0}]
        floats = library.rescaled(library.gray(noise), before[1])
        if (floats > 0).any():
            comment = "binary32; what is below 0 has no mass, and is moved with the others"
            yield valid(f"{width}x{height}-floats", comment, noise, centred(floats, step), before=before, step=step)
    half = np.array([[9, 9], [9, 9]], np.uint8)[..., np.newaxis].repeat(3, axis=2)
    yield valid("half", "a centre between two pixels is held by the later", half, centred(half, CENTRE), step=CENTRE)
    short = np.array([[9, 8], [9, 9]], np.uint8)[..., np.newaxis].repeat(3, axis=2)
    yield valid("below-half", "a little before it, by the earlier", short, centred(short, CENTRE), step=CENTRE)
    far = np.zeros((3, 40, 3), np.uint8)
    far[:, 2], far[1, 39] = 255, (1, 0, 0)
    yield valid("cut-off", "what comes to lie outside is cut off", far, centred(far, CENTRE), step=CENTRE)
    large, point = drawing(5, 31, 17), {**CENTRE, "width": 1, "height": 1}
    yield valid("one-pixel", "of which one pixel is kept", large, centred(large, point), step=point)
    single = {**CENTRE, "width": 1, "height": 2}
    yield valid("even-canvas", "of 2 rows the second is the middle", row, centred(row, single), step=single)
    share = {"op": "rescale", "divisor": 255.0}
    shares = library.rescaled(large, share)
    yield valid("shares", "values of 0..1", large, centred(shares, CENTRE), before=[share], step=CENTRE)
    tiny = {"op": "rescale", "factor": 1e-43}
    faint = library.rescaled(large, tiny)
    yield valid("subnormal", "subnormal values", large, centred(faint, CENTRE), before=[tiny], step=CENTRE)
    most = {"op": "rescale", "factor": 2.0**92}
    heavy = library.rescaled(large, most)
    yield valid("heavy", "values near 2^100", large, centred(heavy, CENTRE), before=[most], step=CENTRE)
    yield from refused("center_of_mass", CENTRE, [
        ("no-height", "both sides are said", {"height": None}, "spec/missing-key", ".height"),
        ("zero", "a side is at least 1", {"width": 0}, "spec/out-of-range", ".width"),
        ("huge", "and at most 16384", {"height": 16385}, "spec/out-of-range", ".height"),
        ("half-pixel", "a side is a whole number", {"width": 2.5}, "spec/wrong-type", ".width"),
    ])  # fmt: skip
    black = np.zeros((3, 2, 3), np.uint8)
    yield invalid("empty", "black has no mass", black, EMPTY, "photo", step=CENTRE)
    below = [{"op": "rescale", "divisor": 1.0, "offset": -256.0}]
    yield invalid("below-0", "nor have values below 0", large, EMPTY, "photo", before=below, step=CENTRE)
    beyond = [{"op": "rescale", "factor": 2.0**101}]
    white = np.full((2, 2, 3), 255, np.uint8)
    yield invalid("beyond", "more than 2^100", white, "input/not-finite", "photo", before=beyond, step=CENTRE)
    yield from behind_channels_first(CENTRE)


def behind_channels_first(step: dict[str, Any]) -> Iterator[Case]:
    """Gives the refusal of a step behind layout NCHW."""
    before, where = [{"op": "layout", "to": "NCHW"}], "$.inputs[0].steps[2]"
    comment = "it takes [h, w, c]"
    yield invalid("nchw", comment, pixels(1, 2, 2), "spec/impossible-step", where, before=before, step=step)
