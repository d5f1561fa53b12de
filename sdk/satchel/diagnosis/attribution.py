"""How much of a difference each stage brings: one stage at a time swapped, over a stream of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from satchel.diagnosis.causes import Stage
from satchel.diagnosis.changes import changed
from satchel.diagnosis.routes import Ran, Route
from satchel.search.measures import Distance
from satchel.statistics import wilson


@dataclass
class Boundary:
    """What one stage changes alone, of one variant, summed up over the samples.

    Attributes:
        stage, variant: which.
        samples: how many.
        changed: samples whose answer is another when this stage alone is swapped.
        explained: of the answers that change over all stages, those that this one changes alone.
        same: samples of which the tensors at the boundary are the same to the byte.
        tensors: signal and noise of these tensors.
        largest: their largest absolute difference.
    """

    stage: Stage
    variant: str
    samples: int = 0
    changed: int = 0
    explained: int = 0
    same: int = 0
    tensors: Distance = field(default_factory=Distance)
    largest: float = 0.0

    def add(self, expected: Ran, found: Ran, whole: bool, least: float) -> bool:
        """Counts a sample; gives whether its answer changed. `whole`: whether it changes over all stages."""
        prepared = self.stage == "preparation"
        one, other = (
            [each.tensors for each in ran.windows] if prepared else list(ran.outputs) for ran in (expected, found)
        )
        same = True
        for wanted, given in zip(one, other, strict=True):
            self.tensors.add(wanted, given)
            for name, each in wanted.items():
                same = same and np.array_equal(each, given[name])
                self.largest = max(self.largest, float(np.abs(each.astype(float) - given[name]).max(initial=0)))
        moved = changed(expected.answer, found.answer, least)
        self.samples, self.same = self.samples + 1, self.same + same
        self.changed, self.explained = self.changed + moved, self.explained + (moved and whole)
        return moved

    def to_json(self) -> dict[str, Any]:
        """Gives the boundary as JSON values; no noise is null."""
        snr, interval = self.tensors.snr_db, wilson(self.changed / max(self.samples, 1), self.samples)
        return {
            "stage": self.stage,
            "variant": self.variant,
            "samples": self.samples,
            "changed": self.changed,
            "changed_interval": list(interval),
            "explained": self.explained,
            "same": self.same,
            "snr_db": snr if np.isfinite(snr) else None,
            "largest": self.largest,
            "kl": None if self.stage == "preparation" else self.tensors.kl,
        }


@dataclass
class Split:
    """The difference between a reference and one variant, and what of it each stage brings."""

    variant: str
    boundaries: dict[Stage, Boundary]
    samples: int = 0
    changed: int = 0
    examples: list[tuple[str, Any, Any]] = field(default_factory=list)

    def ranked(self) -> list[Boundary]:
        """Gives the stages, those first that explain most changed answers, then those with the most noise."""
        return sorted(self.boundaries.values(), key=lambda each: (-each.explained, -each.changed, each.tensors.snr_db))


def split_of(variant: str, stages: Sequence[Stage]) -> Split:
    """Gives an empty split over some stages."""
    return Split(variant, {stage: Boundary(stage, variant) for stage in stages})


def add(split: Split, thing: Any, reference: Route, shipped: Route, middle: Any, least: float, name: str) -> None:
    """Counts one sample in a split.

    Args:
        split: what is added to.
        thing: the sample.
        reference: the author's route.
        shipped: the bundle's.
        middle: the float model of the bundle as a part, between the author's model and the variant.
        least: the least score of an object that the spec gives.
        name: of the sample, for the examples.
    """
    expected, found = reference.run(thing), shipped.run(thing)
    whole = changed(expected.answer, found.answer, least)
    split.samples, split.changed = split.samples + 1, split.changed + whole
    if whole and len(split.examples) < 12:
        split.examples.append((name, expected.answer, found.answer))
    floats = reference.swapped(model=middle)
    alone: dict[Stage, tuple[Route, Route]] = {
        "preparation": (reference, reference.swapped(prepare=shipped.prepare)),
        "conversion": (reference, floats),
        "quantisation": (floats, reference.swapped(model=shipped.model)),
        "reading": (reference, reference.swapped(read=shipped.read)),
    }
    for stage, boundary in split.boundaries.items():
        one, other = alone[stage]
        boundary.add(expected if one is reference else one.run(thing), other.run(thing), whole, least)
