"""Numbers as people say them: sizes, times, plain numbers."""

from __future__ import annotations


def size(count: int) -> str:
    """Gives a length in bytes as people say it, in decimal units: `4.66 MB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.{2 if count < 100 * factor else 0}f} {unit}"
    return f"{count} B"


def milliseconds(seconds: float) -> str:
    """Gives a time of a stage: `9.31 ms`."""
    return f"{thousandths(seconds)} ms"


def run_time(seconds: float) -> str:
    """Gives the time of a run, which may be far below a millisecond: `9.31 ms`, `4.8 µs`."""
    return milliseconds(seconds) if seconds >= 1e-4 else f"{seconds * 1e6:.2g} µs"


def thousandths(seconds: float) -> str:
    """Gives a time in milliseconds with three digits, without the unit: `9.31`."""
    value = seconds * 1000
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def number(value: float) -> str:
    """Gives a number of a spec or a measurement without a needless fraction."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else f"{value:.7g}"
