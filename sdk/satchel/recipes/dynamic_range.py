"""Integer weights, float activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work
from satchel_converters import tflite


@dataclass(frozen=True)
class DynamicRange:
    """float32 weights -> int8 weights; activations are quantised while the model runs. A quarter of the size.

    Needs no calibration. Meant for phones and servers: slow and not repeatable to the bit in a browser.
    Before: `CONV_2D(float32 weights)`. After: `CONV_2D(int8 weights, per-channel scale; float32 activations)`.
    """

    kind: ClassVar[str] = "dynamic_range"
    stage: ClassVar[Literal["numeric"]] = "numeric"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""


def handle(step: DynamicRange, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite made dynamic range."""
    return work.with_tflite(tflite.dynamic_range(work.tflite or b""), step.kind)
