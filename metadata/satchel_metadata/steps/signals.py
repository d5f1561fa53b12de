"""Steps on a stretch of a signal, [samples, channels]; `standardize` is the one of tables."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator

from satchel_metadata.steps.base import Closed, need

Rate = Annotated[float, Field(ge=0.001, le=1000000)]
Samples = Annotated[int, Field(ge=1, le=2**24)]
MAX_RATIO = 10000


class Resample(Closed):
    """[n, c] at `from_rate` samples a second -> [ceil(n * to_rate / from_rate), c] at `to_rate`."""

    op: Literal["resample"] = "resample"
    from_rate: Rate
    to_rate: Rate
    method: Literal["linear", "polyphase"]

    @model_validator(mode="after")
    def _ratio_is_whole(self) -> Resample:
        thousandths = [math.floor(rate * 1000 + 0.5) for rate in (self.from_rate, self.to_rate)]
        exact = [self.from_rate, self.to_rate] == [each / 1000 for each in thousandths]
        need(exact, "a rate has at most three decimals", "Round it to three decimals.")
        largest = max(thousandths) // math.gcd(*thousandths)
        hint = "Choose a rate whose ratio to the other is simpler."
        need(largest <= MAX_RATIO, f"the ratio of the rates needs numbers up to {largest}, more than {MAX_RATIO}", hint)
        return self


class Detrend(Closed):
    """[n, c] -> each channel less its mean (`constant`) or less the line that fits it best (`linear`)."""

    op: Literal["detrend"] = "detrend"
    kind: Literal["constant", "linear"]


class Window(Closed):
    """[n, c] -> stretches of `length` samples, one every `hop`; `tail` says what becomes of samples left over."""

    op: Literal["window"] = "window"
    length: Samples
    hop: Samples
    tail: Literal["drop", "pad", "error"]
