"""Integer weights and activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work, allowed
from satchel_converters import precision, tflite
from satchel_converters.calibration import METHODS, Method


@dataclass(frozen=True)
class Int8:
    """float32 everything -> int8 weights (per-channel) and activations (per-tensor): a quarter of the size.

    Needs calibration: photos that are prepared as the spec says show the range of every activation.
    Before: `CONV_2D(float32, float32)`. After: `CONV_2D(int8 weights, int8 activations)`.
    Source: Jacob et al. 2018, sections 2 and 3; Krishnamoorthi 2018, sections 2 and 3 (a scale for each channel); the
    LiteRT quantizer does it with ranges found here.

    Attributes:
        io: type of the model's own input and output tensors. `uint8` is what every runtime, the browser's too, accepts;
            `float32` leaves quantising to the model.
        per_channel: one scale for each output channel of a kernel; one for all of a kernel costs accuracy, most where
            its channels differ (depthwise kernels), and is for accelerators that know no other.
        calibration: how ranges follow from the samples: "min_max" cuts nothing off, "moving_average" evens out single
            wild samples, "percentile" cuts the rarest 0.01 % of values off.
    """

    io: Literal["uint8", "float32"] = "uint8"
    per_channel: bool = True
    calibration: Method = "min_max"
    kind: ClassVar[str] = "int8"
    stage: ClassVar[Literal["numeric"]] = "numeric"
    needs_calibration: ClassVar[bool] = True

    def validate(self) -> None:
        """Refuses settings that are not known (spec/unknown-value)."""
        allowed(self, io=("uint8", "float32"), per_channel=(True, False), calibration=METHODS)


def handle(step: Int8, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite made int8."""
    given = work.tflite or b""
    made = tflite.int8_told(
        given,
        context.calibration,
        io=step.io,
        per_channel=step.per_channel,
        method=step.calibration,
        progress=context.progress,
    )
    if made.left:
        raise precision.not_reached("int8", made.left, given)
    return work.with_tflite(made.tflite, step.kind, made.facts)
