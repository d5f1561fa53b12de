"""What every step is made of: closed records, and the words that several families share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Channel = Annotated[int, Field(ge=0, le=255)]
Side = Annotated[int, Field(ge=1, le=16384)]
Margin = Annotated[int, Field(ge=0, le=16384)]
Count = Annotated[int, Field(ge=1, le=100000)]
Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")]

Rounding = Literal["floor", "half_even"]


class Closed(BaseModel):
    """A frozen record that refuses unknown keys, wrong types, NaN and infinities."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, protected_namespaces=())


def need(condition: bool, message: str, hint: str) -> None:
    """Refuses a record whose values do not go together (spec/inconsistent)."""
    if not condition:
        raise PydanticCustomError("inconsistent", "{message}", {"message": message, "hint": hint})
