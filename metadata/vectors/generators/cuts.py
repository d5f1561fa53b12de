"""Vectors of crop and pad."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generators import library
from generators.base import TORCHVISION, Case, VectorFile, invalid, valid
from generators.images import SIZES, in_spec, pixels, refused


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    import tensorflow as tf

    yield VectorFile(
        "crop/centre.json", "torchvision's and Keras' published arithmetic", "0.29, 3.15", crop(), TORCHVISION
    )
    yield VectorFile("crop/tensorflow.json", "TensorFlow", tf.__version__, central())
    yield VectorFile("pad/numpy.json", "NumPy", np.__version__, pad())


def crop() -> Iterator[Case]:
    """Gives the middle of pictures, with offsets that are whole, and halves below even and odd numbers."""
    yield from in_spec("crop")
    for width, height, to_width, to_height in (
        (1, 1, 1, 1), (5, 5, 5, 5), (5, 4, 2, 2), (6, 7, 3, 4), (7, 9, 2, 2), (9, 7, 4, 1), (8, 3, 1, 3), (3, 8, 3, 1),
        (10, 11, 5, 6), (11, 10, 6, 5), (13, 12, 4, 5), (2, 2, 1, 1), (4, 4, 1, 1), (17, 1, 2, 1), (1, 17, 1, 2),
    ):  # fmt: skip
        for rounding in ("floor", "half_even"):
            image = pixels(width * 31 + height, width, height)
            step = {"op": "crop", "width": to_width, "height": to_height, "offset_rounding": rounding}
            offsets = f"offsets {(width - to_width) / 2} and {(height - to_height) / 2}"
            comment = f"{width} x {height} to {to_width} x {to_height}: {offsets}"
            name = f"{width}x{height}-{to_width}x{to_height}-{rounding}"
            yield valid(name, comment, image, library.cropped(image, step), step=step)
    yield from crop_behind()


def crop_behind() -> Iterator[Case]:
    """Gives crops behind other steps, and what is refused."""
    image = pixels(5, 6, 5)
    right = {"op": "crop", "width": 2, "height": 2, "offset_rounding": "floor"}
    resize = {"op": "resize", "method": "pillow.bilinear", "fit": "stretch", "width": 9, "height": 8}
    large = library.resized(image, 9, 8, "pillow.bilinear")
    comment = "a crop behind a resize gives the middle of the whole"
    yield valid("behind-resize", comment, image, large[3:5, 3:5], before=[resize], step=right)
    floats = {"op": "rescale", "divisor": 255.0}
    shares = library.rescaled(image, floats)
    yield valid("floats", "values that are no pixels any more", image, shares[1:3, 2:4], before=[floats], step=right)
    yield from refused("crop", right, [
        ("both-forms", "a size or a fraction, not both", {"central_fraction": 0.5}, "spec/inconsistent", ""),
        ("no-height", "width alone is no size", {"height": None}, "spec/inconsistent", ""),
        ("no-rounding", "no rounding is taken for granted", {"offset_rounding": None}, "spec/inconsistent", ""),
        ("zero", "a side is at least 1", {"width": 0}, "spec/out-of-range", ".width"),
        ("huge", "and at most 16384", {"width": 16385}, "spec/out-of-range", ".width"),
        ("rounding", "ceil is no rounding here", {"offset_rounding": "ceil"}, "spec/unknown-value", ".offset_rounding"),
        ("text", "a side is a number", {"width": "2"}, "spec/wrong-type", ".width"),
    ])  # fmt: skip
    narrow = pixels(5, 1, 5)
    yield invalid("too-small", "a picture smaller than the crop", narrow, "input/too-small", "photo", step=right)
    known, at = [{**resize, "width": 9, "height": 1}], "$.inputs[0].steps[2]"
    comment = "found before any photo, where the size is known"
    yield invalid("known-too-small", comment, image, "spec/crop-too-large", at, before=known, step=right)


def central() -> Iterator[Case]:
    """Gives tf.image.central_crop."""
    fractions = (1.0, 0.875, 0.5, 0.33, 0.1, 0.999, 0.7, 1e-6)
    for width, height in ((1, 1), (2, 2), (10, 9), (17, 23), (31, 5)):
        for fraction in fractions:
            image = pixels(width, width, height)
            step = {"op": "crop", "central_fraction": fraction}
            yield valid(
                f"{width}x{height}-{fraction}",
                f"the middle {fraction} of both sides",
                image,
                library.cropped(image, step),
                step=step,
            )
    image = pixels(1, 4, 4)
    for name, fraction in (("none", 0.0), ("negative", -0.5), ("more-than-all", 1.5)):
        where = "$.inputs[0].steps[1].central_fraction"
        yield invalid(
            name,
            "a fraction is more than 0 and at most 1",
            image,
            "spec/out-of-range",
            where,
            step={"op": "crop", "central_fraction": fraction},
        )


def pad() -> Iterator[Case]:
    """Gives margins of one colour, and of one number for all channels."""
    yield from in_spec("pad")
    for number, (width, height) in enumerate(SIZES):
        image = pixels(200 + number, width, height)
        for name, margins in (("even", (1, 1, 1, 1)), ("odd", (0, number % 3, 2, 1)), ("none", (0, 0, 0, 0))):
            left, top, right, bottom = margins
            value = [number * 18] if name != "odd" else [0, 128, 255]
            step = {"op": "pad", "left": left, "top": top, "right": right, "bottom": bottom, "value": value}
            comment = f"{width} x {height} with margins {list(margins)} (left, top, right, bottom) of {value}"
            yield valid(f"{width}x{height}-{name}", comment, image, library.padded(image, step), step=step)
    image = pixels(9, 3, 2)
    right = {"op": "pad", "left": 1, "top": 0, "right": 2, "bottom": 3, "value": [7]}
    floats = {"op": "rescale", "divisor": 2.0}
    yield valid(
        "floats",
        "the margin's value is not rescaled",
        image,
        library.padded(library.rescaled(image, floats), right),
        before=[floats],
        step=right,
    )
    grey = [{"op": "color", "to": "GRAY"}]
    yield valid("gray", "one channel", image, library.padded(library.gray(image), right), before=grey, step=right)
    yield from refused("pad", right, [
        ("no-left", "every margin is said", {"left": None}, "spec/missing-key", ".left"),
        ("negative", "a margin is not negative", {"top": -1}, "spec/out-of-range", ".top"),
        ("two-values", "one value, or one a channel", {"value": [1, 2]}, "spec/inconsistent", ""),
        ("too-bright", "a value is a level of 0..255", {"value": [256]}, "spec/out-of-range", ".value[0]"),
        ("half", "a whole one", {"value": [0.5]}, "spec/wrong-type", ".value[0]"),
    ])  # fmt: skip
    three = {**right, "value": [1, 2, 3]}
    yield invalid(
        "three-on-gray",
        "three values for one channel",
        image,
        "spec/channel-count",
        "$.inputs[0].steps[2]",
        before=grey,
        step=three,
    )
