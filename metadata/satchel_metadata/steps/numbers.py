"""Steps on the numbers of an output, and the step that brings places back to the photo."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from satchel_metadata.steps.base import Closed, Name, Rounding, need

Numbers = Annotated[tuple[float, ...], Field(min_length=1, max_length=4096)]


class Denormalize(Closed):
    """x -> x * std + mean, in binary32: what a target was before it was standardised; one number, or one a column."""

    op: Literal["denormalize"] = "denormalize"
    mean: Numbers
    std: Numbers

    @model_validator(mode="after")
    def _same_length(self) -> Denormalize:
        need(
            len(self.mean) == len(self.std),
            "mean and std have different lengths",
            "Give as many of one as of the other.",
        )
        return self


class Round(Closed):
    """x -> the nearest number with `decimals` decimals (or the one below, with floor), in binary32."""

    op: Literal["round"] = "round"
    decimals: Annotated[int, Field(ge=0, le=9)]
    rounding: Rounding


class Uncrop(Closed):
    """Places in the prepared picture -> pixels of the photo, through every resize, crop, pad and flip.

    `input` names the picture. `units` says what the places are: fractions of the prepared picture (normalized) or its
    pixels; with `clip` nothing lies outside of the photo. A mask becomes as large as the photo, and has neither.
    """

    op: Literal["uncrop"] = "uncrop"
    input: Name
    units: Literal["normalized", "pixels"] | None = None
    clip: bool | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Uncrop:
        need((self.units is None) == (self.clip is None), "units and clip come together", "Give both, or neither.")
        return self
