"""What a recipe is, and its JSON form."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from satchel.recipes.cluster import Cluster
from satchel.recipes.dynamic_range import DynamicRange
from satchel.recipes.entropy_code import EntropyCode
from satchel.recipes.float16 import Float16
from satchel.recipes.fold import Fold
from satchel.recipes.int4 import Int4
from satchel.recipes.int8 import Int8
from satchel.recipes.int16x8 import Int16x8
from satchel.recipes.mixed import Mixed
from satchel.recipes.prune import Prune
from satchel.recipes.qat import QAT
from satchel.recipes.remove_channels import RemoveChannels
from satchel.recipes.weight_only import WeightOnly
from satchel.recipes.work import STAGES, Pass
from satchel_metadata.errors import SpecError

_MODEL = (Fold, RemoveChannels, Prune, Cluster, QAT)
_NUMERIC = (Float16, DynamicRange, WeightOnly, Int8, Int16x8, Int4, Mixed)
PASSES: dict[str, Any] = {each.kind: each for each in (*_MODEL, *_NUMERIC, EntropyCode)}
VARIANTS = ("float32", "float16", "dynamic_range", "weight_only", "int8", "int8_per_tensor", "int16x8", "int4")
"""The names of the standard variants."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """An ordered tuple of passes under the name of the variant it makes. No passes: the float model as converted."""

    name: str
    passes: tuple[Pass, ...] = ()

    def validate(self) -> None:
        """Refuses passes that are wrong, out of order, or do not go together (spec/inconsistent)."""
        for each in self.passes:
            each.validate()
        places = [STAGES.index(each.stage) for each in self.passes]
        if places != sorted(places):
            raise self._refused("passes in the order model, numeric, storage", "Sort them so.")
        for stage, meaning in (("numeric", "sets the numeric type"), ("storage", "says how the file travels")):
            if sum(each.stage == stage or (each.kind == "qat" and stage == "numeric") for each in self.passes) > 1:
                raise self._refused(f"at most one pass that {meaning}", "Make a variant of each.")
        if any(each.kind == "qat" for each in self.passes[:-1]) and STAGES[places[-1]] == "model":
            raise self._refused("qat as the last pass that changes the model", "Move it to the end.")

    def _refused(self, expected: str, hint: str) -> SpecError:
        found = ", ".join(each.kind for each in self.passes)
        return SpecError(
            "spec/inconsistent", f"expected {expected}, found {found}", where=f"recipe {self.name!r}", hint=hint
        )

    @property
    def needs_calibration(self) -> bool:
        """Says whether a pass must see prepared photos."""
        return any(getattr(each, "needs_calibration", False) for each in self.passes)

    @property
    def changes_model(self) -> bool:
        """Says whether a pass needs the Keras model."""
        return any(each.stage == "model" for each in self.passes)

    def to_json(self) -> list[dict[str, Any]]:
        """Gives the passes as JSON values, `io` and what is not the default; `from_json` gives the same recipe back."""
        return [{"pass": each.kind, **_settings(each)} for each in self.passes]

    @classmethod
    def from_json(cls, name: str, passes: list[dict[str, Any]]) -> Recipe:
        """Gives the recipe of its JSON form.

        Raises:
            SpecError: spec/unknown-op for a pass, spec/unknown-key for a setting that is not known.
        """
        return cls(name, tuple(_pass(name, place, dict(fields)) for place, fields in enumerate(passes)))

    @classmethod
    def read(cls, path: str | Path) -> Recipe:
        """Gives the recipe of a JSON file, a list of passes; its name is the file's.

        Raises:
            SpecError: spec/not-found, spec/not-json, spec/inconsistent; those of `from_json`.
        """
        path = Path(path)
        try:
            passes = json.loads(path.read_bytes())
        except OSError as error:
            raise SpecError(
                "spec/not-found", f"cannot be read: {error.strerror}", where=str(path), hint="Look at the path."
            ) from None
        except ValueError as error:
            raise SpecError("spec/not-json", f"not JSON: {error}", where=str(path), hint=_FORM) from None
        if not isinstance(passes, list) or not all(isinstance(each, dict) for each in passes):
            raise SpecError("spec/inconsistent", "expected a list of passes", where=str(path), hint=_FORM)
        return cls.from_json(path.stem, passes)


_FORM = 'Write [{"pass": "int8", "io": "uint8", "calibration": "percentile"}].'


def _settings(step: Any) -> dict[str, Any]:
    values = dataclasses.asdict(step)
    fields = dataclasses.fields(step)
    return {each.name: values[each.name] for each in fields if each.name == "io" or values[each.name] != each.default}


def named(variant: str, *, io: str = "uint8") -> Recipe:
    """Gives the recipe of one of the standard variants, one of `VARIANTS`.

    Raises:
        SpecError: spec/unknown-value, with the names there are.
    """
    standard: dict[str, tuple[Any, ...]] = {
        "float32": (),
        "float16": (Float16(),),
        "dynamic_range": (DynamicRange(),),
        "weight_only": (WeightOnly(),),
        "int8": (Int8(io=io),),  # type: ignore[arg-type]
        "int8_per_tensor": (Int8(io=io, per_channel=False),),  # type: ignore[arg-type]
        "int16x8": (Int16x8(),),
        "int4": (Int4(),),
    }
    if variant not in standard:
        raise SpecError(
            "spec/unknown-value",
            f"found the variant {variant!r}",
            where="variants",
            hint=f"Allowed: {', '.join(standard)}; or a Recipe of your own.",
        )
    return Recipe(variant, standard[variant])


def _pass(recipe: str, place: int, fields: dict[str, Any]) -> Pass:
    where = f"recipe {recipe!r}, pass {place + 1}"
    kind = fields.pop("pass", None)
    if kind not in PASSES:
        raise SpecError(
            "spec/unknown-op", f"found the pass {kind!r}", where=where, hint=f"Allowed: {', '.join(PASSES)}."
        )
    known = {field.name for field in dataclasses.fields(PASSES[kind])}
    if unknown := sorted(set(fields) - known):
        allowed = ", ".join(sorted(known)) or "none"
        raise SpecError(
            "spec/unknown-key", f"the setting {unknown[0]!r} is not known", where=where, hint=f"Allowed: {allowed}."
        )
    made: Pass = PASSES[kind](**fields)
    made.validate()
    return made
