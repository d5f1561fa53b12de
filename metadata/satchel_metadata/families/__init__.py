"""The families of inputs. The first op of an input's steps says which one it is; behind columns, the others do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from satchel_metadata.errors import InputError, SpecError
from satchel_metadata.families.base import Family, Plan, Shape
from satchel_metadata.families.pictures import FRAME, PHOTO
from satchel_metadata.families.rows import ROW
from satchel_metadata.families.signals import SIGNAL, is_signal
from satchel_metadata.families.trace import Axis, Trace
from satchel_metadata.spec import Input

FAMILIES: tuple[Family, ...] = (PHOTO, FRAME, ROW, SIGNAL)

__all__ = ["FAMILIES", "Axis", "Family", "Plan", "Shape", "Trace", "family_of", "given_apart"]


def family_of(each: Input, where: str = "$.inputs[0]") -> Family:
    """Gives the family of an input.

    Raises:
        SpecError: spec/impossible-step, when its first step begins no family.
    """
    first = each.steps[0].op if each.steps else None
    if first == "columns" and is_signal(each.steps):
        return SIGNAL
    for family in FAMILIES:
        if first in family.first:
            return family
    known = ", ".join(op for family in FAMILIES for op in family.first)
    raise SpecError(
        "spec/impossible-step",
        f"expected one of {known} as the first step, found {repr(first) if first else 'no steps'}",
        where=where,
        hint="Begin with decode for a photo, yuv_to_rgb for a camera's frame, columns for a row, window for a signal.",
    )


def given_apart(thing: Any, kinds: Mapping[str, str]) -> bool:
    """Says whether a thing is a mapping from the names of several inputs to what each is made from.

    Args:
        thing: what a person gives.
        kinds: the kind of each input by its name.

    Raises:
        InputError: input/wrong-type, where it is none and the inputs are made from different things.
    """
    if len(kinds) > 1 and isinstance(thing, Mapping) and set(thing) == set(kinds):
        return True
    if len(set(kinds.values())) > 1:
        wanted = ", ".join(f"{name} (a {kind})" for name, kind in kinds.items())
        found = ", ".join(map(str, thing)) if isinstance(thing, Mapping) else type(thing).__name__
        hint = "The inputs are made from different things: give a mapping from the name of each."
        raise InputError("input/wrong-type", f"expected {wanted}, found {found or 'none'}", hint=hint)
    return False
