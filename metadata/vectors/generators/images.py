"""Vectors of color, crop, pad, flip, layout, rescale and normalize."""

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


def files() -> Iterator[VectorFile]:
    import tensorflow as tf

    numpy = np.__version__
    yield VectorFile("color/pillow.json", "Pillow", pillow_version, color())
    yield VectorFile("crop/centre.json", "torchvision's and Keras' published arithmetic", "0.21, 3.15", crop())
    yield VectorFile("crop/tensorflow.json", "TensorFlow", tf.__version__, central())
    yield VectorFile("pad/numpy.json", "NumPy", numpy, pad())
    yield VectorFile("flip/numpy.json", "NumPy", numpy, flip())
    yield VectorFile("layout/numpy.json", "NumPy", numpy, layout())
    yield VectorFile("rescale/numpy.json", "NumPy", numpy, rescale())
    yield VectorFile("normalize/numpy.json", "NumPy", numpy, normalize())


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
        grey = library.gray(image)
        for to, expected in (("GRAY", grey), ("BGR", image[..., ::-1])):
            yield valid(
                f"{to.lower()}-{width}x{height}",
                f"{to} of {width} x {height}",
                image,
                expected,
                step={"op": "color", "to": to},
            )
    yield valid(
        "gray-of-gray",
        "each level of grey stays what it is",
        LEVELS,
        LEVELS[..., :1],
        step={"op": "color", "to": "GRAY"},
    )
    corners = np.array(
        [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [10, 20, 30]], np.uint8
    )
    corners = corners[np.newaxis]
    yield valid(
        "gray-corners",
        "the corners of the cube, and (10, 20, 30) -> 18",
        corners,
        library.gray(corners),
        step={"op": "color", "to": "GRAY"},
    )
    ties = np.array(
        [
            [r, g, b]
            for r in range(256)
            for g in (0, 1, 127, 254)
            for b in (0, 255)
            if (r * 19595 + g * 38470 + b * 7471 + 32768) % 65536 < 260
        ],
        np.uint8,
    )[np.newaxis]
    yield valid(
        "gray-ties", "sums that lie next to a half", ties, library.gray(ties), step={"op": "color", "to": "GRAY"}
    )
    image = pixels(7, 5, 3)
    bgr, rgb = {"op": "color", "to": "BGR"}, {"op": "color", "to": "RGB"}
    grey = {"op": "color", "to": "GRAY"}
    yield valid("rgb", "RGB of RGB changes nothing", image, image, step=rgb)
    yield valid(
        "bgr-bgr",
        "BGR of BGR changes nothing: `to` names what it becomes",
        image,
        image[..., ::-1],
        before=[bgr],
        step=bgr,
    )
    yield valid("bgr-rgb", "RGB of BGR gives the picture back", image, image, before=[bgr], step=rgb)
    yield valid("bgr-gray", "grey of BGR weighs red as red", image, library.gray(image), before=[bgr], step=grey)
    yield valid("gray-gray", "grey of grey changes nothing", image, library.gray(image), before=[grey], step=grey)
    yield from refused("color", grey, [
        ("to-what", "`to` is one of three", {"to": "RGBA"}, "spec/unknown-value", ".to"),
        ("no-to", "`to` has no default", {"to": None}, "spec/missing-key", ".to"),
    ])  # fmt: skip
    rescale = {"op": "rescale", "divisor": 255.0}
    at = "$.inputs[0].steps[2]"
    yield invalid(
        "gray-to-rgb",
        "colours that are gone do not come back",
        image,
        "spec/impossible-step",
        at,
        before=[grey],
        step=rgb,
    )
    yield invalid("floats", "it takes uint8 pixels", image, "spec/impossible-step", at, before=[rescale], step=grey)
    nchw = [{"op": "layout", "to": "NCHW"}]
    yield invalid("nchw", "it takes channels last", image, "spec/impossible-step", at, before=nchw, step=bgr)


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
            yield valid(
                f"{width}x{height}-{to_width}x{to_height}-{rounding}",
                comment,
                image,
                library.cropped(image, step),
                step=step,
            )
    image = pixels(5, 6, 5)
    right = {"op": "crop", "width": 2, "height": 2, "offset_rounding": "floor"}
    resize = {"op": "resize", "method": "pillow.bilinear", "fit": "stretch", "width": 9, "height": 8}
    large = library.resized(image, 9, 8, "pillow.bilinear")
    yield valid(
        "behind-resize",
        "a crop behind a resize gives the middle of the whole",
        image,
        large[3:5, 3:5],
        before=[resize],
        step=right,
    )
    floats = {"op": "rescale", "divisor": 255.0}
    yield valid(
        "floats",
        "values that are no pixels any more",
        image,
        library.rescaled(image, floats)[1:3, 2:4],
        before=[floats],
        step=right,
    )
    yield from refused("crop", right, [
        ("both-forms", "a size or a fraction, not both", {"central_fraction": 0.5}, "spec/inconsistent", ""),
        ("no-height", "width alone is no size", {"height": None}, "spec/inconsistent", ""),
        ("no-rounding", "no rounding is taken for granted", {"offset_rounding": None}, "spec/inconsistent", ""),
        ("zero", "a side is at least 1", {"width": 0}, "spec/out-of-range", ".width"),
        ("huge", "and at most 16384", {"width": 16385}, "spec/out-of-range", ".width"),
        ("rounding", "ceil is no rounding here", {"offset_rounding": "ceil"}, "spec/unknown-value", ".offset_rounding"),
        ("text", "a side is a number", {"width": "2"}, "spec/wrong-type", ".width"),
    ])  # fmt: skip
    yield invalid("too-small", "a picture smaller than the crop", pixels(5, 1, 5), "input/too-small", step=right)
    known = [{**resize, "width": 9, "height": 1}]
    yield invalid(
        "known-too-small",
        "found before any photo, where the size is known",
        image,
        "spec/crop-too-large",
        "$.inputs[0].steps[2]",
        before=known,
        step=right,
    )


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


def rescale() -> Iterator[Case]:
    """Gives NumPy's binary32 arithmetic."""
    yield from in_spec("rescale")
    for name, comment, step in (
        ("divisor", "x / 255, not x * (1 / 255)", {"divisor": 255.0}),
        ("factor", "x * (1 / 255), not x / 255", {"factor": 1 / 255}),
        ("offset", "the offset is added after the division", {"divisor": 127.5, "offset": -1.0}),
    ):
        yield valid(name, comment, LEVELS, library.rescaled(LEVELS, step), step={"op": "rescale", **step})
    numbers = (
        1.0,
        -1.0,
        0.1,
        1 / 3,
        2 / 255,
        1 / 127.5,
        0.017429193899782137,
        3.0,
        255.0,
        256.0,
        127.5,
        58.395,
        1e-30,
        1e30,
        -128.0,
        1e38,
        2**-126,
        16777217.0,
    )
    for place, number in enumerate(numbers):
        for kind in ("factor", "divisor"):
            step = {"op": "rescale", kind: number, "offset": (0.0, -0.5, 0.1)[place % 3]}
            yield valid(
                f"{kind}-{place}",
                f"{kind} {number!r}, rounded to binary32 first",
                SPAN,
                library.rescaled(SPAN, step),
                step=step,
            )
    zero = np.zeros((1, 1, 3), np.uint8)
    yield valid(
        "minus-zero",
        "0 * -1 is -0; adding the offset of 0 makes it 0",
        zero,
        library.rescaled(zero, {"factor": -1.0}),
        step={"op": "rescale", "factor": -1.0},
    )
    yield valid(
        "infinite",
        "255 * 3e38 is beyond binary32, and becomes an infinity",
        SPAN,
        library.rescaled(SPAN, {"factor": 3e38}),
        step={"op": "rescale", "factor": 3e38},
    )
    first = {"op": "rescale", "divisor": 255.0}
    twice = {"op": "rescale", "factor": 2.0, "offset": -1.0}
    yield valid(
        "twice",
        "one rounding an operation, also between two steps",
        LEVELS,
        library.rescaled(library.rescaled(LEVELS, first), twice),
        before=[first],
        step=twice,
    )
    yield from refused("rescale", first, [
        ("both", "exactly one of factor and divisor", {"factor": 2.0}, "spec/inconsistent", ""),
        ("neither", "exactly one, not none", {"divisor": None}, "spec/inconsistent", ""),
        ("by-nothing", "nothing is divided by 0", {"divisor": 0.0}, "spec/inconsistent", ""),
        ("factor-of-0", "a factor of 0 leaves nothing", {"divisor": None, "factor": 0.0}, "spec/inconsistent", ""),
        ("text", "numbers are numbers", {"divisor": "255"}, "spec/wrong-type", ".divisor"),
        ("too-small", "a divisor that is 0 in binary32", {"divisor": 1e-46}, "spec/out-of-range", ""),
        ("too-large", "an offset that is infinite in binary32", {"offset": 1e39}, "spec/out-of-range", ""),
    ])  # fmt: skip


def normalize() -> Iterator[Case]:
    """Gives NumPy's binary32 arithmetic."""
    yield from in_spec("normalize")
    imagenet = {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375]}
    known = (
        ("imagenet", "per-channel mean is subtracted before division", imagenet),
        ("one", "one number for all channels", {"mean": [127.0], "std": [128.0]}),
        ("mean-only", "std of 1", {"mean": [103.939, 116.779, 123.68], "std": [1.0]}),
        ("one-mean", "one mean, a std for each channel", {"mean": [127.5], "std": [1.0, 2.0, 3.0]}),
        ("negative-std", "a negative std turns the sign", {"mean": [100.0], "std": [-50.0]}),
        ("equal", "x - mean = 0 divided by a negative std is -0", {"mean": [100.0], "std": [-1.0]}),
    )
    for name, comment, numbers in known:
        step = {"op": "normalize", **numbers, "range": "0..255"}
        yield valid(name, comment, LEVELS, library.normalized(LEVELS, step), step=step)
    rng = np.random.default_rng(6)
    for number in range(28):
        count = 1 if number % 4 == 0 else 3
        mean, std = rng.uniform(-300, 300, count), rng.uniform(0.01, 200, 3 if number % 3 else 1)
        step = {"op": "normalize", "mean": mean.tolist(), "std": std.tolist(), "range": "0..255"}
        yield valid(
            f"random-{number}",
            "binary64 numbers are rounded to binary32 first",
            SPAN,
            library.normalized(SPAN, step),
            step=step,
        )
    share = {"op": "rescale", "divisor": 255.0}
    step = {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"}
    yield valid(
        "behind-rescale",
        "mean and std for 0..1 behind x / 255",
        LEVELS,
        library.normalized(library.rescaled(LEVELS, share), step),
        before=[share],
        step=step,
    )
    centred = {"op": "rescale", "divisor": 127.5, "offset": -1.0}
    half = {"op": "normalize", "mean": [0.5], "std": [0.5], "range": "-1..1"}
    yield valid(
        "minus-one",
        "mean and std for -1..1",
        LEVELS,
        library.normalized(library.rescaled(LEVELS, centred), half),
        before=[centred],
        step=half,
    )
    tiny = {"op": "normalize", "mean": [0.0], "std": [1e-37], "range": "0..255"}
    yield valid(
        "infinite", "what is beyond binary32 becomes an infinity", SPAN, library.normalized(SPAN, tiny), step=tiny
    )
    right = {"op": "normalize", **imagenet, "range": "0..255"}
    yield from refused("normalize", right, [
        ("two-means", "one number, or one a channel", {"mean": [1.0, 2.0]}, "spec/channel-count", ""),
        ("four-stds", "four numbers for three channels", {"std": [1.0, 2.0, 3.0, 4.0]}, "spec/channel-count", ""),
        ("five-means", "no picture has five channels", {"mean": [1.0] * 5}, "spec/out-of-range", ".mean"),
        ("no-means", "at least one number", {"mean": []}, "spec/out-of-range", ".mean"),
        ("no-range", "the range is not taken for granted", {"range": None}, "spec/missing-key", ".range"),
        ("ranges", "there are three ranges", {"range": "0..2"}, "spec/unknown-value", ".range"),
        ("std-0", "nothing is divided by 0", {"std": [0.0]}, "spec/inconsistent", ""),
        ("std-tiny", "nor by what is 0 in binary32", {"std": [1e-46]}, "spec/out-of-range", ""),
        ("range", "mean and std for 0..1 on 0..255", {"range": "0..1"}, "spec/range-mismatch", ""),
    ])  # fmt: skip
    yield invalid(
        "twice",
        "rescaled, then a mean for 0..255",
        SPAN,
        "spec/range-mismatch",
        "$.inputs[0].steps[2]",
        before=[share],
        step=right,
    )
