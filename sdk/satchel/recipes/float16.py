"""Half-precision weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Float16:
    """float32 weights -> float16 weights, computed with in float32: half the size, answers equal to about 1e-3.

    Before: `CONV_2D(float32 weights)`. After: `DEQUANTIZE(float16 weights) -> CONV_2D`.
    """

    kind: ClassVar[str] = "float16"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""
