"""Makes of the cases of signals what Satchel makes of them: samples, windows, tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from satchel_metadata.pipeline import Pipeline, Prepared
from satchel_metadata.spec import parse_spec

from .tables import row_step


def _windows(steps: Sequence[dict[str, Any]], samples: Any) -> tuple[Prepared, ...]:
    spec = parse_spec(
        {
            "satchel": "1.0",
            "name": "case",
            "task": "signal_classification",
            "inputs": [{"name": "signal", "steps": list(steps)}],
            "outputs": [{"name": "scores", "steps": []}],
        }
    )
    return Pipeline(spec, {}).windows(samples)


def step(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the samples behind one step."""
    (found,) = _windows([case["step"]], case["input"])
    return found.tensors["signal"][0]


def standardize(case: dict[str, Any], file: dict[str, Any]) -> Any:
    """Gives the cells of a row, or the samples of a signal, behind the step."""
    return row_step(case, file) if isinstance(case["input"], list) else step(case, file)


def window(case: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    """Gives where windows begin, and their samples."""
    found = _windows([case["step"]], case["input"])
    return {
        "starts": [each.start for each in found],
        "windows": np.concatenate([each.tensors["signal"] for each in found]),
    }


def signal_pipeline(case: dict[str, Any], file: dict[str, Any]) -> dict[str, Any]:
    """Gives where windows begin, and their tensors."""
    found = _windows(case["steps"], case["input"])
    return {"starts": [each.start for each in found], "tensors": np.stack([each.tensors["signal"] for each in found])}


HANDLERS = {
    "resample": step,
    "detrend": step,
    "window": window,
    "standardize": standardize,
    "signal_pipeline": signal_pipeline,
}
