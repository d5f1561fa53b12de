"""What a detector says: which stage, why, how sure, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Stage = Literal["preparation", "conversion", "quantisation", "runtime", "reading"]
STAGES: tuple[Stage, ...] = ("preparation", "conversion", "quantisation", "runtime", "reading")


@dataclass(frozen=True)
class Cause:
    """One cause of a difference.

    Attributes:
        stage: where it is.
        kind: one word for it (`channel_order`, `normalisation`, `labels_shifted`, ...).
        sentence: what is so, with numbers.
        remedy: what to do.
        sure: share of the difference that went away when the remedy was tried, 0 to 1.
    """

    stage: Stage
    kind: str
    sentence: str
    remedy: str
    sure: float

    def to_json(self) -> dict[str, Any]:
        """Gives the cause as JSON values."""
        return dict(vars(self))
