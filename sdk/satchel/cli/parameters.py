"""Values of options that click does not know: sizes and lists."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import click


class Listed(click.ParamType[Any]):
    """Values with a separator between them, each read by `kind`: `0.5,0.25` -> (0.5, 0.25)."""

    def __init__(self, name: str, kind: Callable[[str], Any], separator: str = ",", most: int | None = None) -> None:
        self.name, self._kind, self._separator, self._most = name, kind, separator, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Gives the values, always as a tuple."""
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(self._separator)]
        try:
            if self._most is not None and len(parts) > self._most:
                raise ValueError
            return tuple(self._kind(part) for part in parts)
        except ValueError:
            self.fail(f"expected {self.name}, found {value!r}", param, ctx)


def _name(text: str) -> str:
    if not text:
        raise ValueError
    return text


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number


class Alone(Listed):
    """As Listed, but a value on its own is no tuple: `224` -> 224; `224x192` -> (224, 192)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Gives one value as itself, several as a tuple."""
        found = super().convert(value, param, ctx)
        return found[0] if isinstance(found, tuple) and len(found) == 1 else found


NAMES = Listed("names with commas between them (float32,int8)", _name)
INTEGERS = Listed("whole numbers with commas between them (0 or 114,114,114)", int, most=4)
DECIMAL = Alone("a finite number (0.5)", _finite, most=1)
DECIMALS = Listed("finite numbers with commas between them (127 or 123.7,116.3,103.5)", _finite, most=4)
SIZE = Alone("a side, or height x width (224 or 224x192)", int, "x", 2)
"""Height and width."""
