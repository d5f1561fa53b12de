"""Names of inputs and outputs that every format, the spec and a file system accept."""

from __future__ import annotations

import re
from collections.abc import Iterable


def clean(name: str, fallback: str) -> str:
    """Gives `name` with only letters, digits, `_`, `.` and `-`; `fallback` when none is left."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name.split(":")[0]).lstrip("_.-")[:128] or fallback


def distinct(names: Iterable[str], fallback: str) -> tuple[str, ...]:
    """Gives clean names in the same order; the second of two equal ones ends in `_1`, the third in `_2`."""
    given: list[str] = []
    for name in names:
        base = candidate = clean(name, fallback)
        count = 0
        while candidate in given:
            count += 1
            candidate = f"{base}_{count}"
        given.append(candidate)
    return tuple(given)
