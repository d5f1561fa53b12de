"""Half-precision weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work
from satchel_converters import tflite


@dataclass(frozen=True)
class Float16:
    """float32 weights -> float16 weights, computed with in float32: half the size, answers equal to about 1e-3.

    Before: `CONV_2D(float32 weights)`. After: `DEQUANTIZE(float16 weights) -> CONV_2D`.
    """

    kind: ClassVar[str] = "float16"
    stage: ClassVar[Literal["numeric"]] = "numeric"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""


def handle(step: Float16, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite made float16."""
    return work.with_tflite(tflite.float16(work.tflite or b""), step.kind)
