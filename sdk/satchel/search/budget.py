"""What a model may take: bytes over the wire and in memory, accuracy, time of a run."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from satchel import units
from satchel_metadata.errors import SpecError

BYTES = {"": 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
SHARES = {"": 1.0, "pp": 1e-2}
"""Units by name: a drop in accuracy is a share (0.005) or in percentage points (0.5pp)."""
LEAST_DROP = 0.01
"""A drop is weighed against the budget's, or against this one where the budget's is less: none at all has no share."""
_QUANTITY = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e-?[0-9]+)?)\s*([A-Za-z%]*)\s*")


@dataclass(frozen=True)
class Budget:
    """Limits that a model is to keep; what is not given has none.

    Attributes:
        size: bytes over the wire, as a bundle stores the .tflite compressed: 2_000_000, "2MB" (10^6) or "1.5MiB".
        accuracy_drop: how far the measure may fall below the float model's: a share (0.005), or "0.5pp".
        latency: seconds of one run of the interpreter on this machine: 0.01, "10ms" or "300us".
        memory: bytes of the .tflite as the runtime opens it, as `size`.
    """

    size: int | str | None = None
    accuracy_drop: float | str | None = None
    latency: float | str | None = None
    memory: int | str | None = None

    def __post_init__(self) -> None:
        """Refuses what is no quantity, no limit at all, and limits that contradict each other.

        Raises:
            SpecError: spec/unknown-value, spec/out-of-range, spec/inconsistent.
        """
        limits = self.limits
        if not limits:
            raise _contradiction("there is no limit to search for", "Give at least one: Budget(size='2MB').")
        if "memory" in limits and limits["memory"] < limits.get("wire", 0):
            raise _contradiction(
                f"{units.size(int(limits['wire']))} over the wire can never be reached by a file of at most "
                f"{units.size(int(limits['memory']))} in memory: it travels in at most the bytes that it has",
                "Give a size below the memory, or only one of the two.",
            )

    @property
    def limits(self) -> dict[str, float]:
        """Each limit that is given, by what it is of: wire and memory in bytes, drop as a share, latency in seconds."""
        given = {
            "wire": _quantity("size", self.size, BYTES, "2MB, 500kB, 1.5MiB, or a number of bytes"),
            "memory": _quantity("memory", self.memory, BYTES, "2MB, 500kB, 1.5MiB, or a number of bytes"),
            "drop": _quantity("accuracy_drop", self.accuracy_drop, SHARES, "0.5pp (percentage points), or 0.005"),
            "latency": _quantity("latency", self.latency, SECONDS, "10ms, 300us or 0.5s; in Python also seconds"),
        }
        return {name: value for name, value in given.items() if value is not None}

    def excess(self, found: Mapping[str, float]) -> dict[str, float]:
        """Gives by how much what was found is beyond each limit that it breaks, relative to the limit."""
        beyond = {}
        for name, limit in self.limits.items():
            # One answer of 1,000 is the same share whichever way it is computed.
            if found[name] > limit + 1e-9:
                beyond[name] = (found[name] - limit) / (max(limit, LEAST_DROP) if name == "drop" else limit)
        return beyond


def told(name: str, value: float) -> str:
    """Gives a value of one limit as people say it: `1.20 MB over the wire`."""
    if name == "drop":
        return f"{100 * value:.2f} pp less"
    if name == "latency":
        return f"{units.run_time(value)} a run"
    return f"{units.size(int(value))} {'over the wire' if name == 'wire' else 'in memory'}"


def _quantity(name: str, given: float | str | None, factors: Mapping[str, float], forms: str) -> float | None:
    if given is None:
        return None
    value = _read(given, factors)
    if value is None:
        raise SpecError("spec/unknown-value", f"found {given!r}", where=f"Budget, {name}", hint=f"Allowed: {forms}.")
    wrong = not 0 <= value < 1 if name == "accuracy_drop" else not value > 0
    if wrong or not math.isfinite(value):
        allowed = (
            "a share from 0 to below 1 (0.005 is half a percentage point)" if name == "accuracy_drop" else "more than 0"
        )
        raise SpecError("spec/out-of-range", f"found {given!r}", where=f"Budget, {name}", hint=f"Give {allowed}.")
    return value


def _read(given: float | str, factors: Mapping[str, float]) -> float | None:
    if isinstance(given, bool):
        return None
    if isinstance(given, (int, float)):
        return float(given)
    found = _QUANTITY.fullmatch(given)
    return float(found[1]) * factors[found[2]] if found and found[2] in factors else None


def _contradiction(message: str, hint: str) -> SpecError:
    return SpecError("spec/inconsistent", message, where="Budget", hint=hint)
