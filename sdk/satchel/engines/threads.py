"""How many threads an engine takes."""

from __future__ import annotations

import os
from pathlib import Path

from satchel_metadata.errors import SpecError

MOST_BY_DEFAULT = 4
"""Phone-sized models stop getting faster beyond about four threads, and the rest of the machine stays free."""

_TOPOLOGY = "/sys/devices/system/cpu/cpu{}/topology"


def threads_of(asked: int | None) -> int:
    """Gives the number of threads asked for, or the default when nobody says.

    Raises:
        SpecError: spec/out-of-range, for fewer than one.
    """
    if asked is not None and asked < 1:
        raise SpecError(
            "spec/out-of-range",
            f"expected at least 1 thread, found {asked}",
            where="threads",
            hint="Give 1 or more, or leave it out.",
        )
    return default_threads() if asked is None else asked


def default_threads() -> int:
    """Gives min(4, physical cores this process may use).

    Two hardware threads of one core share its arithmetic units, so the second brings little and may cost.
    """
    return max(1, min(MOST_BY_DEFAULT, physical_cores()))


def physical_cores() -> int:
    """Gives how many physical cores this process may use, or logical ones where the system tells no more."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    cores = {_core(cpu) for cpu in allowed}
    return len(cores)


def _core(cpu: int) -> tuple[str, str]:
    folder = Path(_TOPOLOGY.format(cpu))
    try:
        return (folder / "physical_package_id").read_text().strip(), (folder / "core_id").read_text().strip()
    except OSError:
        return "", str(cpu)
