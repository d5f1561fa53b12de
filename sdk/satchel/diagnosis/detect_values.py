"""Why two preparations of the same things differ: order of channels, layout, turns, range, mean and std.

What the spec prepares is turned into what the author's function prepares, one change at a time; a change is named
when it takes away most of the difference. No detector knows where the tensors come from.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pairs = Sequence[tuple[Floats, Floats]]
_MOST_CHANNELS = 4
_ROWS, _ALIKE = 8, 0.9999
"""Values of a column from which its order can be told, and the correlation from which two columns are one."""
_IDENTITY = 2e-3
"""How far a scale from 1, and an offset from 0 in units of the spread, may be to count as none."""


@dataclass(frozen=True)
class Turn:
    """A change of the places of values: its kind, words for it, and what does it to one tensor (batch 1)."""

    kind: str
    words: str
    remedy: str
    run: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Affine:
    """The per-channel scale and offset that fit best: expected = scale * found + offset."""

    scale: Floats
    offset: Floats

    def run(self, found: Floats) -> Floats:
        """Gives a tensor with channels last, scaled."""
        return found * self.scale + self.offset

    def is_none(self, spread: Floats) -> bool:
        """Says whether it changes nothing, given the spread of the expected values by channel."""
        moved = np.abs(self.offset) / np.maximum(spread, 1e-12)
        return bool(np.all(np.abs(self.scale - 1) < _IDENTITY) and np.all(moved < _IDENTITY))


def turns(shape: tuple[int, ...]) -> Iterator[Turn]:
    """Gives the changes of places that tensors of a shape (batch 1, channels last) can have, the likeliest first."""
    if len(shape) == 4:
        yield from _picture_turns(shape)
    elif len(shape) == 3:
        yield Turn(
            "time_reversed", "time runs backwards", "Give the samples in the order of time.", lambda x: x[:, ::-1]
        )
    channels = shape[-1]
    if len(shape) == 4 and 1 < channels <= _MOST_CHANNELS:
        yield from _orders(channels)


def _orders(channels: int) -> Iterator[Turn]:
    names = "RGB" if channels == 3 else "".join(map(str, range(channels)))
    for order in itertools.permutations(range(channels)):
        if order != tuple(range(channels)):
            told = "".join(names[each] for each in order)
            remedy = f"Give the step color: to={told!r}." if told == "BGR" else f"Order the channels {told}."
            yield Turn(
                "channel_order",
                f"the author's function has the channels in the order {told} where the spec has {names}",
                remedy,
                lambda x, order=order: x[..., list(order)],  # type: ignore[misc]
            )


def _picture_turns(shape: tuple[int, ...]) -> Iterator[Turn]:
    upright = "Turn photos by their EXIF orientation, as the spec's decode does, in training too."
    yield Turn("flip", "one of them is mirrored, left and right", "Give the step flip.", lambda x: x[:, :, ::-1])
    yield Turn("flip", "one of them is upside down", "Give the step flip.", lambda x: x[:, ::-1])
    yield Turn("orientation", "one of them is turned by 180 degrees", upright, lambda x: x[:, ::-1, ::-1])
    if shape[1] == shape[2]:
        for times, words in ((1, "90"), (3, "270")):
            yield Turn(
                "orientation",
                f"one of them is turned by {words} degrees",
                upright,
                lambda x, times=times: np.rot90(x, times, (1, 2)),  # type: ignore[misc]
            )
        transposed = "rows and columns of one of them are swapped"
        yield Turn("layout", transposed, "Give height before width.", lambda x: np.swapaxes(x, 1, 2))
    wrong = "one of them holds channels first and is read as channels last"
    channels = shape[-1]
    yield Turn(
        "layout",
        wrong,
        "Give the step layout: NHWC where the model takes channels last, and transpose instead of reshaping.",
        lambda x: np.moveaxis(x, 3, 1).reshape(x.shape),
    )
    yield Turn(
        "layout",
        wrong,
        "Give the step layout as the model takes it, and transpose instead of reshaping.",
        lambda x: np.moveaxis(x.reshape(x.shape[0], channels, x.shape[1], x.shape[2]), 1, 3),
    )


def channel_order(pairs: Pairs) -> list[int] | None:
    """Gives the order of the spec's columns (or channels) in which each follows one of the author's.

    Whatever their scales and offsets. None where no order does, where it is the same, or where too little varies.
    """
    found, expected = (
        np.concatenate([each[side].reshape(-1, each[side].shape[-1]) for each in pairs]) for side in (0, 1)
    )
    if found.shape != expected.shape or len(found) < _ROWS:
        return None
    one, other = found - found.mean(0), expected - expected.mean(0)
    sizes = np.linalg.norm(one, axis=0)[:, None] * np.linalg.norm(other, axis=0)[None]
    if float(sizes.min()) <= 0:
        return None
    likeness = np.abs(one.T @ other) / sizes
    order = [int(each) for each in likeness.argmax(0)]
    alike = float(likeness.max(0).min()) >= _ALIKE
    return order if alike and len(set(order)) == len(order) and order != sorted(order) else None


def time_shift(pairs: Pairs) -> int:
    """Gives by how many samples the author's windows begin later than the spec's; 0 where none makes them alike.

    Only what both windows hold is compared.
    """
    length = pairs[0][0].shape[1]
    best, left = 0, left_over(pairs)
    for shift in (sign * by for by in range(1, length // 3) for sign in (1, -1)):
        inside = [_overlapping(*pair, shift) for pair in pairs]
        now = left_over(inside)
        if now < 0.05 * left:
            best, left = shift, now
    return best


def _overlapping(found: Floats, expected: Floats, shift: int) -> tuple[Floats, Floats]:
    if shift > 0:
        return found[:, shift:], expected[:, :-shift]
    return found[:, :shift], expected[:, -shift:]


def fitted(pairs: Pairs) -> Affine:
    """Gives the scale and offset of each channel by least squares over all pairs (found, expected)."""
    found, expected = (
        np.concatenate([pair[side].reshape(-1, pair[side].shape[-1]) for pair in pairs]) for side in (0, 1)
    )
    means = found.mean(0), expected.mean(0)
    spread = ((found - means[0]) ** 2).sum(0)
    scale = ((found - means[0]) * (expected - means[1])).sum(0) / np.where(spread > 0, spread, 1.0)
    scale = np.where(spread > 0, scale, 1.0)
    return Affine(scale, means[1] - scale * means[0])


def left_over(pairs: Pairs) -> float:
    """Gives the squared difference of all pairs as a share of the variance of what is expected."""
    off = sum(float(np.sum((found - expected) ** 2)) for found, expected in pairs)
    expected = np.concatenate([each.reshape(-1, each.shape[-1]) for _, each in pairs])
    return off / max(float(np.sum((expected - expected.mean(0)) ** 2)), 1e-30)


def turned(pairs: Pairs, turn: Turn) -> Pairs:
    """Gives the pairs with what was found turned."""
    return [(turn.run(found), expected) for found, expected in pairs]


def scaled(pairs: Pairs, affine: Affine) -> Pairs:
    """Gives the pairs with what was found scaled."""
    return [(affine.run(found), expected) for found, expected in pairs]
