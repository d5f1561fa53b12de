"""Integer weights, computed with in float."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work
from satchel_converters import by_op


@dataclass(frozen=True)
class WeightOnly:
    """float32 weights -> int8 weights that are widened as the model loads: a quarter of the size, float answers.

    Needs no calibration. It takes the memory and time of the float model, once loaded.
    Before: `CONV_2D(float32 weights)`. After: `DEQUANTIZE(int8 weights, per-channel scale) -> CONV_2D(float32)`.
    Source: Krishnamoorthi 2018, section 3.1.1 (weight only quantization); the LiteRT quantizer's weight-only.
    """

    kind: ClassVar[str] = "weight_only"
    stage: ClassVar[Literal["numeric"]] = "numeric"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""


def handle(step: WeightOnly, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite's weights made int8."""
    given = work.tflite or b""
    made = by_op.quantised(given, ["weight_only"] * len(by_op.ops_of(given)))
    return work.with_tflite(made.tflite, step.kind)
