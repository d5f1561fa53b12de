"""From scores at each place to a mask of classes, and masks of another size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import BROKEN_MODEL, OTHER_OUTPUT, InputError, ModelError
from satchel_metadata.ops import resize_tf
from satchel_metadata.ops.boxes import activate
from satchel_metadata.ops.geometry import Window
from satchel_metadata.values import Mask

if TYPE_CHECKING:
    from satchel_metadata.families.trace import Axis, Trace

Array = NDArray[Any]
Floats = NDArray[np.float32]

MAX_VALUES = 2**27
"""Scores that a resize may make: a mask of the whole photo has as many for each class."""


def argmax_mask(scores: Floats, layout: str, threshold: float | None) -> Mask:
    """Gives the best class at each place, the lower index among equals.

    Args:
        scores: float32 [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW).
        layout: which of the two.
        threshold: for one channel or two: 1 where the last one's score is at least this (rounded to binary32), else 0.

    Raises:
        ModelError: model/wrong-output, model/nan-output.
    """
    axis = check_plane(scores.shape, layout)
    if np.isnan(scores).any():
        raise ModelError("model/nan-output", "the model gave NaN as a score of the mask", hint=BROKEN_MODEL)
    count = scores.shape[axis]
    if not threshold_fits(count, threshold):
        expected = "one score or two" if threshold is not None else "two scores or more"
        raise ModelError("model/wrong-output", f"expected {expected} at each place, found {count}", hint=OTHER_OUTPUT)
    if threshold is not None:
        return Mask((scores[0].take(count - 1, axis=axis - 1) >= np.float32(threshold)).astype(np.uint8))
    best = scores[0].argmax(axis=axis - 1)
    return Mask(best.astype(np.uint8) if count <= 256 else best.astype(np.int32))


def threshold_fits(count: int, threshold: float | None) -> bool:
    """Says whether so many scores at a place go with a threshold, or with none."""
    return count > 1 if threshold is None else count <= 2


def softmax(scores: Floats, layout: str) -> Floats:
    """Gives probabilities of the classes at each place, as `reading.softmax` does of a row.

    Args:
        scores: float32 [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW).
        layout: which of the two.

    Raises:
        ModelError: model/wrong-output, model/nan-output.
    """
    axis = check_plane(scores.shape, layout)
    with np.errstate(invalid="ignore"):
        shares = np.moveaxis(activate(np.moveaxis(scores, axis, -1), "softmax"), -1, axis)
    if np.isnan(shares).any():
        raise ModelError("model/nan-output", "the model gave NaN as a score of the mask", hint=BROKEN_MODEL)
    return np.ascontiguousarray(shares)


def resize_scores(scores: Floats, layout: str, method: str, size: tuple[int, int] | Trace) -> Floats:
    """Gives scores at another size, in the same layout: tf.image.resize.

    Args:
        scores: float32 [1, h, w, c] (NHWC) or [1, c, h, w] (NCHW).
        layout: which of the two.
        method: tf.nearest or tf.bilinear.
        size: (width, height), or how the prepared picture lies in the photo.

    Raises:
        ModelError: model/wrong-output. InputError: input/too-large.
    """
    axis = check_plane(scores.shape, layout)
    plane = scores[0] if axis == 3 else scores[0].transpose(1, 2, 0)
    resized = _resized(plane, method, size)
    return np.ascontiguousarray(resized if axis == 3 else resized.transpose(2, 0, 1))[np.newaxis]


def resize_mask(mask: Mask, size: tuple[int, int] | Trace) -> Mask:
    """Gives a mask at another size, each pixel that of the nearest: tf.image.resize's nearest.

    Raises:
        InputError: input/too-large.
    """
    resized = _resized(mask.indices[..., np.newaxis], "tf.nearest", size)
    indices = resized[..., 0]
    small = mask.indices.dtype == np.uint8
    return Mask(indices.astype(np.uint8) if small else indices.astype(np.int32), mask.labels)


def check_plane(shape: tuple[int, ...], layout: str) -> int:
    """Gives the axis of the classes.

    Raises:
        ModelError: model/wrong-output.
    """
    if len(shape) != 4 or shape[0] != 1 or 0 in shape:
        expected = "[1, h, w, classes]" if layout == "NHWC" else "[1, classes, h, w]"
        raise ModelError("model/wrong-output", f"expected {expected}, found {list(shape)}", hint=OTHER_OUTPUT)
    return 3 if layout == "NHWC" else 1


def shown(axis: Axis, cells: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Gives the cells (first, end) of `cells` that show some of the photo, and the pixels (first, end) that they show.

    The ends are exact places rounded to the nearest whole, up at a half; there is at least one cell and one pixel.
    """
    wanted = [_rounded((place * axis.scale + axis.offset, axis.divisor)) for place in (0, axis.prepared)]
    places = [(place * axis.divisor - axis.offset) * cells for place in (0, axis.given)]
    there = [_rounded((place, axis.scale * axis.prepared)) for place in places]
    return _within(sorted(there), cells), _within(sorted(wanted), axis.given)


def _rounded(fraction: tuple[int, int]) -> int:
    above, below = fraction if fraction[1] > 0 else (-fraction[0], -fraction[1])
    return (2 * above + below) // (2 * below)


def _within(ends: list[int], length: int) -> tuple[int, int]:
    first = min(max(ends[0], 0), length - 1)
    return first, min(max(ends[1], first + 1), length)


def _resized(plane: Array, method: str, size: tuple[int, int] | Trace) -> Floats:
    """Gives a plane [h, w, c] at another size."""
    if isinstance(size, tuple):
        _refuse_large(*size, plane.shape[2])
        return resize_tf.resize(plane, *size, method, Window(0, 0, *size))
    _refuse_large(size.x.given, size.y.given, plane.shape[2])
    (left, right), (from_x, to_x) = shown(size.x, plane.shape[1])
    (top, bottom), (from_y, to_y) = shown(size.y, plane.shape[0])
    part = plane[top:bottom, left:right]
    part = part[:, ::-1] if size.x.scale < 0 else part
    part = part[::-1] if size.y.scale < 0 else part
    width, height = to_x - from_x, to_y - from_y
    photo: Floats = np.zeros((size.y.given, size.x.given, plane.shape[2]), np.float32)
    photo[from_y:to_y, from_x:to_x] = resize_tf.resize(part, width, height, method, Window(0, 0, width, height))
    return photo


def _refuse_large(width: int, height: int, channels: int) -> None:
    if width * height * channels > MAX_VALUES:
        message = f"resizing makes {channels} scores for each of {width} x {height} pixels, more than {MAX_VALUES}"
        hint = "Take argmax_mask before resize_mask, or a smaller size."
        raise InputError("input/too-large", message, hint=hint)
