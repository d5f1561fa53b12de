"""The spec: what a model's input is made from and how its output becomes an answer. One document, spec.json."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError, model_validator

from satchel_metadata import canonical
from satchel_metadata.errors import SpecError
from satchel_metadata.steps import SINCE, Closed, InputStep, Name, OutputStep, need

VERSION = "1.1"
"""The latest version that this reader knows."""
Version = Literal["1.0", "1.1"]
FIRST: Version = "1.0"
"""The version whose readers read a document that has nothing of a later one."""
Task = Literal[
    "image_classification",
    "object_detection",
    "keypoints",
    "segmentation",
    "tabular_classification",
    "tabular_regression",
    "signal_classification",
    "audio_classification",
    "text_classification",
    "embedding",
    "generic",
]
DType = Literal["float32", "uint8", "int8", "int16", "int32", "int64", "bool"]
Document = TypeVar("Document", bound=BaseModel)


class Tensor(Closed):
    """One tensor of one artefact.

    `name` is the tensor's name in the artefact and `index` its position among the artefact's inputs (or outputs); a
    reader finds it by name and refuses an artefact where it is not there. shape has batch 1. scale and zero_point are
    present exactly when the tensor is quantised: real = (q - zero_point) * scale.
    """

    name: str
    index: Annotated[int, Field(ge=0)]
    shape: tuple[Annotated[int, Field(ge=1)], ...]
    dtype: DType
    layout: Literal["NHWC", "NCHW", "NLC", "NCL", "NL"] | None = None
    scale: Annotated[float, Field(gt=0)] | None = None
    zero_point: int | None = None

    @model_validator(mode="after")
    def _quantised_or_not(self) -> Tensor:
        need(
            (self.scale is None) == (self.zero_point is None),
            "scale and zero_point come together",
            "Give both, or neither.",
        )
        return self


class Input(Closed):
    """One input of the model: `steps` make it; `tensor` says where it goes, for each artefact (`float32/tflite`)."""

    name: Name
    steps: tuple[InputStep, ...]
    tensor: dict[str, Tensor] = Field(default_factory=dict)


class Output(Closed):
    """One output of the model: `tensor` says where it is read, for each artefact; `steps` make the answer of it."""

    name: Name
    steps: tuple[OutputStep, ...]
    tensor: dict[str, Tensor] = Field(default_factory=dict)


class Spec(Closed):
    """What travels with a model. `labels` maps a list's name to its file in the bundle, one label a line.

    `satchel` is the lowest version that has all ops of the steps, also where the document says a later one.
    """

    satchel: Version = FIRST
    name: Annotated[str, Field(min_length=1, max_length=200)]
    version: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")] = "1.0.0"
    task: Task
    inputs: Annotated[tuple[Input, ...], Field(min_length=1)]
    outputs: Annotated[tuple[Output, ...], Field(min_length=1)]
    labels: dict[Name, str] = Field(default_factory=dict)
    author: str = ""
    license: str = ""
    description: str = ""

    @model_validator(mode="after")
    def _names_resolve(self) -> Spec:
        for kind, named in (("inputs", self.inputs), ("outputs", self.outputs)):
            names = [each.name for each in named]
            need(
                len(set(names)) == len(names),
                f"two {kind} have the same name: {', '.join(names)}",
                "Give each a name of its own.",
            )
        for output in self.outputs:
            for step in output.steps:
                known = step.op != "label" or step.labels in self.labels
                need(
                    known,
                    f"the label step of {output.name!r} names a list that labels does not hold",
                    "Name its file under $.labels.",
                )
        return self

    @model_validator(mode="after")
    def _version_has_ops(self) -> Spec:
        ops = [step.op for each in self.inputs for step in each.steps]
        later = [(SINCE[op], op) for op in ops if op in SINCE]
        needed, op = max(later, default=(FIRST, ""))
        known = "satchel" not in self.model_fields_set or self.satchel >= needed
        need(known, f"{op} is an op of version {needed}, the document says {self.satchel}", f"Say {needed}.")
        object.__setattr__(self, "satchel", needed)
        return self

    def dumps(self) -> bytes:
        """Gives the canonical bytes of spec.json; fields that do not apply are absent."""
        return canonical.dumps(self.model_dump(exclude_none=True))


def parse_spec(document: bytes | str | dict[str, Any]) -> Spec:
    """Gives the spec of a JSON document.

    Args:
        document: UTF-8 JSON, or the same already parsed.

    Raises:
        SpecError: the first thing that is wrong, with its JSON path, what was found and what is allowed. A document of
            a newer version is refused before anything else is looked at (spec/newer-version).
    """
    value = document if isinstance(document, dict) else canonical.loads(document)
    refuse_newer(value)
    return parse(Spec, value)


def refuse_newer(value: Any, where: str = "$.satchel") -> None:
    """Refuses a document whose `satchel` version is above this reader's, before every other check.

    Raises:
        SpecError: spec/newer-version.
    """
    found = value.get("satchel") if isinstance(value, dict) else None
    if not isinstance(found, str) or not re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}", found):
        return
    if tuple(map(int, found.split("."))) > tuple(map(int, VERSION.split("."))):
        raise SpecError(
            "spec/newer-version",
            f"the document is of version {found}, this reader knows versions up to {VERSION}",
            where=where,
            hint=f"Install a Satchel that reads version {found}.",
        )


def parse(kind: type[Document], value: Any, where: str = "$") -> Document:
    """Gives the record of a parsed JSON value, or the first thing that is wrong with it.

    Raises:
        SpecError: with the JSON path under `where`.
    """
    try:
        return kind.model_validate_json(canonical.dumps(value))
    except ValidationError as error:
        raise _explained(kind, error, value, where) from None
    except UnicodeEncodeError:
        raise SpecError(
            "spec/not-json",
            "a text holds half a surrogate pair",
            where=where,
            hint="Write the character whole, or leave it out.",
        ) from None
    except ValueError:
        place = _not_finite(value, where)
        raise SpecError("spec/not-finite", "a number is NaN or infinite", where=place, hint=_FINITE) from None
    except (TypeError, RecursionError) as error:
        raise SpecError(
            "spec/not-json",
            f"expected JSON values only ({error})",
            where=where,
            hint="Give texts, numbers, true, false, null, lists and objects.",
        ) from None


def _not_finite(value: Any, where: str) -> str:
    """Gives the path of the first number that JSON cannot hold."""
    level = [(where, value)]
    for _ in range(canonical.MAX_DEPTH):
        for path, each in level:
            if isinstance(each, float) and not math.isfinite(each):
                return path
        named = [
            (f"{path}.{key}", each) for path, found in level if isinstance(found, dict) for key, each in found.items()
        ]
        level = named + [
            (f"{path}[{place}]", each)
            for path, found in level
            if isinstance(found, (list, tuple))
            for place, each in enumerate(found)
        ]
    return where


_FINITE = "Use a finite number."
_REMEDIES = {
    "spec/missing-key": "Add it.",
    "spec/not-finite": _FINITE,
    "spec/out-of-range": "Change it to a value within the limit.",
    "spec/wrong-type": "Change it to a value of that type.",
}
_CODES = {
    "extra_forbidden": "spec/unknown-key",
    "union_tag_invalid": "spec/unknown-op",
    "union_tag_not_found": "spec/missing-key",
    "literal_error": "spec/unknown-value",
    "missing": "spec/missing-key",
    "finite_number": "spec/not-finite",
    "string_pattern_mismatch": "spec/out-of-range",
    "greater_than": "spec/out-of-range",
    "greater_than_equal": "spec/out-of-range",
    "less_than": "spec/out-of-range",
    "less_than_equal": "spec/out-of-range",
    "too_short": "spec/out-of-range",
    "too_long": "spec/out-of-range",
    "string_too_short": "spec/out-of-range",
    "string_too_long": "spec/out-of-range",
}


def _explained(kind: type[BaseModel], error: ValidationError, value: Any, where: str) -> SpecError:
    first = error.errors(include_url=False)[0]
    location = first["loc"]
    if location[-2:] == (first["input"], "[key]"):
        location = location[:-1]  # pydantic's word for a key of a map, which is named already
    path, _ = _follow(value, location, where)
    if first["type"] == "inconsistent":
        return SpecError("spec/inconsistent", first["ctx"]["message"], where=path, hint=first["ctx"]["hint"])
    code = _CODES.get(first["type"], "spec/wrong-type")
    found = repr(first["input"])
    found = found if len(found) <= 80 else found[:77] + "..."
    message = f"{first['msg'][0].lower()}{first['msg'][1:].rstrip('.')}; found {found}"
    hint = _REMEDIES.get(code, "")
    if code == "spec/unknown-key":
        message, hint = f"the key {first['loc'][-1]!r} is not known here", _allowed_keys(kind, first["loc"])
    elif code == "spec/missing-key":
        message = f"the key {_missing(first)!r} is missing"
    elif code == "spec/unknown-op":
        message = f"the op {first['ctx']['tag']!r} is not known here"
        hint = f"Allowed: {first['ctx']['expected_tags']}."
    elif code == "spec/unknown-value":
        message, hint = f"found {found}", f"Allowed: {first['ctx']['expected']}."
    return SpecError(code, message, where=path, hint=hint)


def _missing(first: Any) -> str:
    return "op" if first["type"] == "union_tag_not_found" else str(first["loc"][-1])


def _follow(value: Any, location: tuple[int | str, ...], where: str) -> tuple[str, Any]:
    """Turns pydantic's location, which also holds the tags of unions, into a JSON path of the document."""
    path = where
    for place, part in enumerate(location):
        if isinstance(part, str) and part.startswith("<") and not (isinstance(value, dict) and part in value):
            continue
        if isinstance(value, dict) and value.get("op") == part and isinstance(location[place - 1], int):
            continue  # behind an index stands the tag, even where the record has a key of that name (columns)
        if isinstance(value, dict) and (part in value or place == len(location) - 1):
            path, value = f"{path}.{part}", value.get(part) if isinstance(part, str) else None
        elif isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value):
            path, value = f"{path}[{part}]", value[part]
    return path, value


def _allowed_keys(kind: type[BaseModel], location: tuple[int | str, ...]) -> str:
    owner = _owner(kind, location[:-1])
    return f"Allowed: {', '.join(sorted(owner.model_fields))}." if owner else "Remove it."


def _owner(kind: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Gives the record that a location leads to, through fields, lists, maps and the tags of unions."""
    found = [kind]
    for part in location:
        tagged = [each for each in found if _op(each) == part and len(found) > 1]
        fields = [each.model_fields[part].annotation for each in found if part in each.model_fields]
        found = tagged or [model for annotation in fields for model in _records(annotation)] or found
    return found[0] if len(found) == 1 else None


def _op(kind: type[BaseModel]) -> Any:
    return kind.model_fields["op"].default if "op" in kind.model_fields else None


def _records(annotation: Any) -> list[type[BaseModel]]:
    """Gives the records that an annotation names, however deep in tuples, maps and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [record for part in get_args(annotation) for record in _records(part)]
