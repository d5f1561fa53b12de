"""Integer weights of 8 bits, activations of 16."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work, allowed
from satchel_converters import by_op, precision
from satchel_converters.calibration import METHODS, Method


@dataclass(frozen=True)
class Int16x8:
    """float32 everything -> int8 weights (per-channel) and int16 activations: a quarter of the size, nearly no loss.

    Slow: XNNPACK has no such kernels, and runs take 7 to 40 times int8's. For chips made for it, or for
    single layers that 8 bits break (`Mixed`). Inputs and outputs stay float32. Needs calibration.
    Before: `CONV_2D(float32, float32)`. After: `CONV_2D(int8 weights, int16 activations, symmetric)`.
    Source: LiteRT's quantization specification, 16x8; the LiteRT quantizer does it with ranges found here.

    Attributes:
        calibration: how ranges follow from the samples, as of `Int8`.
    """

    calibration: Method = "min_max"
    kind: ClassVar[str] = "int16x8"
    stage: ClassVar[Literal["numeric"]] = "numeric"
    needs_calibration: ClassVar[bool] = True

    def validate(self) -> None:
        """Refuses a calibration that is not known (spec/unknown-value)."""
        allowed(self, calibration=METHODS)


def handle(step: Int16x8, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite made int16x8; refused where ops stay in float."""
    given = work.tflite or b""
    chosen: list[by_op.OpPrecision] = ["int16x8"] * len(by_op.ops_of(given))
    made = by_op.quantised(given, chosen, context.calibration, method=step.calibration, progress=context.progress)
    if made.left:
        raise precision.not_reached("int16x8", made.left, given)
    return work.with_tflite(made.tflite, step.kind, made.facts)
