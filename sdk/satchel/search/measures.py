"""How far outputs are from the float model's, summed up one input at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Answer = Mapping[str, NDArray[Any]]
_SUMS = 1e-2
"""How far from 1 what sums to 1 may be."""
_LEAST = 1e-12


def shares(answer: Answer) -> NDArray[np.float64] | None:
    """Gives the first output as probabilities over its last axis, None where it is none."""
    found = np.asarray(next(iter(answer.values())), np.float64)
    whole = found.ndim >= 1 and found.shape[-1] > 1 and found.min(initial=0) >= 0
    return found if whole and bool(np.all(np.abs(found.sum(-1) - 1) < _SUMS)) else None


@dataclass
class Distance:
    """Sums over inputs: of what the outputs hold, of how far they are off, and of the divergence of probabilities."""

    signal: float = 0.0
    noise: float = 0.0
    divergence: float = 0.0
    inputs: int = 0
    probabilities: bool = True

    def add(self, expected: Answer, found: Answer) -> None:
        """Counts the outputs for one input."""
        for name, each in expected.items():
            wanted = np.asarray(each, np.float64)
            self.signal += float(np.sum(wanted**2))
            self.noise += float(np.sum((wanted - np.asarray(found[name], np.float64)) ** 2))
        self.inputs += 1
        wanted_shares = shares(expected)
        if wanted_shares is None:
            self.probabilities = False
            return
        got = np.maximum(np.asarray(next(iter(found.values())), np.float64), 0)
        self.divergence += _divergence(
            wanted_shares.reshape(-1, wanted_shares.shape[-1]), got.reshape(-1, got.shape[-1])
        )

    @property
    def snr_db(self) -> float:
        """The signal to noise ratio in decibels: 10 log10(sum of squares / sum of squared differences)."""
        if self.noise == 0:
            return math.inf
        return 10 * math.log10(self.signal / self.noise) if self.signal > 0 and math.isfinite(self.noise) else -math.inf

    @property
    def kl(self) -> float | None:
        """The mean Kullback-Leibler divergence from the float model's probabilities, in nats; None of other outputs."""
        return self.divergence / self.inputs if self.probabilities and self.inputs else None


def _divergence(expected: NDArray[np.float64], found: NDArray[np.float64]) -> float:
    """Gives the mean over rows of sum p log(p / q), each row scaled to sum to 1; shares below 1e-12 count as that."""
    p, q = (np.maximum(each, _LEAST) for each in (expected, found))
    p, q = (each / each.sum(-1, keepdims=True) for each in (p, q))
    return float(np.mean(np.sum(p * np.log(p / q), axis=-1)))


def right(answers: Sequence[Answer], labels: Sequence[int]) -> float:
    """Gives the share of answers whose best class is the label."""
    best = [int(np.argmax(next(iter(each.values())))) for each in answers]
    return float(np.mean(np.equal(best, labels)))
