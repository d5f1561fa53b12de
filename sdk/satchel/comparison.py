"""How far the variants of a model agree with each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satchel.bundle import decision_of
from satchel.check import relative
from satchel.statistics import wilson
from satchel_metadata.errors import InputError

if TYPE_CHECKING:
    from satchel.bundle import Bundle

FLOOR = 1e-6
"""Probabilities are floored at this before a divergence is taken: an int8 output has exact zeros."""

SUM = 1e-2
"""How far from 1 the scores of an input may sum and still be a distribution."""


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How far one variant agrees with a reference on n independent photos, rows or signals.

    Attributes:
        reference, variant: their names.
        n: independent ones; crops and copies of one photo count once.
        top1: share of them with the same best class. Of a model with one score, which has no other class to prefer:
            share of them where both scores, or neither, reach the spec's threshold (one half without one).
            `interval` is its 95 % confidence interval (Wilson). None, as the next two, when the answer is no class.
        top5: share of them where the reference's best class is among the variant's five best; None for one score.
        kl: mean Kullback-Leibler divergence of the variant from the reference in nats; None when the scores are not
            one distribution: of the reference, none below 0 and a sum within 0.01 of 1 for every input; of the
            variant likewise, where its sum may be off by another 1/512 a class, the rounding of 8-bit scores.
        largest: largest absolute difference of any output value.
        relative: largest difference of one input's outputs, relative to the reference's largest value there.
    """

    reference: str
    variant: str
    n: int
    top1: float | None
    interval: tuple[float, float] | None
    top5: float | None
    kl: float | None
    largest: float
    relative: float

    def to_json(self) -> dict[str, Any]:
        """Gives the measures as JSON values."""
        return {**dataclasses.asdict(self), "interval": list(self.interval) if self.interval else None}


def agreement(
    bundle: Bundle, photos: Any, *, reference: str | None = None, groups: Sequence[Hashable] | None = None
) -> tuple[Agreement, ...]:
    """Gives the agreement of every variant that runs here with a reference variant.

    Args:
        bundle: the open bundle.
        photos: a folder, or a sequence of paths or uint8 [h, w, 3] arrays; a CSV file or a sequence of rows; a folder
            of CSV files or a sequence of signals; none of which took part in calibration.
        reference: the variant to compare with; the first of the bundle unless told.
        groups: one key a photo; photos of one key (crops of one picture) count as one.

    Raises:
        InputError: no photo, an unreadable photo, or as many groups as there are not photos (input/groups).
        BundleError: bundle/no-such-variant, for the reference.
    """
    reference = bundle.known(reference or next(iter(bundle.variants), ""))
    loaded = [bundle.kind.load(each) for each in bundle.kind.listed(photos)]
    if not loaded:
        raise InputError(
            "input/no-photos",
            f"expected at least one of the {bundle.kind.plural}, found none",
            hint="Give some that took no part in calibration.",
        )
    if groups is not None and len(groups) != len(loaded):
        raise InputError(
            "input/groups",
            f"expected a group a photo, found {len(groups)} for {len(loaded)}",
            hint="Give one key a photo, in the same order.",
        )
    outputs = {name: [bundle.numbers(each, name) for each in loaded] for name in bundle.variants}
    decision = decision_of(bundle.spec)
    return compare_all(outputs, reference, groups, classes=bundle.answers_classes, decision=decision)


def compare_all(
    outputs: dict[str, list[NDArray[Any]]],
    reference: str,
    groups: Sequence[Hashable] | None,
    *,
    classes: bool = True,
    decision: float = 0.5,
) -> tuple[Agreement, ...]:
    """Gives the agreement of each variant's scores, float32 [classes] an input, or other outputs, with the reference's.

    Args:
        outputs: by variant; several windows of one signal stand one after another.
        reference: the variant to compare with.
        groups: one key an input.
        classes: whether they are scores at all.
        decision: the score from which a model of one score says yes.
    """
    keys: list[Hashable] = list(groups) if groups is not None else list(range(len(outputs[reference])))
    return tuple(
        _compare(name, found, reference, outputs[reference], keys, decision)
        if classes
        else _measured(name, found, reference, outputs[reference], keys)
        for name, found in outputs.items()
        if found
    )


def _measured(
    name: str, found: list[NDArray[Any]], reference: str, expected: list[NDArray[Any]], keys: list[Hashable]
) -> Agreement:
    """Gives what can be said of any outputs: how far they are."""
    pairs = [(a.astype(np.float64), b.astype(np.float64)) for a, b in zip(expected, found, strict=True)]
    return Agreement(
        reference=reference,
        variant=name,
        n=len(set(keys)),
        top1=None,
        interval=None,
        top5=None,
        kl=None,
        largest=max(float(np.abs(a - b).max(initial=0.0)) for a, b in pairs),
        relative=max(relative(a, b) for a, b in pairs),
    )


def _compare(
    name: str,
    found: list[NDArray[Any]],
    reference: str,
    wanted: list[NDArray[Any]],
    keys: list[Hashable],
    decision: float,
) -> Agreement:
    scores, expected = np.stack(found), np.stack(wanted)
    measured = _measured(name, found, reference, wanted, keys)
    if scores.shape[1] == 1:
        same = ((scores >= np.float32(decision)) == (expected >= np.float32(decision)))[:, 0]
        share = _once_a_group(same, keys)
        return dataclasses.replace(measured, top1=share, interval=wilson(share, measured.n))
    best = expected.argmax(axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :5]
    top1 = _once_a_group(order[:, 0] == best, keys)
    return dataclasses.replace(
        measured,
        top1=top1,
        interval=wilson(top1, measured.n),
        top5=_once_a_group((order == best[:, None]).any(axis=1), keys),
        kl=_once_a_group(_divergences(expected, scores), keys) if _distributions(expected, scores) else None,
    )


def _distributions(expected: NDArray[Any], found: NDArray[Any]) -> bool:
    """Says whether the scores of every input are one distribution, those found up to the rounding of 8-bit scores."""
    rounding = found.shape[1] / 512
    return all(
        bool((each >= 0).all() and (np.abs(each.sum(axis=1, dtype=np.float64) - 1) <= off).all())
        for each, off in ((expected, SUM), (found, SUM + rounding))
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
