"""What runs the vectors of each op in Python: each module beside this one gives HANDLERS, op -> handler.

A handler takes a case, whose arrays are numpy arrays, and its file; it gives what Satchel makes of the case, in the
form of `expected`, or raises SatchelError.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any], dict[str, Any]], Any]


def handlers() -> dict[str, Handler]:
    """Gives the handler of every op that there is one for."""
    found: dict[str, Handler] = {}
    for each in pkgutil.iter_modules(__path__):
        for op, handler in importlib.import_module(f"{__name__}.{each.name}").HANDLERS.items():
            assert op not in found, f"{op} has two handlers"
            found[op] = handler
    return found
