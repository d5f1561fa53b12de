"""Satchel's own warnings, noted while they are told as ever."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

from satchel_metadata.errors import SatchelWarning


@contextlib.contextmanager
def noted() -> Iterator[list[str]]:
    """Gives a list that holds the text of every SatchelWarning that the block tells; how it is told does not change."""
    found: list[str] = []
    with warnings.catch_warnings():
        told = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, SatchelWarning):
                found.append(str(message))
            told(message, category, *rest, **more)

        warnings.showwarning = show
        yield found
