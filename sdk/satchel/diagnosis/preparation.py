"""Why the spec prepares something else than the author did: the detectors in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.diagnosis.causes import Cause
from satchel.diagnosis.detect_places import Warp, best_blur, blurred, coarse, sharpness, warp_between, warped
from satchel.diagnosis.detect_values import (
    Floats,
    Pairs,
    Turn,
    channel_order,
    fitted,
    left_over,
    scaled,
    time_shift,
    turned,
    turns,
)
from satchel.diagnosis.normalisation import in_words
from satchel_metadata.spec import Input

NOTHING = 1e-9
"""Share of the variance that rounding leaves."""
_HELPS = 0.6
"""What a change must leave of the difference at most, to be named."""
_EXPLAINED = 0.5
"""Share of the variance that a scale must leave unexplained at most: one near 0 helps whatever differs."""
_ZOOMED, _SHIFTED = 2e-3, 0.08
"""A zoom, and a shift in pixels, from which they are one."""
_RESAMPLED = 0.05
"""Share of the variance that another resize of the same pixels brings at most."""
_BARS = 0.03
"""Share of a side that is of one colour in one preparation alone, from which it is a bar."""
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
    elif rest > 0.3 * start and rest > 1e-3 and found[-1].kind not in ("resize", "antialias", "fit"):
        found.append(_unknown(rest))
    return tuple(found)


def _places_of_values(left: Pairs, found: list[Cause], start: float) -> Pairs:
    """Undoes another order of columns, or a turn or another order of channels: judged with the best scale after it."""
    if left[0][0].ndim != 4:
        left = _order(left, found)
    for view in (_whole, coarse):
        for _ in range(2):
            turn, sure = _best_turn(left, view)
            if turn is None:
                break
            left = turned(left, turn)
            found.append(Cause("preparation", turn.kind, turn.words, turn.remedy, sure))
        if found or left[0][0].ndim != 4:
            break
    return left


def _whole(pairs: Pairs) -> Pairs:
    return pairs


def _best_turn(left: Pairs, view: Callable[[Pairs], Pairs]) -> tuple[Turn | None, float]:
    """Gives the turn that takes most of the difference away, judged with the best scale after it; None where none."""

    def off(pairs: Pairs) -> float:
        seen = view(pairs)
        return left_over(scaled(seen, fitted(seen)))

    now = off(left)
    tried = [(off(turned(left, turn)), turn) for turn in turns(left[0][0].shape)]
    best, chosen = min(tried, key=lambda each: each[0], default=(now, None))
    if chosen is None or now <= NOTHING or best > _HELPS * now:
        return None, 0.0
    return chosen, _sure(best, now)


def _order(left: Pairs, found: list[Cause]) -> Pairs:
    """Undoes another order of the columns of a table or the channels of a signal, and windows that begin elsewhere."""
    order = channel_order(left)
    if order is not None:
        table = left[0][0].ndim == 2
        what = "columns" if table else "channels"
        text = f"the {what} stand in another order: the author's are the spec's {', '.join(map(str, order))}"
        kind = "column_order" if table else "channel_order"
        found.append(Cause("preparation", kind, text, f"Name the {what} in the author's order.", 1.0))
        left = [(each[..., order], expected) for each, expected in left]
    shift = time_shift(left) if left[0][0].ndim == 3 else 0
    if shift:
        text = f"the author's windows begin {abs(shift)} samples {'later' if shift > 0 else 'earlier'} than the spec's"
        found.append(Cause("preparation", "window", text, "Give window the author's length, hop and tail.", 1.0))
        left = [
            (np.roll(each, -shift, 1), np.where(_kept(each, shift), expected, np.roll(each, -shift, 1)))
            for each, expected in left
        ]
    return left


def _kept(window: Floats, shift: int) -> NDArray[np.bool_]:
    """Gives which samples of a shifted window both have."""
    places = np.arange(window.shape[1])[np.newaxis, :, np.newaxis]
    return places < window.shape[1] - shift if shift > 0 else places >= -shift


def _values(each: Input, left: Pairs, found: list[Cause], start: float) -> Pairs:
    """Undoes another range, mean or std."""
    affine = fitted(left)
    now, after = left_over(left), left_over(scaled(left, affine))
    spread = np.concatenate([expected.reshape(-1, expected.shape[-1]) for _, expected in left]).std(0)
    if now <= NOTHING or affine.is_none(spread) or after > min(_HELPS * now, _EXPLAINED):
        return left
    words, remedy = in_words(each, affine)
    found.append(Cause("preparation", "normalisation", words, remedy, _sure(after, now)))
    return scaled(left, affine)


def _geometry(left: Pairs, found: list[Cause], start: float) -> Pairs:
    """Undoes another crop or scale, then another sharpness."""
    now = left_over(left)
    if now <= NOTHING:
        return left
    if bars := _bars_cause(left):
        found.append(bars)
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
    elif not found and 1e-7 < rest < _RESAMPLED:
        found.append(_resampled(rest))
    return left


def _bars_cause(pairs: Pairs) -> Cause | None:
    """Gives the cause where one of both preparations has bars of one colour at an edge and the other has none."""
    ours, theirs = (float(np.mean([_bars(pair[side][0]) for pair in pairs])) for side in (0, 1))
    if theirs >= _BARS > ours:
        text = f"the author's pictures have bars over {theirs:.0%} of them (letterbox), and the spec's have none"
        return Cause("preparation", "fit", text, "Give resize fit: contain, with the author's pad_value.", 1.0)
    if ours >= _BARS > theirs:
        text = f"the spec's pictures have bars over {ours:.0%} of them (letterbox), and the author's have none"
        return Cause("preparation", "fit", text, "Give resize fit: stretch or cover, as in training.", 1.0)
    return None


def _bars(picture: Floats) -> float:
    """Gives the share of a picture in rows and columns of one colour at its edges."""
    shares = []
    for lines in (picture, np.swapaxes(picture, 0, 1)):
        flat = np.ptp(lines, axis=1).max(-1) == 0
        ends = [int(np.argmin(each)) if not each.all() else len(each) for each in (flat, flat[::-1])]
        shares.append(min(sum(ends) / len(flat), 1.0))
    return max(shares)


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
