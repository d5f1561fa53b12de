"""What a bundle answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from satchel_metadata import answers


@dataclass(frozen=True, eq=False)
class Answer(answers.Answer):
    """What a bundle says of one photo, row or signal. Only what the task gives is there, the others are None.

    Attributes:
        classes: each with index, label and score, best first; as many as the spec's `top_k` and `threshold` leave.
        objects: each with box (left, top, right, bottom), index, label and score.
        keypoints: each with x, y, score and name.
        mask: the class of each pixel.
        values: the numbers themselves.
        windows: each window's own answer, where a signal had several.
        timings: seconds of each stage: `decode`, `prepare`, `infer`, `read`, and `total`.
        variant: the variant that answered.
    """

    timings: Mapping[str, float] = field(default_factory=dict)
    variant: str = ""

    def to_json(self) -> dict[str, Any]:
        """Gives the answer as JSON values: what was found, variant, timings in seconds."""
        return {**super().to_json(), "variant": self.variant, "timings": dict(self.timings)}
