"""Vectors of denormalize and round, and of uncrop, whose places are undone step by step in exact fractions."""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sklearn
from sklearn.preprocessing import StandardScaler

from generators.base import Array, Case, VectorFile, invalid, valid

F = np.float32
DECODE = {"op": "decode"}


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("denormalize/sklearn.json", "scikit-learn", sklearn.__version__, denormalize_cases())
    yield VectorFile("round/numpy.json", "NumPy", np.__version__, round_cases())
    python = platform.python_version_tuple()
    yield VectorFile("uncrop/fractions.json", "Python fractions", ".".join(python[:2]), uncrop_cases())


def inverse(values: Array, mean: list[float], std: list[float]) -> Array:
    """Gives StandardScaler.inverse_transform, which rounds after each operation where its constants are binary32."""
    scaler = StandardScaler()
    count = values.shape[-1]
    scaler.mean_ = np.broadcast_to(np.array(mean, F).astype(np.float64), count)
    scaler.scale_ = np.broadcast_to(np.array(std, F).astype(np.float64), count)
    scaler.n_features_in_ = count
    return np.asarray(scaler.inverse_transform(values.copy()))


def denormalize_cases() -> Iterator[Case]:
    """Gives targets as they were before they were standardised."""
    rng = np.random.default_rng(31)

    def one(name: str, comment: str, values: Any, mean: list[float], std: list[float]) -> Case:
        given = np.array(values, F)
        step = {"op": "denormalize", "mean": mean, "std": std}
        return valid(name, comment, {"value": given}, inverse(given, mean, std), step=step)

    yield one("in-spec", "times std, then plus mean", [[0.5, -1.25]], [20.0], [4.0])
    yield one("a-column", "one number a column", [[0.5, -1.25, 2]], [1.0, 2.0, 3.0], [10.0, 100.0, 1000.0])
    yield one("constants", "mean and std are rounded to binary32 first", [[1, 3, 7]], [0.1], [0.3])
    yield one("two-roundings", "the product is rounded before the mean is added", [[1 / 3, 0.1]], [-1.0], [3.0])
    yield one("zero", "0 becomes the mean", [[0.0, -0.0]], [5.5], [2.0])
    yield one("no-spread", "std may be 0", [[1.0, 2.0]], [7.0], [0.0])
    yield one("negative-std", "std may be negative", [[1.0, 2.0]], [0.0], [-1.0])
    yield one("minus-zero", "-0 + 0 is 0", [[-0.0]], [0.0], [1.0])
    yield one("tiny", "subnormal values", [[1e-42, 3e-45]], [0.0], [0.5])
    yield one("large", "values near the largest binary32", [[1e38, -1e38]], [1e30], [3.0])
    for place in range(8):
        count = int(rng.integers(1, 6))
        mean = [float(each) for each in rng.normal(0, 50, count).round(3)]
        std = [float(each) for each in rng.uniform(0.01, 20, count).round(4)]
        comment = f"{count} columns of random numbers"
        yield one(f"random-{place}", comment, rng.normal(size=(1, count)), mean, std)
    value = {"value": np.array([[1.0, 2.0]], F)}
    good = {"op": "denormalize", "mean": [1.0], "std": [1.0]}
    yield invalid("another-count", "three means for two columns", value, "spec/channel-count",
                  step={**good, "mean": [1.0, 2.0, 3.0], "std": [1.0, 2.0, 3.0]})  # fmt: skip
    yield invalid("other-lengths", "mean and std have one length", value, "spec/inconsistent", "$",
                  step={**good, "mean": [1.0, 2.0]})  # fmt: skip
    yield invalid(
        "no-std", "std is needed", value, "spec/missing-key", "$.std", step={"op": "denormalize", "mean": [1.0]}
    )
    yield invalid("empty", "there is at least one number", value, "spec/out-of-range", "$.mean",
                  step={**good, "mean": [], "std": []})  # fmt: skip
    yield invalid("unknown-key", "scale is no key", value, "spec/unknown-key", "$.scale", step={**good, "scale": 1})


def round_cases() -> Iterator[Case]:
    """Gives numbers with fewer decimals."""
    rng = np.random.default_rng(32)

    def one(name: str, comment: str, values: Any, decimals: int, rounding: str = "half_even") -> Case:
        given = np.array(values, F)
        if rounding == "half_even":
            with np.errstate(over="ignore"):
                expected = np.round(given, decimals)
        else:
            expected = np.floor(given * F(10**decimals)) / F(10**decimals)
        step = {"op": "round", "decimals": decimals, "rounding": rounding}
        return valid(name, comment, {"value": given}, expected + F(0), step=step)

    ties = [[0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.25, 0.75]]
    yield one("in-spec", "ties go to the even number", [[2.5, 3.5, -1.2]], 0)
    yield one("ties", "and those below 0 too", ties, 0)
    yield one("ties-floor", "floor goes down", ties, 0, "floor")
    yield one("near-ties", "just beside a tie", [[0.49999997, 0.50000006, 1.4999999, 2.5000002]], 0)
    yield one("one-decimal", "times 10 in binary32 may make a tie", [[0.25, 0.35, 0.45, 1.05, 2.675]], 1)
    yield one("two-decimals", "and times 100", [[2.675, 1.005, 0.125, -0.375]], 2)
    yield one("two-decimals-floor", "floor of hundredths", [[2.675, 1.009, -0.001]], 2, "floor")
    yield one("whole", "whole numbers stay", [[0, 1, -7, 8388609, 16777216, 1e10]], 0)
    yield one("large-decimals", "large numbers with decimals", [[8388609, 16777216, 123456.78]], 2)
    yield one("minus-zero", "-0 becomes 0", [[-0.0, -0.2, 0.2]], 0)
    yield one("tiny", "subnormal numbers", [[1e-44, -1e-44]], 3)
    yield one("nine", "nine decimals", [[1 / 3, 1e-9, 0.123456789]], 9)
    yield one("overflow", "what becomes infinite on the way stays so", [[3e38, -3e38]], 5)
    for place in range(6):
        decimals = int(rng.integers(0, 5))
        rounding = ("half_even", "floor")[place % 2]
        yield one(f"random-{place}", "random numbers", rng.normal(0, 100, (1, 7)), decimals, rounding)
    value = {"value": np.array([[1.0]], F)}
    good = {"op": "round", "decimals": 0, "rounding": "floor"}
    yield invalid("negative", "decimals are not negative", value, "spec/out-of-range", "$.decimals",
                  step={**good, "decimals": -1})  # fmt: skip
    yield invalid("too-many", "nine decimals at most", value, "spec/out-of-range", "$.decimals",
                  step={**good, "decimals": 10})  # fmt: skip
    yield invalid(
        "fraction", "decimals are whole", value, "spec/wrong-type", "$.decimals", step={**good, "decimals": 1.5}
    )
    yield invalid("half-up", "half_up is no rounding", value, "spec/unknown-value", "$.rounding",
                  step={**good, "rounding": "half_up"})  # fmt: skip
    yield invalid("unsaid", "the rounding must be said", value, "spec/missing-key", "$.rounding",
                  step={"op": "round", "decimals": 0})  # fmt: skip


Undo = Callable[[Fraction], Fraction]


def side(value: Fraction, rounding: str) -> int:
    """Gives a computed side or offset, rounded as the step says."""
    return math.floor(value) if rounding == "floor" else round(value)


def resized(step: dict[str, Any], width: int, height: int) -> tuple[int, int, tuple[int, int], tuple[int, int]]:
    """Gives the size a resize scales to, the size of its result, and where that begins in the scaled picture."""
    fit = step["fit"]
    if fit == "shorter_side":
        to = step["side"]
        scaled = (to, side(Fraction(to * height, width), step["side_rounding"]))
        if height < width:
            scaled = (side(Fraction(to * width, height), step["side_rounding"]), to)
        return *scaled, scaled, (0, 0)
    box = (step["width"], step["height"])
    if fit == "stretch":
        return *box, box, (0, 0)
    shares = (Fraction(box[0], width), Fraction(box[1], height))
    share = max(shares) if fit == "cover" else min(shares)
    wide, high = (
        each if share == one else max(1, side(length * share, step["side_rounding"]))
        for each, one, length in zip(box, shares, (width, height), strict=True)
    )
    if fit == "contain":
        return wide, high, box, (-((box[0] - wide) // 2), -((box[1] - high) // 2))
    begin = [side(Fraction(a - b, 2), step["offset_rounding"]) for a, b in zip((wide, high), box, strict=True)]
    return wide, high, box, (begin[0], begin[1])


def undone(steps: list[dict[str, Any]], width: int, height: int) -> tuple[int, int, Undo, Undo]:
    """Gives the prepared size, and what brings a coordinate of each axis back, one step after another."""
    back: tuple[list[Undo], list[Undo]] = ([], [])
    size = [width, height]
    for step in steps:
        if step["op"] == "resize":
            wide, high, box, begin = resized(step, *size)
            for axis, scaled in enumerate((wide, high)):
                back[axis].append(lambda p, a=size[axis], b=scaled: p * a / b)
                back[axis].append(lambda p, at=begin[axis]: p + at)
            size = list(box)
        elif step["op"] == "crop":
            for axis, key in enumerate(("width", "height")):
                if "central_fraction" in step:
                    length = float(size[axis])
                    at = int((length - length * step["central_fraction"]) / 2)
                    kept = size[axis] - 2 * at
                else:
                    kept = step[key]
                    at = side(Fraction(size[axis] - kept, 2), step["offset_rounding"])
                back[axis].append(lambda p, at=at: p + at)
                size[axis] = kept
        elif step["op"] == "pad":
            back[0].append(lambda p, at=step["left"]: p - at)
            back[1].append(lambda p, at=step["top"]: p - at)
            size = [size[0] + step["left"] + step["right"], size[1] + step["top"] + step["bottom"]]
        elif step["op"] == "flip":
            axis = 0 if step["axis"] == "horizontal" else 1
            back[axis].append(lambda p, whole=size[axis]: whole - p)
    return size[0], size[1], whole(back[0]), whole(back[1])


def whole(parts: list[Undo]) -> Undo:
    """Gives one function that undoes all steps, the last one first."""

    def run(place: Fraction) -> Fraction:
        for part in reversed(parts):
            place = part(place)
        return place

    return run


def places(found: Array, undo: Undo, given: int, clip: bool) -> Array:
    """Gives exact coordinates in the photo of places in pixels, rounded once to binary32."""
    exact = [undo(each) for each in found]
    kept = [min(max(each, Fraction(0)), Fraction(given)) if clip else each for each in exact]
    return np.array([F(each.numerator / each.denominator) for each in kept], F)


RESIZE = {"op": "resize", "method": "tf.bilinear"}
SHORTER = {**RESIZE, "fit": "shorter_side", "side": 256, "side_rounding": "floor"}
CENTRE = {"op": "crop", "width": 224, "height": 224, "offset_rounding": "half_even"}
STRETCH = {**RESIZE, "fit": "stretch", "width": 300, "height": 300}
COVER = {
    **RESIZE,
    "fit": "cover",
    "width": 224,
    "height": 160,
    "side_rounding": "half_even",
    "offset_rounding": "floor",
}
CONTAIN = {**RESIZE, "fit": "contain", "width": 320, "height": 320, "side_rounding": "half_even", "pad_value": [114]}
FRACTION = {"op": "crop", "central_fraction": 0.875}
PAD = {"op": "pad", "left": 3, "top": 0, "right": 10, "bottom": 7, "value": [0]}
MIRROR, TURN = {"op": "flip", "axis": "horizontal"}, {"op": "flip", "axis": "vertical"}
WAYS: dict[str, tuple[str, list[dict[str, Any]], int, int]] = {
    "nothing": ("a picture that is only decoded", [], 640, 427),
    "stretch": ("each axis by its own scale", [STRETCH], 640, 427),
    "in-spec": ("a letterbox: the margin lies outside of the photo", [CONTAIN], 640, 480),
    "tall": ("a tall photo in a letterbox", [CONTAIN], 427, 640),
    "odd": ("the odd pixel of margin goes right and bottom", [CONTAIN], 640, 427),
    "shorter-crop": ("the shorter side, then the centre", [SHORTER, CENTRE], 640, 427),
    "shorter-tall": ("of a tall photo", [SHORTER, CENTRE], 427, 641),
    "cover": ("cover cuts two sides off", [COVER], 641, 427),
    "fraction": ("central_fraction, then stretch", [FRACTION, STRETCH], 500, 333),
    "pad": ("margins of different widths", [PAD, STRETCH], 97, 61),
    "mirrored": ("a mirrored picture", [STRETCH, MIRROR], 640, 427),
    "turned": ("mirrored both ways, between a crop and a pad", [SHORTER, CENTRE, MIRROR, TURN, PAD], 640, 427),
    "twice": ("two resizes: the scales multiply", [SHORTER, STRETCH, CENTRE], 4000, 3000),
    "pixel": ("a photo of one pixel", [STRETCH], 1, 1),
    "row": ("a photo of one row", [CONTAIN], 301, 1),
}


STEP = {"op": "uncrop", "input": "image"}


def uncrop_cases() -> Iterator[Case]:
    """Gives boxes, points and masks of many preparations."""
    rng = np.random.default_rng(33)
    for name, (comment, steps, width, height) in WAYS.items():
        for units, clip in (("normalized", False), ("pixels", True)):
            wide, high, _, _ = undone(steps, width, height)
            boxes = np.sort(rng.uniform(-0.1, 1.1, (3, 2, 2)), axis=1).reshape(3, 4)
            boxes[0] = (0, 0, 1, 1)
            boxes = (boxes if units == "normalized" else boxes * [wide, high, wide, high]).astype(F)
            given = {"steps": [DECODE, *steps], "width": width, "height": height, "boxes": boxes}
            step = {**STEP, "units": units, "clip": clip}
            words = f"{comment}; {'kept inside the photo, of pixels' if clip else 'of fractions'}"
            expected = boxes_back(boxes, step, steps, width, height)
            yield valid(f"boxes-{name}-{units}", words, given, {"boxes": expected}, step=step)
    yield from point_cases(rng)
    yield from mask_cases(rng)
    yield from refused_cases()


def refused_cases() -> Iterator[Case]:
    """Gives what uncrop refuses, and nothing at all."""
    given = {"steps": [DECODE], "width": 4, "height": 4, "boxes": np.zeros((0, 4), F)}
    mask = {"steps": [DECODE], "width": 4, "height": 4, "indices": np.ones((4, 4), np.uint8)}
    good = {**STEP, "units": "pixels", "clip": False}
    yield valid("no-boxes", "nothing was found", given, {"boxes": np.zeros((0, 4), F)}, step=good)
    for name, comment, value, code, where, step in (
        ("no-clip", "clip goes with units", given, "spec/inconsistent", "$", {**STEP, "units": "pixels"}),
        ("neither", "places need units and clip", given, "spec/inconsistent", None, STEP),
        ("mask-units", "a mask has none", mask, "spec/inconsistent", None, good),
        ("no-input", "the picture must be named", given, "spec/missing-key", "$.input", {"op": "uncrop"}),
        ("clip-number", "clip is true or false", given, "spec/wrong-type", "$.clip", {**good, "clip": 1}),
        ("other-units", "there are two units", given, "spec/unknown-value", "$.units", {**good, "units": "percent"}),
        ("unknown-key", "scale is no key", given, "spec/unknown-key", "$.scale", {**good, "scale": 2}),
        ("no-trace", "nobody kept how that was prepared", given, "input/no-trace", None, {**good, "input": "other"}),
    ):
        yield invalid(name, comment, value, code, where, step=step)


def boxes_back(boxes: Array, step: dict[str, Any], steps: list[dict[str, Any]], width: int, height: int) -> Array:
    """Gives boxes in pixels of the photo, left before right and top before bottom."""
    wide, high, across, down = undone(steps, width, height)
    exact = in_pixels(boxes, (wide, high, wide, high), step["units"])
    left, right = (places(exact[each], across, width, step["clip"]) for each in (0, 2))
    top, bottom = (places(exact[each], down, height, step["clip"]) for each in (1, 3))
    if across(Fraction(0)) > across(Fraction(1)):
        left, right = right, left
    if down(Fraction(0)) > down(Fraction(1)):
        top, bottom = bottom, top
    return np.stack([left, top, right, bottom], axis=1)


def in_pixels(values: Array, sides: tuple[int, ...], units: str) -> list[list[Fraction]]:
    """Gives the columns of values as exact places in pixels of the prepared picture."""
    scales = sides if units == "normalized" else (1,) * len(sides)
    return [[Fraction(float(each)) * scale for each in column] for column, scale in zip(values.T, scales, strict=True)]


def point_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Gives points."""
    for name in ("in-spec", "shorter-crop", "mirrored", "twice", "pad"):
        comment, steps, width, height = WAYS[name]
        xy = rng.uniform(0, 1, (4, 2)).astype(F)
        if name == "in-spec":
            xy = np.array([[0.5, 0.5], [0.25, 0.125]], F)
        wide, high, across, down = undone(steps, width, height)
        exact = in_pixels(xy, (wide, high), "normalized")
        found = [places(exact[0], across, width, False), places(exact[1], down, height, False)]
        given = {"steps": [DECODE, *steps], "width": width, "height": height, "xy": xy}
        step = {**STEP, "units": "normalized", "clip": False}
        yield valid(f"points-{name}", f"points: {comment}", given, {"xy": np.stack(found, axis=1)}, step=step)


SMALL = {**RESIZE, "fit": "contain", "width": 8, "height": 8, "side_rounding": "half_even", "pad_value": [0]}
SQUARE = {"op": "crop", "width": 5, "height": 5, "offset_rounding": "floor"}
MASKS: dict[str, tuple[str, list[dict[str, Any]], int, int, tuple[int, int]]] = {
    "letterbox": ("margins of a mask are cut off", [SMALL], 12, 9, (8, 8)),
    "coarse": ("a mask that is coarser than the picture", [SMALL], 12, 9, (4, 4)),
    "cropped": ("what was cropped away is class 0", [SQUARE], 9, 7, (5, 5)),
    "mirrored": ("a mirrored mask", [SMALL, MIRROR], 7, 11, (8, 8)),
    "turned": ("a mask upside down", [SQUARE, TURN], 9, 7, (10, 10)),
    "padded": ("a padded picture", [PAD], 4, 3, (5, 17)),
}


def mask_cases(rng: np.random.Generator) -> Iterator[Case]:
    """Gives masks; the cell of a pixel is the one that the pixel's centre lies in."""
    for name, (comment, steps, width, height, shape) in MASKS.items():
        indices = rng.integers(1, 5, shape).astype(np.uint8)
        wide, high, across, down = undone(steps, width, height)
        rows, columns = cells(height, high, down, shape[0]), cells(width, wide, across, shape[1])
        expected = np.zeros((height, width), np.uint8)
        for y, row in enumerate(rows):
            for x, column in enumerate(columns):
                expected[y, x] = indices[row, column] if row is not None and column is not None else 0
        given = {"steps": [DECODE, *steps], "width": width, "height": height, "indices": indices}
        yield valid(f"mask-{name}", comment, given, {"indices": expected}, step=STEP)


def cells(given: int, prepared: int, undo: Undo, count: int) -> list[int | None]:
    """Gives the cell of each pixel: its centre, forward through the line that undo is."""
    start, slope = undo(Fraction(0)), undo(Fraction(1)) - undo(Fraction(0))
    found = [(place + Fraction(1, 2) - start) / slope * count / prepared for place in range(given)]
    return [math.floor(each) if 0 <= math.floor(each) < count else None for each in found]
