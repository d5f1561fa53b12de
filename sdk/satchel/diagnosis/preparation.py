"""Why the spec prepares something else than the author did: the detectors in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from satchel.diagnosis.causes import Cause
from satchel.diagnosis.detect_places import Warp, best_blur, blurred, sharpness, warp_between, warped
from satchel.diagnosis.detect_values import (
    Pairs,
    column_order,
    fitted,
    left_over,
    scaled,
    turned,
    turns,
)
from satchel.diagnosis.normalisation import in_words
from satchel_metadata.spec import Input

NOTHING = 1e-9
"""Share of the variance that rounding leaves."""
_HELPS = 0.6
"""What a change must leave of the difference at most, to be named."""
_ZOOMED, _SHIFTED = 2e-3, 0.08
"""A zoom, and a shift in pixels, from which they are one."""
_STRETCHED = 0.015
"""A zoom of height to that of width, less 1, from which a picture is stretched."""
_SHARPER = 1.03


def preparation_causes(each: Input, pairs: Sequence[tuple[Any, Any]]) -> tuple[Cause, ...]:
    """Gives why two preparations differ, in the order in which the changes were undone; nothing where they do not.

    Args:
        each: the input of the spec.
        pairs: (what the spec prepares, what the author's function prepares), float tensors with batch 1.
    """
    first = next((step.to for step in each.steps if step.op == "layout"), "NHWC") == "NCHW"
    axes = (lambda x: np.moveaxis(x, 1, -1)) if first and np.ndim(pairs[0][0]) == 4 else (lambda x: x)
    left: Pairs = [(axes(np.asarray(a, np.float64)), axes(np.asarray(b, np.float64))) for a, b in pairs]
    start = left_over(left)
    if start <= NOTHING:
        return ()
    found: list[Cause] = []
    left = _places_of_values(left, found, start)
    left = _values(each, left, found, start)
    if left[0][0].ndim == 4:
        left = _geometry(left, found, start)
    rest = left_over(left)
    if not found:
        found.append(_unknown(start))
    elif rest > 0.3 * start and rest > 1e-3 and found[-1].kind not in ("resize", "antialias"):
        found.append(_unknown(rest))
    return tuple(found)


def _places_of_values(left: Pairs, found: list[Cause], start: float) -> Pairs:
    """Undoes another order of columns, or a turn or another order of channels: judged with the best scale after it."""
    if left[0][0].ndim == 2:
        order = column_order(left)
        if order is None:
            return left
        names = ", ".join(map(str, order))
        text = f"the columns stand in another order: the author's are the spec's {names}"
        found.append(Cause("preparation", "column_order", text, "Name the columns in the author's order.", 1.0))
        return [(each[..., order], expected) for each, expected in left]
    for _ in range(2):
        now = left_over(scaled(left, fitted(left)))
        tried = [
            (left_over(scaled(made, fitted(made))), turn)
            for turn in turns(left[0][0].shape)
            for made in [turned(left, turn)]
        ]
        best, turn = min(tried, key=lambda each: each[0], default=(now, None))
        if turn is None or now <= NOTHING or best > _HELPS * now:
            break
        left = turned(left, turn)
        found.append(Cause("preparation", turn.kind, turn.words, turn.remedy, _sure(best, now)))
    return left


def _values(each: Input, left: Pairs, found: list[Cause], start: float) -> Pairs:
    """Undoes another range, mean or std."""
    affine = fitted(left)
    now, after = left_over(left), left_over(scaled(left, affine))
    spread = np.concatenate([expected.reshape(-1, expected.shape[-1]) for _, expected in left]).std(0)
    if now <= NOTHING or affine.is_none(spread) or after > _HELPS * now:
        return left
    words, remedy = in_words(each, affine)
    found.append(Cause("preparation", "normalisation", words, remedy, _sure(after, now)))
    return scaled(left, affine)


def _geometry(left: Pairs, found: list[Cause], start: float) -> Pairs:
    """Undoes another crop or scale, then another sharpness."""
    now = left_over(left)
    if now <= NOTHING:
        return left
    warp = warp_between(left)
    seen = warped(left, warp)
    after = left_over(_inner(seen))
    if _moves(warp) and after <= _HELPS * left_over(_inner(left)):
        found.append(_warp_cause(warp, _sure(after, left_over(_inner(left)))))
        left = seen
    rest = left_over(_inner(left))
    ratio, sigma = sharpness(_inner(left)), best_blur(_inner(left))
    better = left_over(_inner(blurred(left, sigma))) if sigma else rest
    if rest > NOTHING and (ratio > _SHARPER or ratio < 1 / _SHARPER) and better <= 0.85 * rest:
        found.append(_sharpness_cause(ratio, _sure(better, rest)))
    elif not found and rest > 1e-7:
        found.append(_resampled(rest))
    return left


def _inner(pairs: Pairs) -> Pairs:
    """Gives pictures without their edges, where a warp looks at what is not there."""
    side = max(2, min(pairs[0][0].shape[1:3]) // 16)
    cut = (slice(None), slice(side, -side), slice(side, -side))
    return [(found[cut], expected[cut]) for found, expected in pairs]


def _moves(warp: Warp) -> bool:
    zoomed = max(abs(each - 1) for each in warp.zoom)
    return zoomed > _ZOOMED or max(abs(each) for each in warp.shift) > _SHIFTED


def _warp_cause(warp: Warp, sure: float) -> Cause:
    zoomed = [abs(each - 1) > _ZOOMED for each in warp.zoom]
    down, across = warp.shift
    if any(zoomed):
        same = abs(warp.zoom[0] / warp.zoom[1] - 1) < _STRETCHED
        share = float(np.sqrt(warp.zoom[0] * warp.zoom[1]))
        if not same:
            sides = f"{1 / warp.zoom[0]:.3f} in height and {1 / warp.zoom[1]:.3f} in width"
            text = f"the author's pictures are scaled by {sides}"
            return Cause(
                "preparation", "fit", text, "Give fit as in training: stretch, cover, contain or shorter_side.", sure
            )
        which = "less" if share < 1 else "more"
        text = f"the author's pictures show {which} of the photo: {share:.3f} of the side that the spec shows"
        remedy = f"Crop to {share:.3f} of what is cropped now (a central fraction, or resize_shorter and crop)."
        return Cause("preparation", "crop", text, remedy, sure)
    text = f"the author's pictures are shifted by {across:+.2f} pixels across and {down:+.2f} down"
    half = max(abs(down), abs(across)) <= 0.75
    remedy = (
        "Take a resize with the author's pixel centres: all that a spec has are half a pixel in, as TensorFlow 2 does."
        if half
        else "Crop from where the author cropped (offset_rounding, or the corner instead of the centre)."
    )
    return Cause("preparation", "pixel_centres" if half else "crop", text, remedy, sure)


def _sharpness_cause(ratio: float, sure: float) -> Cause:
    if ratio > 1:
        text = f"the spec keeps {ratio:.2f} times the fine detail: the author's resize smooths more (antialiasing)"
        return Cause(
            "preparation",
            "antialias",
            text,
            "Take a resize with antialiasing: pillow.*, tf.*_antialias, opencv.area.",
            sure,
        )
    text = f"the spec keeps {ratio:.2f} of the fine detail: the author's resize smooths less (no antialiasing)"
    return Cause(
        "preparation", "antialias", text, "Take the author's resize: tf.bilinear or opencv.linear smooth less.", sure
    )


def _resampled(rest: float) -> Cause:
    text = f"places, range and order are the same, values differ by {np.sqrt(rest):.2%} of their spread: another resize"
    return Cause("preparation", "resize", text, "Find the author's resize: `satchel spec fit`.", 0.5)


def _unknown(rest: float) -> Cause:
    text = f"the tensors differ by {np.sqrt(rest):.1%} of their spread, and no known cause explains it"
    return Cause("preparation", "unknown", text, "Compare the spec's steps with the author's function one by one.", 0.0)


def _sure(after: float, before: float) -> float:
    return max(0.0, 1 - after / max(before, 1e-30))
