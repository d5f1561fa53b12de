"""Automatic mixed precision: starts at int8, and raises the fewest layers that meet the accuracy asked for."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from typing import Any

from satchel.recipes import Mixed, Recipe
from satchel_converters.by_op import OpPrecision
from satchel_converters.calibration import Method, Sample

RAISED: tuple[OpPrecision, ...] = ("float16", "weight_only")
"""What layers are raised to: first what surely heals them, then what takes half of its bytes, where that does too."""
_ALONE = 8
"""Layers among which each is tried without, to find whether it was needed."""
_SEEN = 32
"""Inputs that the sensitivity of layers is measured on."""

Holds = Callable[[tuple[str, ...]], bool]


def ranking(tflite: bytes, spec: Any, inputs: Sequence[Sample], progress: Any = None) -> tuple[str, ...]:
    """Gives the names of the layers, that one first whose int8 form changes the answers most.

    Args:
        tflite: the float model.
        spec: says how its outputs are read.
        inputs: prepared ones to calibrate with; those that recipes are judged by are not among them.
        progress: called with (done, total, what).
    """
    from satchel.search.sensitivity import sweep

    found = sweep(tflite, spec, list(inputs[:_SEEN]), precisions=("int8",), progress=progress)
    return tuple(dict.fromkeys(each.name for each in found.ranked()))


def fewest(ranked: Sequence[str], holds: Holds) -> tuple[str, ...]:
    """Gives the fewest layers of a ranking that must be raised; none where not even all of them are enough.

    It doubles the number from the front of the ranking until that holds, halves the step back, and then leaves out each
    layer that the others do without.

    Args:
        ranked: layers, the most sensitive first.
        holds: says whether it is enough to raise these; that none are is not.
    """
    low, high = 0, 1
    while ranked and not holds(tuple(ranked[:high])):
        if high >= len(ranked):
            return ()
        low, high = high, min(2 * high, len(ranked))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(tuple(ranked[:middle])) else (middle, high)
    kept = tuple(ranked[:high])
    for layer in kept if 1 < len(kept) <= _ALONE else ():
        others = tuple(each for each in kept if each != layer)
        if others and holds(others):
            kept = others
    return kept


def raised(layers: Sequence[str], precision: OpPrecision, calibration: Method) -> Recipe:
    """Gives the recipe in which these layers have a precision of their own, and all others are int8."""
    rules = tuple((glob.escape(each), precision) for each in layers)
    name = f"mixed_{len(layers)}_{precision}"
    step: Any = Mixed((*rules, ("*", "int8")), calibration=calibration)
    return Recipe(name, (step,))
