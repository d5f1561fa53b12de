"""What the families of vectors share: the form of a file, of a case and of an array. README.md says it in prose."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Case = dict[str, Any]

SCHEMA = "satchel-vectors/1"
TORCHVISION = {"held_against": "torchvision 0.29.2"}
"""Notes of files that `make test-all` compares with torchvision, in an environment of its own."""


@dataclass(frozen=True)
class VectorFile:
    """One file of vectors.

    Args:
        path: `<op>/<name>.json` below metadata/vectors; the folder is the op, whose handler every runner needs.
        library: the library that the expected values come from, or `SPEC.md` where the contract alone defines them.
        version: its version.
        cases: made with `valid` and `invalid`.
        notes: further keys of the file, for all of its cases.
    """

    path: str
    library: str
    version: str
    cases: Iterable[Case]
    notes: dict[str, Any] | None = None

    def content(self) -> bytes:
        """Gives the file, a case a line.

        Raises:
            ValueError: an id stands twice.
        """
        cases = list(self.cases)
        ids = [each["id"] for each in cases]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"{self.path}: ids stand twice: {', '.join(twice)}")
        head = {"schema": SCHEMA, "generator": "metadata/vectors/generate.py", "library": self.library}
        head |= {"version": self.version, **(self.notes or {})}
        lines = ",\n".join(json.dumps(each, sort_keys=True, allow_nan=False) for each in cases)
        return (json.dumps(head, sort_keys=True, allow_nan=False)[:-1] + ', "cases": [\n' + lines + "\n]}\n").encode()


@dataclass(frozen=True)
class Blob:
    """A file that vectors refer to, stored as raw DEFLATE: what it holds is compared, not how it was compressed."""

    path: str
    data: bytes


def valid(
    name: str, comment: str, given: Any, expected: Any, tolerance: dict[str, float] | None = None, **what: Any
) -> Case:
    """Gives a case that has an answer.

    Args:
        name: stays the same for ever; unique in its file.
        comment: what is so, in words: "per-channel mean is subtracted before division".
        given: the input; arrays anywhere in it become {dtype, shape, data}.
        expected: likewise.
        tolerance: {"ulp": n} of binary32 or {"absolute": x}, only where the contract allows it; None: the same bits.
        what: `step`, or whatever else the op's handler takes.
    """
    case = {"id": name, "comment": comment, "input": packed(given), **packed(what)}
    return {**case, "result": "valid", "expected": packed(expected), **({"tolerance": tolerance} if tolerance else {})}


def invalid(name: str, comment: str, given: Any, code: str, where: str | None = None, **what: Any) -> Case:
    """Gives a case that must be refused.

    Args:
        name: as for `valid`.
        comment: likewise.
        given: likewise.
        code: the error's code.
        where: the JSON path in the error, where it is the same in every language.
        what: likewise.
    """
    case = {"id": name, "comment": comment, "input": packed(given), **packed(what), "result": "invalid", "code": code}
    return case if where is None else {**case, "where": where}


def packed(value: Any) -> Any:
    """Gives a value as JSON holds it: an array as {dtype, shape, data}, data the base64 of its little-endian bytes."""
    if isinstance(value, np.ndarray):
        little = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
        data = base64.b64encode(little.tobytes()).decode()
        return {"dtype": str(value.dtype), "shape": list(value.shape), "data": data}
    if isinstance(value, dict):
        return {str(key): packed(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value
