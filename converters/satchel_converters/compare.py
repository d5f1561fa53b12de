"""Compares the answers of two forms of one model, output by output, bound by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from satchel_metadata.errors import ConversionError

Answers = Mapping[str, np.ndarray[Any, Any]]

BOUND = 1e-3
"""Largest max|a-b| / max|a| of an honest conversion of a float model.

Another order of the same sums gives 1e-7 to 1e-5, and 5e-4 was seen between Keras and XNNPACK on one deep net; a
conversion that lost a layer, an epsilon or the order of the outputs is off by more than 1e-2.
"""

_ZERO = 1e-9  # An output that is all but zero (flushed denormals, say) is not judged by its own size.


@dataclass(frozen=True)
class Difference:
    """The largest difference between two forms of a model: where, absolute, and relative to max|a| of that output."""

    output: str
    absolute: float
    relative: float


def largest_difference(expected: Sequence[Answers], found: Sequence[Answers]) -> Difference:
    """Gives the largest relative difference over all inputs and outputs.

    Args:
        expected: one mapping of output name -> tensor for each input; equal NaN and infinities count as equal.
        found: the same from the other form.

    Raises:
        ConversionError: model/outputs-differ when names, number of inputs or shapes are not the same.
    """
    worst = Difference("", 0.0, -1.0)
    for one, other in zip(expected, found, strict=True):
        if set(one) != set(other):
            raise _unlike(f"expected the outputs {_listed(one)}, found {_listed(other)}")
        for name in sorted(one):
            difference = _difference(name, np.asarray(one[name]), np.asarray(other[name]))
            worst = difference if difference.relative > worst.relative else worst
    return worst


def require_agreement(expected: Sequence[Answers], found: Sequence[Answers], what: str, bound: float) -> Difference:
    """Gives the largest difference, which is within `bound`.

    Raises:
        ConversionError: model/answers-differ, which says by how much and at which output.
    """
    worst = largest_difference(expected, found)
    if worst.relative <= bound:
        return worst
    raise ConversionError(
        "model/answers-differ",
        f"{what} differs from the source model at output {worst.output!r} by {worst.absolute:.3g}, "
        f"{worst.relative:.3g} of the largest value there, over {len(expected)} inputs; allowed is {bound:.3g}",
        where=worst.output,
        hint="The conversion changed the model: look for layers that behave differently in inference, or random ones.",
    )


def _difference(name: str, a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> Difference:
    if a.shape != b.shape:
        raise _unlike(f"output {name!r} has shape {a.shape} in the source model and {b.shape} in its conversion")
    if a.size == 0:
        return Difference(name, 0.0, 0.0)
    a, b = a.astype(np.float64), b.astype(np.float64)
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if np.any(~same & ~(np.isfinite(a) & np.isfinite(b))):
        return Difference(name, np.inf, np.inf)
    absolute = float(np.max(np.abs(np.where(same, 0, a) - np.where(same, 0, b))))
    scale = max(float(np.max(np.abs(np.where(np.isfinite(a), a, 0)))), _ZERO)
    return Difference(name, absolute, absolute / scale)


def _listed(answers: Answers) -> str:
    return ", ".join(f"{name}{list(np.shape(value))}" for name, value in sorted(answers.items()))


def _unlike(message: str) -> ConversionError:
    return ConversionError(
        "model/outputs-differ", message, hint="Give each output a fixed shape and a name of its own, and pack again."
    )
