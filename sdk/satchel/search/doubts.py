"""Warnings of sets that say little: few samples, classes without any, calibration that covers less than is searched."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel.search.datasets import Sets, prepared
from satchel_metadata.errors import SatchelWarning
from satchel_metadata.pipeline import Pipeline

FEW = 20
"""Samples below which ranges of activations are a guess."""
COVERED = 0.9
"""Share of the range of what is searched with that calibration is to cover."""
_SEEN = 100

Tensors = Sequence[Mapping[str, NDArray[Any]]]


def warn_of_sets(sets: Sets, calibration: Tensors, pipeline: Pipeline, classes: int, limit: float | None) -> None:
    """Warns, with the numbers, of what the sets cannot tell.

    Args:
        sets: the three sets.
        calibration: the prepared inputs of the calibration set.
        pipeline: prepares the others.
        classes: that the model knows.
        limit: the largest drop allowed; None for none.
    """
    told = [*_few(sets), *_unseen(sets, classes), *_coarse(sets, limit)]
    told += _uncovered(calibration, prepared(sets.search[:_SEEN], sets, pipeline))
    for text in told:
        warnings.warn(text, SatchelWarning, stacklevel=3)


def _few(sets: Sets) -> list[str]:
    count = len(sets.calibration)
    return [f"{count} {sets.kind.plural} to calibrate with are few: 100 are plenty"] if count < FEW else []


def _unseen(sets: Sets, classes: int) -> list[str]:
    seen = {each.label for each in sets.search} - {None}
    if not seen or len(seen) >= classes:
        return []
    return [
        f"the search set has samples of {len(seen)} of the model's {classes} classes: of the others nothing is said"
    ]


def _coarse(sets: Sets, limit: float | None) -> list[str]:
    least = min(len(sets.search), len(sets.test))
    if not limit or limit * least >= 1:
        return []
    return [
        f"a drop of {100 * limit:.2f} pp is less than one of {least} samples: give at least {int(np.ceil(1 / limit))} "
        "to search and as many to test with"
    ]


def _uncovered(calibration: Tensors, searched: Tensors) -> list[str]:
    found = []
    for name in searched[0] if calibration else ():
        (low, high), (least, most) = _range(calibration, name), _range(searched, name)
        covered = max(0.0, min(high, most) - max(low, least))
        if most > least and covered < COVERED * (most - least):
            found.append(
                f"the calibration set covers {100 * covered / (most - least):.0f} % of the range of input {name!r}: "
                f"{low:.4g}..{high:.4g}, while what is searched with has {least:.4g}..{most:.4g}"
            )
    return found


def _range(tensors: Tensors, name: str) -> tuple[float, float]:
    return min(float(each[name].min()) for each in tensors), max(float(each[name].max()) for each in tensors)
