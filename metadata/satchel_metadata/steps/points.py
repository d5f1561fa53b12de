"""Steps that make keypoints of outputs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from satchel_metadata.steps.base import Closed, Name, need


class HeatmapKeypoints(Closed):
    """Heatmaps, one a keypoint -> where each is highest, and how high.

    `refine` "quarter" moves a peak a quarter of a cell towards its larger neighbour, along each axis by itself.
    `position` says where cell p of n is, in fractions of the prepared picture: `corner` p / n, `center` (p + 0.5) / n,
    `ends` p / (n - 1). "offsets" reads the output `offsets` of twice as many channels instead, down first, then across:
    p * stride + offset, in pixels.
    """

    op: Literal["heatmap_keypoints"] = "heatmap_keypoints"
    layout: Literal["NHWC", "NCHW"]
    activation: Literal["none", "sigmoid"]
    refine: Literal["none", "quarter", "offsets"]
    position: Literal["corner", "center", "ends"] | None = None
    offsets: Name | None = None
    stride: Annotated[float, Field(gt=0)] | None = None

    def reads(self) -> tuple[str, ...]:
        """Gives the names of the outputs that this step reads beside its own."""
        return (self.offsets,) if self.offsets else ()

    @model_validator(mode="after")
    def _fields_fit(self) -> HeatmapKeypoints:
        used = ("offsets", "stride") if self.refine == "offsets" else ("position",)
        for name in ("position", "offsets", "stride"):
            given = getattr(self, name) is not None
            need(given or name not in used, f"refine {self.refine!r} needs {name!r}", f"Add {name!r} to this step.")
            need(not given or name in used, f"refine {self.refine!r} does not use {name!r}", f"Remove {name!r}.")
        return self


class Landmarks(Closed):
    """A flat vector of `dimensions` numbers a point -> points, in the unit that the model has.

    The first two of each point are its place, in `order`; number `score` of it is its score (`activation` is applied to
    that one), and a point without any has score 1.
    """

    op: Literal["landmarks"] = "landmarks"
    dimensions: Annotated[int, Field(ge=2, le=16)]
    order: Literal["xy", "yx"]
    score: Annotated[int, Field(ge=2, le=15)] | None = None
    activation: Literal["none", "sigmoid"] | None = None

    @model_validator(mode="after")
    def _fields_fit(self) -> Landmarks:
        need(
            (self.score is None) == (self.activation is None),
            "'score' and 'activation' come together",
            "Give both, or neither.",
        )
        need(
            self.score is None or self.score < self.dimensions,
            "'score' is the place of a number of each point",
            "Give a 'score' below 'dimensions'.",
        )
        return self
