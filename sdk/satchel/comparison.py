"""How far the variants of a model agree with each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satchel.statistics import wilson

if TYPE_CHECKING:
    from satchel.bundle import Bundle

FLOOR = 1e-6
"""Probabilities are floored at this before a divergence is taken: an int8 output has exact zeros."""


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How far one variant agrees with a reference on n independent photos.

    Attributes:
        reference, variant: their names.
        n: independent photos; crops and copies of one photo count once.
        top1: share of photos with the same best class; `interval` is its 95 % confidence interval (Wilson).
        top5: share of photos where the reference's best class is among the variant's five best.
        kl: mean Kullback-Leibler divergence of the variant from the reference in nats; None when the outputs are not
            one distribution (a sigmoid reading).
        largest: largest absolute difference of any output value.
    """

    reference: str
    variant: str
    n: int
    top1: float
    interval: tuple[float, float]
    top5: float
    kl: float | None
    largest: float

    def to_json(self) -> dict[str, Any]:
        """Gives the measures as JSON values."""
        return {**dataclasses.asdict(self), "interval": list(self.interval)}


def agreement(
    bundle: Bundle, photos: Any, *, reference: str | None = None, groups: Sequence[Hashable] | None = None
) -> tuple[Agreement, ...]:
    """Gives the agreement of every variant that runs here with a reference variant.

    Args:
        bundle: the open bundle.
        photos: a folder, or a sequence of paths or uint8 [h, w, 3] arrays, none of which took part in calibration.
        reference: the variant to compare with; the first of the bundle unless told.
        groups: one key a photo; photos of one key (crops of one picture) count as one.

    Raises:
        InputError: no photo, an unreadable photo, or as many groups as there are not photos (input/groups).
    """
    from satchel.photos import load_all

    loaded = load_all(photos, bundle.background)
    reference = reference or bundle.variants[0]
    outputs = {name: [bundle.scores(photo, name) for photo in loaded] for name in bundle.variants}
    return compare_all(outputs, reference, groups, divergence=bundle.is_distribution)


def compare_all(
    outputs: dict[str, list[NDArray[Any]]], reference: str, groups: Sequence[Hashable] | None, *, divergence: bool
) -> tuple[Agreement, ...]:
    """Gives the agreement of each variant's scores, float32 [classes] a photo, with the reference's."""
    keys: list[Hashable] = list(groups) if groups is not None else list(range(len(outputs[reference])))
    return tuple(
        _compare(name, np.stack(scores), reference, np.stack(outputs[reference]), keys, divergence)
        for name, scores in outputs.items()
        if scores
    )


def _compare(
    name: str, scores: NDArray[Any], reference: str, expected: NDArray[Any], keys: list[Hashable], divergence: bool
) -> Agreement:
    best = expected.argmax(axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    top1 = _once_a_group(order[:, 0] == best, keys)
    return Agreement(
        reference=reference,
        variant=name,
        n=len(set(keys)),
        top1=top1,
        interval=wilson(top1, len(set(keys))),
        top5=_once_a_group((order == best[:, None]).any(axis=1), keys),
        kl=_once_a_group(_divergences(expected, scores), keys) if divergence else None,
        largest=float(np.abs(scores.astype(np.float64) - expected).max()),
    )


def _once_a_group(values: NDArray[Any], keys: list[Hashable]) -> float:
    """Gives the mean over groups of the mean within each."""
    members: dict[Hashable, list[float]] = {}
    for key, value in zip(keys, values, strict=True):
        members.setdefault(key, []).append(float(value))
    return float(np.mean([np.mean(group) for group in members.values()]))


def _divergences(expected: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    p, q = (np.maximum(each.astype(np.float64), FLOOR) for each in (expected, found))
    p, q = p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)
    return np.asarray((p * np.log(p / q)).sum(axis=1))
