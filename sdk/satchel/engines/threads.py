"""How many threads an engine takes when nobody says."""

from __future__ import annotations

import os
from pathlib import Path

MOST_BY_DEFAULT = 4
"""Phone-sized models stop getting faster beyond about four threads, and the rest of the machine stays free."""

_TOPOLOGY = "/sys/devices/system/cpu/cpu{}/topology"


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
