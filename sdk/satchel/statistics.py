"""Proportions with their uncertainty."""

from __future__ import annotations

import math


def wilson(proportion: float, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Gives the 95 % confidence interval of a proportion seen in n independent photos; (0, 1) when n is 0.

    Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927).
    """
    if n == 0:
        return 0.0, 1.0
    middle = proportion + z * z / (2 * n)
    spread = z * math.sqrt(proportion * (1 - proportion) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
