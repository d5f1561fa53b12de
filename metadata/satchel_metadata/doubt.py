"""A doubt about a spec: something that works but can hardly be meant."""

from __future__ import annotations

from dataclasses import dataclass

from satchel_metadata.spec import Tensor

FLAT = 0.1
"""Black and white nearer than this are one value to any model that was trained on normalised pictures."""
CLIPPED, UNUSED = 0.25, 0.25
"""Shares of an integer tensor's range: values reach further beyond it, or fill less of it, than calibration leaves."""
RANGE_HINT = "Prepare values as in training and calibration: change rescale, mean and std, or leave them out."


@dataclass(frozen=True)
class Doubt:
    """Something in a spec that works but can hardly be meant.

    Attributes:
        where: the JSON path of the step.
        message: what is so.
        hint: what to change.
    """

    where: str
    message: str
    hint: str

    def paragraph(self) -> str:
        """Gives all of it as one paragraph."""
        return f"{self.where}: {self.message}. {self.hint}"


def range_of(tensor: Tensor) -> tuple[float, float] | None:
    """Gives the ends of what an integer tensor holds."""
    if tensor.scale is None or tensor.zero_point is None or tensor.dtype not in ("int8", "uint8"):
        return None
    first = 0 if tensor.dtype == "uint8" else -128
    return (first - tensor.zero_point) * tensor.scale, (first + 255 - tensor.zero_point) * tensor.scale
