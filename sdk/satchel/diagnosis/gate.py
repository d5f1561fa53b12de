"""Conditions that end a build: `top1_drop>0.5`, `changed>2`, `snr<20`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from satchel_metadata.errors import InputError

if TYPE_CHECKING:
    from satchel.diagnosis.diagnose import Diagnosis

MEASURES = {
    "top1_drop": "percentage points of accuracy that a variant loses against the first (with labels)",
    "changed": "per cent of the answers of a variant that are not the reference's",
    "snr": "decibels of signal to noise of the outputs that quantising leaves",
    "causes": "number of causes found",
}
_FORM = re.compile(r"\s*(\w+)\s*([<>])\s*(-?\d+(?:\.\d+)?)\s*")


@dataclass(frozen=True)
class Gate:
    """One condition under which a diagnosis fails: a measure, `<` or `>`, and a limit."""

    measure: str
    beyond: str
    limit: float

    @classmethod
    def of(cls, text: str) -> Gate:
        """Gives the condition that a text says.

        Raises:
            InputError: input/gate.
        """
        found = _FORM.fullmatch(text)
        if found is None or found[1] not in MEASURES:
            raise InputError(
                "input/gate",
                f"expected a measure, < or >, and a number, found {text!r}",
                where="fail-on",
                hint=f"Measures: {'; '.join(f'{name}, {what}' for name, what in MEASURES.items())}.",
            )
        return cls(found[1], found[2], float(found[3]))

    def broken_by(self, found: Diagnosis) -> tuple[str, ...]:
        """Gives what breaks it, in words: a line a variant.

        Raises:
            InputError: input/gate, for a measure that needs labels where there are none.
        """
        return tuple(
            f"{self.measure} of {name} is {value:.4g}, {self.beyond} {self.limit:g}"
            for name, value in self._values(found).items()
            if (value > self.limit if self.beyond == ">" else value < self.limit)
        )

    def _values(self, found: Diagnosis) -> dict[str, float]:
        if self.measure == "causes":
            return {"the bundle": float(len(found.causes))}
        if self.measure == "changed":
            return {name: 100 * split.changed / max(split.samples, 1) for name, split in found.splits.items()}
        if self.measure == "snr":
            stages = {name: split.boundaries.get("quantisation") for name, split in found.splits.items()}
            return {name: each.tensors.snr_db for name, each in stages.items() if each is not None}
        if not found.accuracy:
            raise InputError(
                "input/gate", "top1_drop needs labelled samples", where="fail-on", hint="Give --labels FOLDER."
            )
        shares = {name: right / max(of, 1) for name, (right, of) in found.accuracy.items()}
        first = next(iter(shares.values()))
        return {name: 100 * (first - share) for name, share in shares.items()}
