"""From a model's scores to an answer: softmax, sigmoid, top_k, threshold, label.

Binary32 throughout, sums in index order; exp in binary64, rounded to binary32 before it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import BROKEN_MODEL, ModelError

Floats = NDArray[np.float32]


@dataclass(frozen=True, repr=False)
class Class:
    """One class of an answer: its index in the output, its score (a binary32 value) and its label, if it has one."""

    index: int
    score: float
    label: str | None = None

    def __repr__(self) -> str:
        return f"Class(index={self.index}, label={self.label!r}, score={self.score:.4g})"


def softmax(scores: Floats) -> Floats:
    """Gives probabilities of logits [n].

    m = max x; e[i] = exp(x[i] - m), the difference in binary32, exp in binary64 rounded to binary32; s = e[0] + e[1] +
    ... in this order; e[i] / s.

    Raises:
        ModelError: model/nan-output.
    """
    refuse_nan(scores)
    with np.errstate(invalid="ignore"):
        shifted = scores - scores.max()
    exponentials = np.exp(shifted.astype(np.float64)).astype(np.float32)
    probabilities: Floats = exponentials / in_order_sum(exponentials)
    return refuse_nan(probabilities)


def sigmoid(scores: Floats) -> Floats:
    """Gives 1 / (1 + e) of logits [n], each by itself; e = exp(-x) in binary64, rounded to binary32.

    Raises:
        ModelError: model/nan-output.
    """
    refuse_nan(scores)
    with np.errstate(over="ignore"):
        exponentials = np.exp(-scores.astype(np.float64)).astype(np.float32)
    one = np.float32(1)
    return one / (one + exponentials)


def top_k(scores: Floats, k: int) -> tuple[Class, ...]:
    """Gives the k best of scores [n] (all, when n < k), best first, the lower index first among equals.

    Raises:
        ModelError: model/nan-output.
    """
    refuse_nan(scores)
    order = np.argsort(-scores, kind="stable")[:k]
    return tuple(Class(int(index), float(scores[index])) for index in order)


def threshold(classes: Sequence[Class], score: float) -> tuple[Class, ...]:
    """Gives the classes whose score is at least `score` rounded to binary32."""
    least = float(np.float32(score))
    return tuple(each for each in classes if each.score >= least)


def label(classes: Sequence[Class], labels: Sequence[str]) -> tuple[Class, ...]:
    """Gives the classes with their labels.

    Raises:
        ModelError: model/wrong-output, for an index beyond the list.
    """
    return tuple(replace(each, label=named(labels, each.index)) for each in classes)


def named(labels: Sequence[str], index: int) -> str:
    """Gives the label of an index.

    Raises:
        ModelError: model/wrong-output, for an index beyond the list.
    """
    if not 0 <= index < len(labels):
        message = f"the model gave class {index}, the list has {len(labels)} labels"
        raise ModelError("model/wrong-output", message, hint="Give one label a class, in the model's order.")
    return labels[index]


def in_order_sum(values: Floats) -> np.float32:
    """Gives the sum in index order, rounded after every addition; numpy's own sum adds in pairs."""
    total: Any = np.add.accumulate(values)[-1]
    return np.float32(total)


def refuse_nan(scores: Floats) -> Floats:
    """Gives the scores back, or refuses them.

    Raises:
        ModelError: model/nan-output.
    """
    if np.isnan(scores).any():
        place = int(np.argmax(np.isnan(scores)))
        raise ModelError(
            "model/nan-output",
            f"the model gave NaN as the score of class {place}",
            hint=BROKEN_MODEL,
        )
    return scores
