"""Integer weights and activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work
from satchel_converters import tflite
from satchel_metadata.errors import SpecError


@dataclass(frozen=True)
class Int8:
    """float32 everything -> int8 weights (per-channel) and activations (per-tensor): a quarter of the size.

    Needs calibration: photos that are prepared as the spec says show the range of every activation.
    Before: `CONV_2D(float32, float32)`. After: `CONV_2D(int8 weights, int8 activations)`.

    Attributes:
        io: type of the model's own input and output tensors. `uint8` is what every runtime, the browser's too, accepts;
            `float32` leaves quantising to the model.
    """

    io: Literal["uint8", "float32"] = "uint8"
    kind: ClassVar[str] = "int8"
    stage: ClassVar[Literal["numeric"]] = "numeric"
    needs_calibration: ClassVar[bool] = True

    def validate(self) -> None:
        """Refuses an input and output type that the runtimes do not share (spec/unknown-value)."""
        if self.io not in ("uint8", "float32"):
            raise SpecError(
                "spec/unknown-value", f"found io {self.io!r}", where="Int8", hint="Allowed: 'uint8', 'float32'."
            )


def handle(step: Int8, work: Work, context: Context) -> Work:
    """Gives the work with the .tflite made int8."""
    made = tflite.int8(work.tflite or b"", context.calibration, io=step.io, progress=context.progress)
    return work.with_tflite(made, step.kind)
