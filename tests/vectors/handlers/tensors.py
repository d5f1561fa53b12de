"""Vectors of specs held against an artefact's tensors, and of outputs of every dtype and shape."""

from __future__ import annotations

from typing import Any

from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec


def _pipeline(given: dict[str, Any]) -> Pipeline:
    return Pipeline(parse_spec(given["spec"]), given["labels"], given.get("artefact"))


def tensors(case: dict[str, Any], file: dict[str, Any]) -> dict[str, bool]:
    """Gives that the spec fits the tensors."""
    _pipeline(case["input"])
    return {"refused": False}


def read(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the answer of every window's outputs, the windows 8 samples apart."""
    windows = [(8 * place, outputs) for place, outputs in enumerate(case["input"]["windows"])]
    return _pipeline(case["input"]).read_windows(windows).to_json()


HANDLERS = {"tensors": tensors, "read": read}
