"""Vectors of argmax_mask (tf.argmax) and resize_mask (tf.image.resize; windows in exact fractions)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid

f = np.float32
ARGMAX = {"op": "argmax_mask", "layout": "NHWC"}
SIZED = {"op": "resize_mask", "method": "tf.bilinear", "to": "size", "layout": "NHWC", "width": 7, "height": 5}
PHOTO = {"op": "resize_mask", "method": "tf.bilinear", "to": "photo", "layout": "NHWC", "input": "image"}


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    import tensorflow as tf

    yield VectorFile("argmax_mask/tensorflow.json", "TensorFlow", tf.__version__, argmax_cases())
    yield VectorFile("resize_mask/tensorflow.json", "TensorFlow", tf.__version__, resize_cases())


def argmax_cases() -> Iterator[Case]:
    """Gives tf.argmax over the classes, and thresholds of one channel."""
    import tensorflow as tf

    rng = np.random.default_rng(301)

    def one(name: str, comment: str, scores: Any, **change: Any) -> Case:
        step = {**ARGMAX, **change}
        values = np.array(scores, f)
        if "threshold" in step:
            plane = values[0, ..., -1] if step["layout"] == "NHWC" else values[0, -1]
            found = (plane >= f(step["threshold"])).astype(np.uint8)
        else:
            axis = 3 if step["layout"] == "NHWC" else 1
            best = tf.argmax(values, axis=axis).numpy()[0]
            found = best.astype(np.uint8 if values.shape[axis] <= 256 else np.int32)
        return valid(name, comment, {"value": values}, {"indices": found}, step=step)

    yield one("in-spec", "two classes at two places", [[[[0.2, 0.8], [0.6, 0.4]]]])
    yield one("tie", "of equal scores the lower class", [[[[0.5, 0.5], [0.1, 0.1]]]])
    yield one("tie-later", "of equals behind a lower score the first", [[[[0.1, 0.7, 0.7], [0.7, 0.1, 0.7]]]])
    yield one("negative", "logits below 0", [[[[-3, -1, -2], [-1, -1, -9]]]])
    yield one("infinite", "infinite logits", [[[[np.inf, 1], [-np.inf, -np.inf]]]])
    yield one("zeros", "-0 is not less than 0", [[[[-0.0, 0.0], [0.0, -0.0]]]])
    yield one("one-place", "one place", [[[[1, 2, 3]]]])
    yield one("one-row", "one row", rng.standard_normal((1, 1, 6, 3)))
    yield one("one-column", "one column", rng.standard_normal((1, 6, 1, 3)))
    yield one("nchw", "classes before rows", rng.standard_normal((1, 4, 3, 5)), layout="NCHW")
    yield one("nhwc", "classes last", rng.standard_normal((1, 3, 5, 4)))
    yield one("voc", "21 classes at 33 x 33 places, many ties", rng.integers(0, 9, (1, 33, 33, 21)))
    yield one("just-256", "256 classes are uint8", rng.standard_normal((1, 2, 2, 256)))
    wide = np.zeros((1, 1, 2, 257), f)
    wide[0, 0, 0, 256], wide[0, 0, 1, 3] = 1, 1
    yield one("beyond-256", "257 classes are int32", wide)
    yield one("threshold", "1 from the threshold on", [[[[0.25], [0.5], [0.75]]]], threshold=0.5)
    yield one("threshold-tenth", "0.1 as binary32 is at 0.1", [[[[0.1], [0.09999999]]]], threshold=0.1)
    yield one("threshold-nchw", "one channel before rows", rng.random((1, 1, 4, 5)), layout="NCHW", threshold=0.5)
    yield one("threshold-logit", "logits at 0", rng.standard_normal((1, 6, 4, 1)), threshold=0.0)
    yield one("threshold-of-two", "of two classes the last", [[[[0.9, 0.1], [0.6, 0.4]]]], threshold=0.4)
    yield one("threshold-below", "not the best one", [[[[0.7, 0.3], [0.8, 0.2]]]], threshold=0.25)
    pairs = rng.random((1, 2, 4, 5))
    yield one("threshold-of-two-nchw", "classes before rows", pairs, layout="NCHW", threshold=0.75)
    bad = "model/wrong-output"
    yield invalid("no-threshold", "one channel, no threshold", {"value": np.zeros((1, 2, 2, 1), f)}, bad, step=ARGMAX)
    two = {"value": np.zeros((1, 2, 2, 2), f)}
    three = {"value": np.zeros((1, 2, 2, 3), f)}
    yield invalid("three-channels", "a threshold for three", three, bad, step={**ARGMAX, "threshold": 0.5})
    yield invalid("rank", "scores have four axes", {"value": np.zeros((2, 2, 2), f)}, bad, step=ARGMAX)
    yield invalid("batch", "a batch of two", {"value": np.zeros((2, 2, 2, 2), f)}, bad, step=ARGMAX)
    yield invalid("nothing", "no places", {"value": np.zeros((1, 0, 2, 2), f)}, bad, step=ARGMAX)
    yield invalid("nan", "NaN", {"value": np.full((1, 1, 1, 2), np.nan, f)}, "model/nan-output", step=ARGMAX)
    yield invalid("layout", "no such layout", two, "spec/unknown-value", "$.layout", step={**ARGMAX, "layout": "HWC"})
    bare = {"op": "argmax_mask"}
    yield invalid("no-layout", "the layout is said", two, "spec/missing-key", "$.layout", step=bare)


def scaled(plane: Array, width: int, height: int, method: str) -> Array:
    """Gives tf.image.resize of [h, w, c]."""
    import tensorflow as tf

    return np.asarray(tf.cast(tf.image.resize(plane, [height, width], method=method.removeprefix("tf.")), tf.float32))


def window(axis: dict[str, int], cells: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Gives the cells that show the photo, and its pixels that they show; ends are rounded, up at a half."""
    scale, offset = Fraction(axis["scale"], axis["divisor"]), Fraction(axis["offset"], axis["divisor"])
    pixels = sorted(math.floor(place * scale + offset + Fraction(1, 2)) for place in (0, axis["prepared"]))
    ends = [(place - offset) / scale * cells / axis["prepared"] for place in (0, axis["given"])]
    there = sorted(math.floor(place + Fraction(1, 2)) for place in ends)
    return inside(there, cells), inside(pixels, axis["given"])


def inside(ends: list[int], length: int) -> tuple[int, int]:
    """Gives at least one place of those that there are."""
    first = min(max(ends[0], 0), length - 1)
    return first, min(max(ends[1], first + 1), length)


def on_photo(plane: Array, trace: dict[str, Any], method: str) -> Array:
    """Gives a plane [h, w, c] on the photo."""
    (left, right), (from_x, to_x) = window(trace["x"], plane.shape[1])
    (top, bottom), (from_y, to_y) = window(trace["y"], plane.shape[0])
    part = plane[top:bottom, left:right]
    part = part[:, ::-1] if trace["x"]["scale"] < 0 else part
    part = part[::-1] if trace["y"]["scale"] < 0 else part
    small = scaled(np.ascontiguousarray(part), to_x - from_x, to_y - from_y, method)
    margins = ((from_y, trace["y"]["given"] - to_y), (from_x, trace["x"]["given"] - to_x), (0, 0))
    return np.pad(small, margins)


def axis(given: int, prepared: int, scale: int = 1, offset: int = 0, divisor: int = 1) -> dict[str, int]:
    """Gives one axis of a trace: given = (prepared * scale + offset) / divisor."""
    return {"given": given, "prepared": prepared, "scale": scale, "offset": offset, "divisor": divisor}


TRACES = {
    "stretched": ({"x": axis(9, 8, 9, 0, 8), "y": axis(6, 8, 3, 0, 4)}, "stretched over the photo"),
    "smaller": ({"x": axis(3, 8, 3, 0, 8), "y": axis(2, 8, 1, 0, 4)}, "onto a smaller photo"),
    "same": ({"x": axis(8, 8), "y": axis(8, 8)}, "the photo as it was"),
    "letterbox": ({"x": axis(16, 8, 2), "y": axis(8, 8, 2, -4)}, "margins above and below are cut off"),
    "odd-margin": ({"x": axis(16, 8, 2), "y": axis(10, 8, 2, -2)}, "the odd row of margin below"),
    "cropped": ({"x": axis(12, 8, 1, 2), "y": axis(8, 8)}, "what was cropped away is 0"),
    "cropped-scaled": ({"x": axis(17, 8, 4, 3, 3), "y": axis(11, 8, 4, 1, 3)}, "crop and scale, ends rounded"),
    "mirrored": ({"x": axis(9, 8, -9, 72, 8), "y": axis(6, 8, 3, 0, 4)}, "a flip is taken back"),
    "upside-down": ({"x": axis(8, 8), "y": axis(6, 8, -3, 24, 4)}, "rows too"),
    "narrow": ({"x": axis(100, 8, 100, -300, 8), "y": axis(8, 8)}, "half cells"),
    "one-pixel": ({"x": axis(1, 8, 1, 0, 8), "y": axis(1, 8, 1, 0, 8)}, "a photo of one pixel"),
    "padded-whole": ({"x": axis(1, 8, 1, -4, 1), "y": axis(8, 8)}, "one pixel between wide margins"),
}


def resize_cases() -> Iterator[Case]:
    """Gives scores and masks at a size, and on the photo."""
    rng = np.random.default_rng(302)
    yield from scores_at_a_size(rng)
    yield from classes_at_a_size(rng)
    yield from on_photos(rng)
    yield from resize_refused()


def scores_at_a_size(rng: np.random.Generator) -> Iterator[Case]:
    """Gives planes of scores."""

    def one(name: str, comment: str, shape: tuple[int, ...], **change: Any) -> Case:
        step = {**SIZED, **change}
        plane = rng.random(shape, f)
        found = scaled(plane, step["width"], step["height"], step["method"])[np.newaxis]
        given = plane[np.newaxis]
        if step["layout"] == "NCHW":
            found, given = (np.ascontiguousarray(each.transpose(0, 3, 1, 2)) for each in (found, given))
        return valid(name, comment, {"value": given}, found, step=step)

    step = {**SIZED, "width": 4, "height": 1}
    line = np.array([[[0], [1]]], f)
    comment = "two cells become four: a quarter and three quarters of the way between"
    yield valid("in-spec", comment, {"value": line[None]}, scaled(line, 4, 1, "tf.bilinear")[None], step=step)
    yield one("up", "scores of one class, larger", (3, 4, 1))
    yield one("down", "smaller, without antialias", (13, 11, 1))
    yield one("classes", "scores of three classes", (4, 4, 3))
    yield one("nearest", "the nearest cell", (4, 4, 3), method="tf.nearest")
    yield one("nchw", "classes before rows", (4, 5, 3), layout="NCHW")
    yield one("nchw-nearest", "classes before rows, the nearest cell", (4, 5, 2), layout="NCHW", method="tf.nearest")
    yield one("same", "the size it has", (5, 7, 2))
    yield one("one-cell", "one cell becomes many", (1, 1, 2))
    yield one("to-one", "many become one", (6, 7, 2), width=1, height=1)


def classes_at_a_size(rng: np.random.Generator) -> Iterator[Case]:
    """Gives masks of classes, which only the nearest cell can give."""

    def one(name: str, comment: str, mask: Array, width: int, height: int) -> Case:
        step = {key: SIZED[key] for key in ("op", "to")} | {"method": "tf.nearest", "width": width, "height": height}
        found = scaled(mask[..., np.newaxis], width, height, "tf.nearest")[..., 0].astype(mask.dtype)
        return valid(name, comment, {"value": {"indices": mask}}, {"indices": found}, step=step)

    mask = rng.integers(0, 4, (4, 6)).astype(np.uint8)
    yield one("mask-up", "classes, larger", mask, 9, 10)
    yield one("mask-down", "classes, smaller", mask, 3, 2)
    yield one("mask-int32", "more than 256 classes", rng.integers(0, 999, (3, 3)).astype(np.int32), 5, 4)
    yield one("mask-one", "one place", np.array([[7]], np.uint8), 3, 2)


def on_photos(rng: np.random.Generator) -> Iterator[Case]:
    """Gives scores and classes, laid over photos that were prepared in each of the ways."""
    plane = rng.random((8, 8, 2), f)
    mask = rng.integers(0, 5, (8, 8)).astype(np.uint8)
    nearest = {key: value for key, value in PHOTO.items() if key != "layout"} | {"method": "tf.nearest"}
    for name, (trace, comment) in TRACES.items():
        given = {"value": plane[np.newaxis], "traces": {"image": trace}}
        found = on_photo(plane, trace, "tf.bilinear")[np.newaxis]
        yield valid(f"photo-{name}", comment, given, found, step=PHOTO)
        given = {"value": {"indices": mask}, "traces": {"image": trace}}
        found = on_photo(mask[..., np.newaxis], trace, "tf.nearest")[..., 0].astype(np.uint8)
        yield valid(f"photo-{name}-mask", f"{comment}; classes", given, {"indices": found}, step=nearest)
    coarse = rng.random((5, 3, 1), f)
    trace = TRACES["letterbox"][0]
    given = {"value": coarse[np.newaxis], "traces": {"image": trace}}
    comment = "a mask coarser than the prepared picture: ends of cells are rounded"
    yield valid("photo-coarse", comment, given, on_photo(coarse, trace, "tf.bilinear")[np.newaxis], step=PHOTO)


def resize_refused() -> Iterator[Case]:
    """Gives scores of another shape, and steps that are wrong."""
    fine, flat = {"value": np.zeros((1, 2, 2, 1), f)}, {"value": np.zeros((2, 2), f)}
    yield invalid("no-trace", "nothing is known of the photo", fine, "input/no-trace", step=PHOTO)
    yield invalid("rank", "scores have four axes", flat, "model/wrong-output", step=SIZED)
    bare = {key: value for key, value in SIZED.items() if key != "width"}
    for name, comment, step in (
        ("no-width", "a size has two sides", bare),
        ("size-of-photo", "a size and the photo", {**SIZED, "to": "photo"}),
        ("no-input", "which photo", {**SIZED, "input": "image"}),
    ):
        yield invalid(name, comment, fine, "spec/inconsistent", "$", step=step)
    area = {**SIZED, "method": "tf.area"}
    yield invalid("method", "a method that masks do not have", fine, "spec/unknown-value", "$.method", step=area)
