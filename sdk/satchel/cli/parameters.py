"""Values of options that click does not know: sizes and lists."""

from __future__ import annotations

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


class Size(Listed):
    """`224` -> 224; `224x192` -> (224, 192), height and width."""

    def __init__(self) -> None:
        super().__init__("a side, or height x width (224 or 224x192)", int, "x", 2)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Gives one number for a square, two for another shape."""
        sides = super().convert(value, param, ctx)
        return sides[0] if isinstance(sides, tuple) and len(sides) == 1 else sides


NAMES = Listed("names with commas between them (float32,int8)", _name)
INTEGERS = Listed("whole numbers with commas between them (0 or 114,114,114)", int, most=4)
DECIMALS = Listed("numbers with commas between them (127 or 123.7,116.3,103.5)", float, most=4)
SIZE = Size()
