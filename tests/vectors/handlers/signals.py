"""Makes of the cases of signals what Satchel makes of them: samples, windows, tensors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from satchel_metadata.pipeline import Pipeline, Prepared
from satchel_metadata.spec import parse_spec
from satchel_metadata.values import Signal

from .tables import row_step


def _windows(steps: Sequence[dict[str, Any]], samples: Any, **how: Any) -> tuple[Prepared, ...]:
    """Gives every window, or the only one; of a signal that may state its rate, for a tensor if there is one."""
    bound = {"a/tflite": {"name": "t", "index": 0, **how["tensor"]}} if "tensor" in how else {}
    read = {"a/tflite": {"name": "s", "index": 0, "shape": [1, 2], "dtype": "float32"}} if bound else {}
    spec = parse_spec(
        {
            "satchel": "1.0",
            "name": "case",
            "task": "signal_classification",
            "inputs": [{"name": "signal", "steps": list(steps), "tensor": bound}],
            "outputs": [{"name": "scores", "steps": [], "tensor": read}],
        }
    )
    pipeline = Pipeline(spec, {}, "a/tflite" if bound else None)
    signal = Signal(samples, how["rate"]) if "rate" in how else samples
    if how.get("single"):
        return (Prepared(pipeline.prepare(signal), start=0),)
    return pipeline.windows(signal)


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
    how = {name: case[name] for name in ("rate", "tensor", "single") if name in case}
    found = _windows(case["steps"], case["input"], **how)
    return {"starts": [each.start for each in found], "tensors": np.stack([each.tensors["signal"] for each in found])}


HANDLERS = {
    "resample": step,
    "detrend": step,
    "window": window,
    "standardize": standardize,
    "signal_pipeline": signal_pipeline,
}
