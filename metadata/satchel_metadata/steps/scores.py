"""Steps that make classes of scores."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from satchel_metadata.steps.base import Closed, Name


class Softmax(Closed):
    """Logits -> probabilities: of the row [1, n], or with a `layout` of the classes at each place of a mask."""

    op: Literal["softmax"] = "softmax"
    layout: Literal["NHWC", "NCHW"] | None = None


class Sigmoid(Closed):
    """Logits -> 1 / (1 + exp(-x)), each by itself."""

    op: Literal["sigmoid"] = "sigmoid"


class TopK(Closed):
    """Scores -> the k best (index, score), best first, the lower index first among equals."""

    op: Literal["top_k"] = "top_k"
    k: Annotated[int, Field(ge=1, le=100000)]


class Threshold(Closed):
    """(index, score) -> those with score >= `score`."""

    op: Literal["threshold"] = "threshold"
    score: float


class Label(Closed):
    """(index, score) -> (index, label, score), from the list `labels` of the spec."""

    op: Literal["label"] = "label"
    labels: Name
