"""Precisions by rule: another one for each layer."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar, Literal

from satchel.recipes.work import Context, Work, allowed
from satchel_converters import by_op
from satchel_converters.by_op import OP_PRECISIONS, Op, OpPrecision
from satchel_converters.calibration import METHODS, Method
from satchel_metadata.errors import SpecError

_TYPE = "op:"


@dataclass(frozen=True)
class Mixed:
    """float32 layers -> each layer in the precision of the first rule that matches it, float32 where none does.

    Before: `CONV_2D(float32) -> CONV_2D(float32)`. After, with [("*/first*", "float32"), ("*", "int8")]:
    `CONV_2D(float32) -> QUANTIZE -> CONV_2D(int8)`. Each change between float and integers costs an op that converts;
    int16x8 costs most, 7 to 40 times int8. Needs calibration where a rule says int8 or int16x8.
    Source: the LiteRT quantizer's recipes, one entry an op.

    Attributes:
        rules: (pattern, precision) in the order they are tried. A pattern is a glob (`*`, `?`, `[ab]`; upper and lower
            case differ) for the name of the layer's output tensor or any part of it between "/" and ";", or "op:" and a
            glob for the op's type: "op:FULLY_CONNECTED". A rule that matches no op is an error.
        io: type of the model's own input and output tensors, as of `Int8`.
        calibration: how ranges follow from the samples, as of `Int8`.
    """

    rules: Sequence[tuple[str, OpPrecision]] = (("*", "int8"),)
    io: Literal["uint8", "float32"] = "float32"
    calibration: Method = "min_max"
    kind: ClassVar[str] = "mixed"
    stage: ClassVar[Literal["numeric"]] = "numeric"

    def __post_init__(self) -> None:
        """Makes tuples of the lists that JSON has."""
        if all(isinstance(each, (list, tuple)) and len(each) == 2 for each in self.rules):
            object.__setattr__(self, "rules", tuple((pattern, wanted) for pattern, wanted in self.rules))

    @property
    def needs_calibration(self) -> bool:
        """Says whether a rule makes activations integers."""
        return any(wanted in ("int8", "int16x8") for _, wanted in self.rules)

    def validate(self) -> None:
        """Refuses settings and precisions that are not known, and a recipe without rules (spec/unknown-value, ...)."""
        allowed(self, io=("uint8", "float32"), calibration=METHODS)
        if not self.rules or not all(isinstance(each, tuple) and isinstance(each[0], str) for each in self.rules):
            raise SpecError(
                "spec/inconsistent",
                f"expected pairs of a pattern and a precision, found {self.rules!r}",
                where="Mixed",
                hint='Give at least one: [("*", "int8")].',
            )
        for pattern, wanted in self.rules:
            if wanted not in OP_PRECISIONS:
                raise SpecError(
                    "spec/unknown-value",
                    f"found the precision {wanted!r}",
                    where=f"Mixed, rule {pattern!r}",
                    hint=f"Allowed: {', '.join(OP_PRECISIONS)}.",
                )


def chosen(step: Mixed, ops: Sequence[Op]) -> list[OpPrecision]:
    """Gives the precision that the rules have for each op.

    Raises:
        SpecError: spec/unknown-key for a rule that matches no op, with the nearest names there are.
    """
    for pattern, _ in step.rules:
        if not any(_matches(pattern, op) for op in ops):
            raise _unmatched(pattern, ops)
    return [next((wanted for pattern, wanted in step.rules if _matches(pattern, op)), "float32") for op in ops]


def _names(op: Op) -> list[str]:
    return [op.name, *op.name.split(";"), *re.split("[/;]", op.name)]


def _matches(pattern: str, op: Op) -> bool:
    if pattern.startswith(_TYPE):
        return fnmatchcase(op.kind, pattern.removeprefix(_TYPE))
    return any(fnmatchcase(name, pattern) for name in _names(op))


def _unmatched(pattern: str, ops: Sequence[Op]) -> SpecError:
    types = pattern.startswith(_TYPE)
    known = sorted({_TYPE + op.kind for op in ops} if types else {name for op in ops for name in _names(op)[1:]})
    near = difflib.get_close_matches(pattern.replace("*", ""), known, n=4, cutoff=0.3) or known[:4]
    return SpecError(
        "spec/unknown-key",
        f"the rule {pattern!r} matches no op of the model",
        where="Mixed",
        hint=f"The nearest names are: {', '.join(near)}.",
    )


def handle(step: Mixed, work: Work, context: Context) -> Work:
    """Gives the work with each op of the .tflite in the precision that its rule says."""
    given = work.tflite or b""
    ops = by_op.ops_of(given)
    wanted = chosen(step, ops)
    made = by_op.quantised(
        given, wanted, context.calibration, io=step.io, method=step.calibration, progress=context.progress
    )
    layers = {op.name: each for op, each in zip(ops, wanted, strict=True) if op.weighted}
    return work.with_tflite(made.tflite, step.kind, {"layers": layers, **made.facts})
