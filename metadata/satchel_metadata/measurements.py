"""Doubts about the values that the steps of a row or a signal make, as far as the steps themselves say what they are.

Standardised values lie about 0, a third of them beyond -1 and 1; an indicator is 0 or 1; an imputed value is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from satchel_metadata.doubt import CLIPPED, FLAT, RANGE_HINT, Doubt, range_of
from satchel_metadata.families import family_of
from satchel_metadata.families.base import step_path
from satchel_metadata.families.rows import RowShape
from satchel_metadata.families.signals import SignalShape
from satchel_metadata.spec import Input, Tensor
from satchel_metadata.steps import Impute, OneHot, Standardize
from satchel_metadata.tflite_front import Step

MIDDLE = (-1.0, 0.0, 1.0)
"""What standardised values lie among, in the first place."""
SPREAD = 1 / 32
"""Rows and signals: the part of an integer tensor's range that is filled by what lies one scale about the mean."""
FAR = 3.0
"""Values about 0 that the model's own first layers take further than this were standardised there, too."""


@dataclass(frozen=True)
class Known:
    """What is known of one prepared value.

    Attributes:
        values: some that it surely takes; none where nothing is known.
        place: of the last step that made them.
        again: places of the steps that standardise what is standardised already.
        standardised: whether a step has done so.
    """

    values: tuple[float, ...] = ()
    place: int = 0
    again: tuple[int, ...] = ()
    standardised: bool = False

    def after(self, place: int, mean: float, scale: float) -> Known:
        """Gives what is known behind (x - mean) / scale: the first time, mean and scale say what lies about 0."""
        moved = tuple((value - mean) / scale for value in self.values)
        if self.standardised:
            return replace(self, values=moved, place=place, again=(*self.again, place))
        return Known((*MIDDLE, *moved), place, standardised=True)


def row_values(steps: tuple[Any, ...], last: RowShape) -> list[Known]:
    """Gives what is known of each value that the steps of a row prepare, in their order."""
    known: dict[str, Known] = {}
    for place, step in enumerate(steps):
        if isinstance(step, Impute):
            for name, value in step.values.items():
                if not isinstance(value, str):
                    before = known.get(name, Known())
                    known[name] = replace(before, values=(*before.values, value), place=place)
        elif isinstance(step, Standardize):
            for name, mean, scale in zip(step.columns or (), step.mean or (), step.scale or (), strict=True):
                known[name] = known.get(name, Known()).after(place, mean, scale)
        elif isinstance(step, OneHot):
            names = [f"{step.column}={each}" for each in step.categories]
            known |= dict.fromkeys([*names, step.column], Known((0.0, 1.0), place))
    return [known.get(name, Known()) for name, _ in last.columns]


def signal_values(steps: tuple[Any, ...], last: SignalShape) -> list[Known]:
    """Gives what is known of each channel, or of all where nobody says how many there are."""
    known = [Known()] * (last.channels or 1)
    for place, step in enumerate(steps):
        if isinstance(step, Standardize):
            means, scales = step.mean or (0.0,), step.scale or (1.0,)
            known = [
                each.after(place, means[channel % len(means)], scales[channel % len(scales)])
                for channel, each in enumerate(known)
            ]
            if step.mean is None:
                known = [replace(each, values=MIDDLE) for each in known]
    return known


def of_measurements(each: Input, where: str, tensor: Tensor | None, front: Sequence[Step]) -> list[Doubt]:
    """Gives the doubts about the values of a row or a signal, as far as its steps say what they are."""
    last = family_of(each).check(each.steps, where)[-1]
    if isinstance(last, RowShape):
        known = row_values(each.steps, last)
    else:
        assert isinstance(last, SignalShape)
        known = signal_values(each.steps, last)
    again = sorted({place for one in known for place in one.again})
    what = "a column" if isinstance(last, RowShape) else "the signal"
    message, hint = f"{what} is standardised a second time", "Remove one of them."
    found = [Doubt(step_path(where, place), message, hint) for place in again]
    if not again and _standardised_by_the_model(known, front):
        message = "the model's own first layers standardise what is standardised already"
        place = max(one.place for one in known if one.standardised)
        found.append(
            Doubt(step_path(where, place), message, "Remove standardize: the model takes the values as they are.")
        )
    return found + (_of_integers(known, tensor, where) if tensor is not None else [])


def _standardised_by_the_model(known: Sequence[Known], front: Sequence[Step]) -> bool:
    """Says whether what lies one scale about 0 comes to lie far from it, or hardly apart, in the model itself."""
    if not front or any(step.value.size not in (1, len(known)) for step in front):
        return False
    seen = np.broadcast_to(np.array([[-1.0], [0.0], [1.0]]), (3, len(known)))
    for step in front:
        seen = step.run(seen)
    wrong = (np.abs(seen[1]) > FAR) | (np.abs(seen[2] - seen[0]) < FLAT)
    return any(one.standardised and bad for one, bad in zip(known, wrong, strict=True))


def _of_integers(known: Sequence[Known], tensor: Tensor, where: str) -> list[Doubt]:
    held = range_of(tensor)
    if held is None:
        return []
    room = held[1] - held[0]
    beyond = [max((max(held[0] - v, v - held[1]) for v in one.values), default=0.0) / room for one in known]
    if max(beyond) > CLIPPED:
        one = known[beyond.index(max(beyond))]
        told = _told(one, tensor, held)
        return [Doubt(step_path(where, one.place), f"{told}: what is beyond is cut off", RANGE_HINT)]
    widths = [max(one.values) - min(one.values) for one in known if one.values]
    if len(widths) == len(known) and max(widths) / room < SPREAD:
        one = known[widths.index(max(widths))]
        told = _told(one, tensor, held)
        return [Doubt(step_path(where, one.place), f"{told}: most of its levels are hardly used", RANGE_HINT)]
    return []


def _told(one: Known, tensor: Tensor, held: tuple[float, float]) -> str:
    return (
        f"values such as {min(one.values):.4g} and {max(one.values):.4g} are prepared, "
        f"the model's {tensor.dtype} input holds {held[0]:.4g}..{held[1]:.4g}"
    )
