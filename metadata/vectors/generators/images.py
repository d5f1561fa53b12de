"""Vectors of color, flip and layout, and what vectors of pictures share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import __version__ as pillow_version

from generators import library
from generators.base import Array, Case, VectorFile, invalid, valid

SIZES = (
    (1, 1),
    (1, 7),
    (7, 1),
    (2, 2),
    (3, 2),
    (2, 3),
    (5, 4),
    (4, 5),
    (8, 8),
    (9, 7),
    (16, 3),
    (3, 16),
    (17, 5),
    (6, 11),
)
"""(width, height)"""
LEVELS = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(16, 16, 3)
SPAN = np.random.default_rng(1).permutation(np.arange(256, dtype=np.uint8))[:48].reshape(4, 4, 3)
RGB, BGR, GRAY = ({"op": "color", "to": to} for to in ("RGB", "BGR", "GRAY"))


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("color/pillow.json", "Pillow", pillow_version, color())
    yield VectorFile("flip/numpy.json", "NumPy", np.__version__, flip())
    yield VectorFile("layout/numpy.json", "NumPy", np.__version__, layout())


def pixels(seed: int, width: int, height: int) -> Array:
    """Gives random colours, half of them at the ends of the range, where a filter overshoots."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    hard = rng.integers(0, 2, (height, width, 1), dtype=np.uint8) * np.uint8(255)
    return np.where(rng.random((height, width, 1)) < 0.5, noise, hard).astype(np.uint8)


def in_spec(op: str) -> Iterator[Case]:
    """Gives the example that SPEC.md works out."""
    three = np.array([[[10, 20, 30]]], np.uint8)
    row = np.arange(10, 60, 10, dtype=np.uint8).reshape(1, 5, 1).repeat(3, axis=2)
    level = np.full((1, 1, 3), 3, np.uint8)
    middle = {"op": "crop", "width": 2, "height": 1, "offset_rounding": "half_even"}
    margin = {"op": "pad", "left": 1, "top": 0, "right": 2, "bottom": 0, "value": [7]}
    share = {"op": "rescale", "divisor": 255.0}
    means = {"op": "normalize", "mean": [8.0, 20.0, 40.0], "std": [4.0, 3.0, 8.0], "range": "0..255"}
    examples: dict[str, tuple[Array, dict[str, Any], Array]] = {
        "color": (three, {"op": "color", "to": "GRAY"}, library.gray(three)),
        "crop": (row, middle, library.cropped(row, middle)),
        "pad": (row[:, :2], margin, library.padded(row[:, :2], margin)),
        "flip": (row, {"op": "flip", "axis": "horizontal"}, np.fliplr(row)),
        "layout": (three, {"op": "layout", "to": "NCHW"}, three.transpose(2, 0, 1)),
        "rescale": (level, share, library.rescaled(level, share)),
        "normalize": (three, means, library.normalized(three, means)),
    }
    image, step, expected = examples[op]
    yield valid("in-spec", "the example of SPEC.md", image, expected, step=step)


def refused(op: str, step: dict[str, Any], wrong: list[tuple[str, str, dict[str, Any], str, str]]) -> Iterator[Case]:
    """Gives the refusals that every op shares, and its own.

    Args:
        op: the op.
        step: a right step, which the wrong ones are made of.
        wrong: (id, comment, changes of the step, code, key of the step that the error names); None removes a key.
    """
    image, at = pixels(3, 3, 2), "$.inputs[0].steps[1]"
    shared = [
        ("unknown-key", "a key that is not known is refused", {"colour": 1}, "spec/unknown-key", ".colour"),
        ("unknown-op", "so is an op that is not known", {"op": f"{op}s"}, "spec/unknown-op", ""),
    ]
    for name, comment, change, code, key in [*shared, *wrong]:
        changed = {key: value for key, value in {**step, **change}.items() if value is not None}
        yield invalid(name, comment, image, code, f"{at}{key}", step=changed)
    yield invalid("rank-4", "pixels have rank 3", image[np.newaxis], "input/wrong-array", step=step)
    yield invalid("two-channels", "pixels have three channels", image[..., :2], "input/wrong-array", step=step)
    yield invalid("no-rows", "a picture has at least one pixel", image[:0], "input/empty", step=step)
    yield invalid("no-columns", "in both directions", image[:, :0], "input/empty", step=step)


def color() -> Iterator[Case]:
    """Gives RGB in the other orders; grey is Pillow's L."""
    yield from in_spec("color")
    for number, (width, height) in enumerate(SIZES):
        image = pixels(100 + number, width, height)
        for to, expected in (("GRAY", library.gray(image)), ("BGR", image[..., ::-1])):
            name, step = f"{to.lower()}-{width}x{height}", {"op": "color", "to": to}
            yield valid(name, f"{to} of {width} x {height}", image, expected, step=step)
    yield valid("gray-of-gray", "each level of grey stays what it is", LEVELS, LEVELS[..., :1], step=GRAY)
    corners = np.array(
        [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [10, 20, 30]], np.uint8
    )[np.newaxis]
    comment = "the corners of the cube, and (10, 20, 30) -> 18"
    yield valid("gray-corners", comment, corners, library.gray(corners), step=GRAY)
    ties = near_a_half()
    yield valid("gray-ties", "sums that lie next to a half", ties, library.gray(ties), step=GRAY)
    yield from color_chains()
    yield from color_refused()


def near_a_half() -> Array:
    """Gives one row of colours whose weighted sum is rounded by next to nothing."""
    colours = [[r, g, b] for r in range(256) for g in (0, 1, 127, 254) for b in (0, 255)]
    near = [each for each in colours if (np.dot(each, (19595, 38470, 7471)) + 32768) % 65536 < 260]
    return np.array(near, np.uint8)[np.newaxis]


def color_chains() -> Iterator[Case]:
    """Gives one order of channels behind another: `to` names what it becomes."""
    image = pixels(7, 5, 3)
    turned, grey = image[..., ::-1], library.gray(image)
    yield valid("rgb", "RGB of RGB changes nothing", image, image, step=RGB)
    comment = "BGR of BGR changes nothing: `to` names what it becomes"
    yield valid("bgr-bgr", comment, image, turned, before=[BGR], step=BGR)
    yield valid("bgr-rgb", "RGB of BGR gives the picture back", image, image, before=[BGR], step=RGB)
    yield valid("bgr-gray", "grey of BGR weighs red as red", image, grey, before=[BGR], step=GRAY)
    yield valid("gray-gray", "grey of grey changes nothing", image, grey, before=[GRAY], step=GRAY)


def color_refused() -> Iterator[Case]:
    """Gives orders that there are not, and pictures that cannot be put into one."""
    yield from refused("color", GRAY, [
        ("to-what", "`to` is one of three", {"to": "RGBA"}, "spec/unknown-value", ".to"),
        ("no-to", "`to` has no default", {"to": None}, "spec/missing-key", ".to"),
    ])  # fmt: skip
    for name, comment, before, step in (
        ("gray-to-rgb", "colours that are gone do not come back", GRAY, RGB),
        ("floats", "it takes uint8 pixels", {"op": "rescale", "divisor": 255.0}, GRAY),
        ("nchw", "it takes channels last", {"op": "layout", "to": "NCHW"}, BGR),
    ):
        at = "$.inputs[0].steps[2]"
        yield invalid(name, comment, pixels(7, 5, 3), "spec/impossible-step", at, before=[before], step=step)


def flip() -> Iterator[Case]:
    """Gives numpy.fliplr and flipud."""
    yield from in_spec("flip")
    for number, (width, height) in enumerate((*SIZES, (15, 2), (2, 15), (10, 10), (13, 1), (1, 13))):
        image = pixels(300 + number, width, height)
        for axis, flipped in (("horizontal", np.fliplr(image)), ("vertical", np.flipud(image))):
            yield valid(
                f"{width}x{height}-{axis}",
                f"{axis}: {width} x {height}",
                image,
                flipped,
                step={"op": "flip", "axis": axis},
            )
    image = pixels(4, 5, 3)
    horizontal, vertical = {"op": "flip", "axis": "horizontal"}, {"op": "flip", "axis": "vertical"}
    yield valid("twice", "twice gives the picture back", image, image, before=[horizontal], step=horizontal)
    yield valid("both", "both turn it by 180 degrees", image, np.rot90(image, 2), before=[horizontal], step=vertical)
    floats = {"op": "rescale", "divisor": 3.0}
    yield valid(
        "floats",
        "values that are no pixels any more",
        image,
        np.fliplr(library.rescaled(image, floats)),
        before=[floats],
        step=horizontal,
    )
    resize = {"op": "resize", "method": "tf.bilinear", "fit": "stretch", "width": 4, "height": 4}
    small = library.resized(np.fliplr(image), 4, 4, "tf.bilinear")
    yield valid(
        "before-a-resize",
        "what is flipped is then read in its new order",
        image,
        small,
        before=[horizontal],
        step=resize,
    )
    yield from refused("flip", horizontal, [
        ("diagonal", "there are two axes", {"axis": "diagonal"}, "spec/unknown-value", ".axis"),
        ("no-axis", "none is taken for granted", {"axis": None}, "spec/missing-key", ".axis"),
    ])  # fmt: skip


def layout() -> Iterator[Case]:
    """Gives numpy.transpose."""
    yield from in_spec("layout")
    nchw, nhwc = {"op": "layout", "to": "NCHW"}, {"op": "layout", "to": "NHWC"}
    for number, (width, height) in enumerate((*SIZES, (11, 3), (3, 11), (10, 1))):
        image = pixels(400 + number, width, height)
        yield valid(
            f"{width}x{height}-nchw",
            f"[{height}, {width}, 3] -> [3, {height}, {width}]",
            image,
            image.transpose(2, 0, 1),
            step=nchw,
        )
        yield valid(f"{width}x{height}-nhwc", "channels are last to begin with", image, image, step=nhwc)
    image = pixels(5, 4, 3)
    yield valid("there-and-back", "NCHW and back", image, image, before=[nchw], step=nhwc)
    yield valid("twice", "NCHW of NCHW changes nothing", image, image.transpose(2, 0, 1), before=[nchw], step=nchw)
    grey = library.gray(image)
    yield valid(
        "gray", "one channel", image, grey.transpose(2, 0, 1), before=[{"op": "color", "to": "GRAY"}], step=nchw
    )
    mean = {"op": "normalize", "mean": [1.0, 2.0, 3.0], "std": [2.0, 3.0, 4.0], "range": "0..255"}
    yield valid(
        "normalize-behind",
        "a mean stays with its channel",
        image,
        library.normalized(image, mean).transpose(2, 0, 1),
        before=[nchw],
        step=mean,
    )
    yield from refused("layout", nchw, [
        ("chwn", "there are two", {"to": "CHWN"}, "spec/unknown-value", ".to"),
        ("no-to", "none is taken for granted", {"to": None}, "spec/missing-key", ".to"),
    ])  # fmt: skip
    crop = {"op": "crop", "width": 2, "height": 2, "offset_rounding": "floor"}
    yield invalid(
        "crop-behind",
        "steps that move pixels come before",
        image,
        "spec/impossible-step",
        "$.inputs[0].steps[2]",
        before=[nchw],
        step=crop,
    )
