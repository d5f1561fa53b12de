"""Vectors of resize: every method by its own library, and every fit with sizes whose rounding flips."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from PIL import __version__ as pillow_version

from generators import library
from generators.base import TORCHVISION, Case, VectorFile, invalid, valid
from generators.images import pixels, refused

SHAPES = (
    ((23, 17, 8, 6), "both sides shrink by a ratio that is not whole"),
    ((9, 7, 24, 16), "both sides grow"),
    ((20, 20, 10, 10), "both sides halve"),
    ((24, 12, 8, 3), "both sides shrink by whole numbers"),
    ((13, 11, 13, 5), "the width stays, the height shrinks"),
    ((13, 11, 4, 11), "the height stays, the width shrinks"),
    ((12, 10, 12, 10), "nothing changes"),
    ((1, 1, 5, 4), "one pixel becomes many"),
    ((1, 1, 1, 1), "one pixel stays one"),
    ((1, 19, 3, 4), "one column"),
    ((19, 1, 4, 3), "one row"),
    ((40, 3, 7, 9), "one side shrinks while the other grows"),
    ((3, 40, 9, 7), "and the other way round"),
    ((31, 29, 1, 1), "many pixels become one"),
    ((7, 5, 14, 10), "both sides double"),
    ((2, 2, 3, 3), "the smallest picture that has neighbours grows a little"),
    ((29, 31, 28, 30), "both sides shrink by one"),
    ((28, 30, 29, 31), "both sides grow by one"),
)
"""(source width, source height, target width, target height)"""


def files() -> Iterator[VectorFile]:
    import cv2
    import tensorflow as tf

    yield VectorFile("resize/pillow.json", "Pillow", pillow_version, methods(library.PILLOW, 2))
    yield VectorFile("resize/tensorflow.json", "TensorFlow", tf.__version__, methods(library.TENSORFLOW, 3))
    yield VectorFile("resize/opencv.json", "OpenCV", cv2.__version__, methods(library.OPENCV, 8))
    both = f"{pillow_version}, {tf.__version__}, {cv2.__version__}"
    yield VectorFile("resize/fit.json", "SPEC.md with Pillow, TensorFlow, OpenCV", both, fits(), TORCHVISION)


def methods(names: Iterable[str], more: int) -> Iterator[Case]:
    """Gives a case for each method and shape, and a picture of one row of four samples that SPEC.md works out."""
    for method in names:
        four = pixels(0, 4, 1)
        four[0] = [[0], [100], [200], [255]]
        step = stretch(method, 2, 1)
        yield valid(
            f"{method}-four", f"{method}: 0, 100, 200, 255 to two samples", four, library.fitted(four, step), step=step
        )
        for number, ((width, height, to_width, to_height), comment) in enumerate(shapes(method, more)):
            image = pixels(number * 7 + 1, width, height)
            step = stretch(method, to_width, to_height)
            yield valid(f"{method}-{number}", f"{method}: {comment}", image, library.fitted(image, step), step=step)


def shapes(seed: str, more: int) -> Iterator[tuple[tuple[int, int, int, int], str]]:
    """Gives the named shapes and `more` random ones."""
    yield from SHAPES
    rng = random.Random(seed)
    for _ in range(more):
        yield (rng.randint(1, 40), rng.randint(1, 40), rng.randint(1, 30), rng.randint(1, 30)), "a random shape"


def stretch(method: str, width: int, height: int) -> dict[str, Any]:
    return {"op": "resize", "method": method, "fit": "stretch", "width": width, "height": height}


FITS = (
    # (width, height), the step's fields, what is so
    ((10, 7), {"fit": "shorter_side", "side": 5}, "the longer side would be 7.14"),
    ((7, 10), {"fit": "shorter_side", "side": 5}, "the same, upright"),
    ((10, 4), {"fit": "shorter_side", "side": 1}, "the longer side would be 2.5, between an even and an odd number"),
    ((14, 4), {"fit": "shorter_side", "side": 1}, "the longer side would be 3.5"),
    ((21, 14), {"fit": "shorter_side", "side": 7}, "the longer side would be 10.5"),
    ((8, 8), {"fit": "shorter_side", "side": 3}, "a square stays one"),
    ((31, 1), {"fit": "shorter_side", "side": 2}, "one row"),
    ((3, 2), {"fit": "shorter_side", "side": 7}, "it grows: the longer side would be 10.5"),
    ((49, 30), {"fit": "shorter_side", "side": 10}, "16.33: a binary64 product is not needed to know"),
    ((10, 7), {"fit": "cover", "width": 4, "height": 4}, "the width would be 5.71; its middle is kept"),
    ((7, 10), {"fit": "cover", "width": 4, "height": 4}, "the same, upright"),
    ((9, 6), {"fit": "cover", "width": 3, "height": 3}, "the width would be 4.5, so 4: an offset of 0.5"),
    ((21, 14), {"fit": "cover", "width": 5, "height": 5}, "the width would be 7.5"),
    ((12, 8), {"fit": "cover", "width": 6, "height": 4}, "the shape is the same: nothing is cut"),
    ((5, 13), {"fit": "cover", "width": 9, "height": 2}, "much is cut above and below"),
    ((2, 3), {"fit": "cover", "width": 7, "height": 7}, "it grows, and is cut"),
    ((10, 7), {"fit": "contain", "width": 8, "height": 8, "pad_value": [0]}, "5.6 rows; the odd row is at the bottom"),
    ((7, 10), {"fit": "contain", "width": 8, "height": 8, "pad_value": [1, 128, 255]}, "the odd column goes right"),
    ((16, 9), {"fit": "contain", "width": 8, "height": 8, "pad_value": [114]}, "4.5 rows, behind an even number"),
    ((16, 11), {"fit": "contain", "width": 8, "height": 8, "pad_value": [114]}, "5.5 rows"),
    ((40, 1), {"fit": "contain", "width": 5, "height": 5, "pad_value": [9]}, "at least one row is left"),
    ((6, 6), {"fit": "contain", "width": 4, "height": 4, "pad_value": [9]}, "no margin"),
    ((3, 5), {"fit": "contain", "width": 12, "height": 9, "pad_value": [200]}, "it grows: 5.4 columns"),
)  # fmt: skip


def fits() -> Iterator[Case]:
    """Gives every fit with both roundings, the methods by turns."""
    turn = 0
    for number, ((width, height), fields, comment) in enumerate(FITS):
        for side in ("floor", "half_even"):
            for offset in ("floor", "half_even") if fields["fit"] == "cover" else (None,):
                method = library.METHODS[turn % len(library.METHODS)]
                turn += 1
                step = {"op": "resize", "method": method, **fields, "side_rounding": side}
                step |= {"offset_rounding": offset} if offset else {}
                image = pixels(600 + number, width, height)
                name = f"{fields['fit']}-{number}-{side}" + (f"-{offset}" if offset else "")
                yield valid(name, f"{fields['fit']}: {comment}", image, library.fitted(image, step), step=step)
    yield from chained()
    yield from wrong()


def chained() -> Iterator[Case]:
    """Gives resizes of pictures that a step before has changed."""
    image = pixels(77, 11, 9)
    gray, halves = {"op": "color", "to": "GRAY"}, {"op": "rescale", "divisor": 2.0}
    for method in library.METHODS:
        step = stretch(method, 5, 6)
        grey = library.gray(image)
        yield valid(
            f"gray-{method}", f"{method}: one channel", image, library.fitted(grey, step), before=[gray], step=step
        )
    for method in library.TENSORFLOW:
        step, floats = stretch(method, 6, 5), library.rescaled(image, halves)
        yield valid(
            f"floats-{method}",
            f"{method}: binary32 values",
            image,
            library.fitted(floats, step),
            before=[halves],
            step=step,
        )
    for sides, target in (((31, 2), (53, 3)), ((2, 31), (3, 53))):
        image, step = pixels(31, *sides), stretch("tf.area", *target)
        comment = "53 times the binary32 nearest to 31/53 is more than 31: the last output ends behind the picture"
        yield valid(f"area-behind-{sides[0]}", comment, image, library.fitted(image, step), step=step)
    row = np.array([0, 0, 190, 108, 153, 127, 222, 186, 0], np.uint8)
    line = np.repeat(row, 3).reshape(1, 9, 3)
    step = stretch("pillow.hamming", 3, 1)
    words = "0.54 and 0.46 are binary32 in Pillow: with binary64 constants the middle is 141"
    yield valid("hamming-constants", words, line, library.fitted(line, step), step=step)
    tall = pixels(303, 2, 303)
    for method in (name for name in library.PILLOW if name != "pillow.nearest"):
        step = stretch(method, 5, 4)
        comment = f"{method}: across first, also where Image.resize in one call goes down first"
        yield valid(f"tall-{method}", comment, tall, library.fitted(tall, step), step=step)
    flip = {"op": "flip", "axis": "vertical"}
    for method in ("pillow.bicubic", "tf.area", "opencv.area"):
        step = stretch(method, 4, 4)
        yield valid(
            f"flipped-{method}",
            f"{method}: rows in the opposite order",
            image,
            library.fitted(image[::-1], step),
            before=[flip],
            step=step,
        )
    first, second = stretch("opencv.area", 8, 8), stretch("pillow.lanczos", 5, 3)
    twice = library.fitted(library.fitted(image, first), second)
    yield valid("twice", "a resize of a resize", image, twice, before=[first], step=second)


def wrong() -> Iterator[Case]:
    """Gives what is refused."""
    right = stretch("pillow.bicubic", 4, 3)
    contain = {"fit": "contain", "side_rounding": "floor"}
    yield from refused("resize", right, [
        ("method", "a method is named with its library", {"method": "bilinear"}, "spec/unknown-value", ".method"),
        ("no-method", "and always named", {"method": None}, "spec/missing-key", ".method"),
        ("fit", "there are four fits", {"fit": "squash"}, "spec/unknown-value", ".fit"),
        ("no-width", "stretch needs both sides", {"width": None}, "spec/inconsistent", ""),
        ("width-0", "a side is at least 1", {"width": 0}, "spec/out-of-range", ".width"),
        ("side", "stretch does not use `side`", {"side": 3}, "spec/inconsistent", ""),
        ("rounding", "stretch rounds nothing", {"side_rounding": "floor"}, "spec/inconsistent", ""),
        ("no-pad-value", "contain needs the colour of its margin", contain, "spec/inconsistent", ""),
        ("two-pad-values", "one, or one a channel", {**contain, "pad_value": [1, 2]}, "spec/inconsistent", ""),
        ("no-rounding", "none is taken for granted", {"fit": "contain", "pad_value": [0]}, "spec/inconsistent", ""),
    ])  # fmt: skip
    image = pixels(5, 4, 3)
    floats, at = {"op": "rescale", "divisor": 255.0}, "$.inputs[0].steps[2]"
    for method in ("pillow.box", "opencv.linear"):
        yield invalid(
            f"floats-{method}",
            f"{method} takes uint8",
            image,
            "spec/impossible-step",
            at,
            before=[floats],
            step=stretch(method, 2, 2),
        )
    grey = [{"op": "color", "to": "GRAY"}]
    boxed = {**right, **contain, "pad_value": [1, 2, 3]}
    yield invalid(
        "three-on-gray", "three values for one channel", image, "spec/channel-count", at, before=grey, step=boxed
    )
    line = {"op": "resize", "method": "pillow.box", "fit": "shorter_side", "side": 16384, "side_rounding": "floor"}
    yield invalid("too-large", "more than 2^27 pixels are never made", pixels(1, 9000, 1), "input/too-large", step=line)
