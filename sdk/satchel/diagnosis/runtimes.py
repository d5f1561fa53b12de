"""The same variant run in other ways on this machine: by other numbers of threads, without XNNPACK, and twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from satchel.check import relative
from satchel.diagnosis.causes import Cause
from satchel.diagnosis.routes import Model, Tensors, tflite
from satchel_metadata.errors import SatchelError
from satchel_metadata.spec import Spec

WAYS: dict[str, dict[str, Any]] = {
    "1 thread": {"threads": 1},
    "4 threads": {"threads": 4},
    "without XNNPACK": {"threads": 1, "xnnpack": False},
}
BOUND = 1e-4
"""How far outputs may be, relative to the largest, between ways of one runtime: float sums in another order."""

_ROUNDING = 4.0
"""How many times the noise of quantising another rounding of every layer may bring."""


@dataclass(frozen=True)
class Cell:
    """One variant in one way.

    Attributes:
        variant, way: which.
        samples: that ran.
        largest: max|a - b| / max|a| against the way in which the bundle runs.
        steady: whether a second run gave the same to the byte.
        problem: why it did not run; empty where it did.
        ok: whether `largest` is within the bound and it is steady.
    """

    variant: str
    way: str
    samples: int
    largest: float
    steady: bool
    problem: str
    ok: bool

    def to_json(self) -> dict[str, Any]:
        """Gives the cell as JSON values; an infinite difference is null."""
        return asdict(self) | {"largest": self.largest if np.isfinite(self.largest) else None}


def cells(
    variant: str,
    model: bytes,
    spec: Spec,
    inputs: Sequence[Tensors],
    expected: Sequence[Tensors],
    floats: Sequence[Tensors],
    tell: Callable[[str], None] = lambda way: None,
) -> tuple[Cell, ...]:
    """Gives what each way makes of prepared inputs, beside what the bundle's own way made of them.

    Kernels for integers round otherwise without XNNPACK: there the bound is how far quantising took the variant from
    the float model.

    Args:
        variant, model, spec: which.
        inputs: prepared, float32.
        expected: what the bundle's own way gives.
        floats: what the float model gives.
        tell: called with the variant and the way.
    """
    found = []
    noise = max((_off(one, other) for one, other in zip(floats, expected, strict=True)), default=0.0)
    for way, options in WAYS.items():
        tell(f"{variant}, {way}")
        try:
            first, second = (tflite(way, model, spec, f"{variant}/tflite", **options) for _ in range(2))
            found.append(_cell(variant, way, first.run, second.run, inputs, expected, noise))
        except SatchelError as error:
            found.append(Cell(variant, way, 0, float("inf"), False, str(error), False))
    return tuple(found)


def _cell(
    variant: str,
    way: str,
    first: Model,
    second: Model,
    inputs: Sequence[Tensors],
    expected: Sequence[Tensors],
    noise: float,
) -> Cell:
    largest, steady = 0.0, True
    for given, wanted in zip(inputs, expected, strict=True):
        one, other = first(given), second(given)
        largest = max(largest, _off(wanted, one))
        steady = steady and all(np.array_equal(one[name], other[name]) for name in wanted)
    bound = max(BOUND, _ROUNDING * noise) if way == "without XNNPACK" else BOUND
    return Cell(variant, way, len(inputs), largest, steady, "", largest <= bound and steady)


def _off(expected: Tensors, found: Tensors) -> float:
    return max(relative(each.astype(float), found[name].astype(float)) for name, each in expected.items())


def runtime_causes(found: Sequence[Cell]) -> tuple[Cause, ...]:
    """Gives a cause for each way that is not right."""
    return tuple(_cause(each) for each in found if not each.ok)


def _cause(cell: Cell) -> Cause:
    where = f"{cell.variant} with {cell.way}" if cell.way[0].isdigit() else f"{cell.variant} {cell.way}"
    if cell.problem:
        return Cause("runtime", "does_not_run", f"{where} does not run: {cell.problem}", "Leave that way out.", 1.0)
    if not cell.steady:
        text = f"{where} gives something else in each run"
        return Cause("runtime", "unsteady", text, "Look for ops that draw at random; another way is right.", 1.0)
    kind = "threads" if "thread" in cell.way else "xnnpack"
    text = f"{where} is off by {cell.largest:.1e} of the largest output"
    return Cause("runtime", kind, text, "Ask for the way in which the golden answers hold.", 1.0)
