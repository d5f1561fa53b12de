"""What machine a measurement was made on, and how long a variant takes there."""

from __future__ import annotations

import os
import platform
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from satchel.bundle import Runner

RUNS = 15
WARM_UP = 3


def describe() -> dict[str, Any]:
    """Gives processor, cores, system and Python of this machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def latency(runner: Runner, tensors: dict[str, NDArray[Any]]) -> dict[str, Any]:
    """Gives the time of the interpreter alone in seconds: median, least and number of runs, with what ran it."""
    for _ in range(WARM_UP):
        runner.infer(tensors)
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        runner.infer(tensors)
        times.append(time.perf_counter() - started)
    return {"median": statistics.median(times), "least": min(times), "runs": RUNS, **runner.engine.description}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
