"""Weights of four bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work
from satchel_converters import by_op


@dataclass(frozen=True)
class Int4:
    """float32 weights of dense layers -> 4-bit weights that are widened as the model loads: an eighth of the size.

    Needs no calibration. For models whose only weights are in FULLY_CONNECTED; one that has others is refused with
    their names, and `Mixed` sends them elsewhere. Sixteen levels a channel: expect a loss that int8 does not have.
    Before: `FULLY_CONNECTED(float32 weights)`. After: `DEQUANTIZE(int4 weights, per-channel scale) -> FULLY_CONNECTED`.
    Source: Krishnamoorthi 2018, section 3.1.1, with 4 bits; the LiteRT quantizer's weight-only.
    """

    kind: ClassVar[str] = "int4"
    stage: ClassVar[Literal["numeric"]] = "numeric"

    def validate(self) -> None:
        """Nothing can be wrong: the pass has no settings."""


def handle(step: Int4, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite's weights made 4-bit."""
    given = work.tflite or b""
    made = by_op.quantised(given, ["int4"] * len(by_op.ops_of(given)))
    return work.with_tflite(made.tflite, step.kind)
