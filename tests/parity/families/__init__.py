"""What the random search draws: each module beside this one gives FAMILIES, a tuple of Family.

A family draws parameters (a dict of integers and strings, which can be made smaller one by one) and makes a case of
them: the same parameters give the same case, wherever they come from.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """One case.

    Args:
        op: whose handler in tests/vectors/handlers runs it.
        case: what the handler takes, with numpy arrays.
        library: gives what the named library makes of it; None where it may be refused, or no library says.
        tolerance: as in a vector, {"ulp": n} or {"absolute": x}; against the library only.
        languages: likewise, between Python and the other languages.
    """

    op: str
    case: dict[str, Any]
    library: Callable[[], Any] | None = None
    tolerance: dict[str, float] | None = None
    languages: dict[str, float] | None = None


@dataclass(frozen=True)
class Family:
    """Cases of one kind.

    Args:
        name: by which they are counted.
        draw: gives parameters.
        build: gives the case of parameters.
        least: the smallest value of each integer that may be made smaller.
        weight: how often it is drawn, beside the others.
    """

    name: str
    draw: Callable[[random.Random], Parameters]
    build: Callable[[Parameters], Drawn]
    least: Mapping[str, int] = field(default_factory=dict)
    weight: int = 1


def families() -> tuple[Family, ...]:
    """Gives all families, in the order of their names."""
    modules = [importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    return tuple(sorted((each for module in modules for each in module.FAMILIES), key=lambda each: each.name))
