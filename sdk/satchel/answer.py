"""What a bundle answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from satchel_metadata.pipeline import Class


@dataclass(frozen=True)
class Answer:
    """The classes of one photo, best first.

    Attributes:
        classes: each with index, label and score; as many as the spec's `top_k` and `threshold` leave.
        timings: seconds of each stage: `decode`, `prepare`, `infer`, `read`, and `total`.
        variant: the variant that answered.
    """

    classes: tuple[Class, ...]
    timings: Mapping[str, float]
    variant: str

    @property
    def top(self) -> Class | None:
        """The best class; None when a threshold left none."""
        return self.classes[0] if self.classes else None

    def to_json(self) -> dict[str, Any]:
        """Gives the answer as JSON values: classes, variant, timings in seconds."""
        classes = [{"index": each.index, "label": each.label, "score": each.score} for each in self.classes]
        return {"classes": classes, "variant": self.variant, "timings": dict(self.timings)}
