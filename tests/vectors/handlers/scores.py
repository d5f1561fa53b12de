"""Vectors of the steps that make classes of scores, and of quantised tensors."""

from __future__ import annotations

from typing import Any

from satchel_metadata.ops import arithmetic
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.readers import READ_OPS, Context, Read
from satchel_metadata.spec import parse, parse_spec
from satchel_metadata.steps import Softmax


def _pipeline(case: dict[str, Any]) -> Pipeline:
    labels = case.get("labels")
    document = {
        "satchel": "1.0",
        "name": "test",
        "task": "image_classification",
        "inputs": [{"name": "image", "steps": [{"op": "decode"}]}],
        "outputs": [{"name": "scores", "steps": case["steps"]}],
        **({"labels": {"classes": "labels.txt"}} if labels else {}),
    }
    return Pipeline(parse_spec(document), {"classes": labels} if labels else {})


def numbers(case: dict[str, Any], file: dict[str, Any]) -> Any:
    if "layout" in case["steps"][0]:
        return places(case["steps"][0], case["input"])
    found = _pipeline(case)
    given = {"scores": case["input"]}
    return found.scores(given).reshape(case["input"].shape)


def places(given: dict[str, Any], value: Any) -> Any:
    """Gives what softmax makes of scores at each place of a mask."""
    step, op = parse(Softmax, given), READ_OPS["softmax"]
    op.after(step, Read("numbers"), {})
    return op.run(step, value, Context({}, {}))


def answer(case: dict[str, Any], file: dict[str, Any]) -> Any:
    return _pipeline(case).read({"scores": case["input"]}).to_json()


def quantize(case: dict[str, Any], file: dict[str, Any]) -> Any:
    tensor = case["tensor"]
    return arithmetic.quantize(case["input"], tensor["scale"], tensor["zero_point"], tensor["dtype"])


def dequantize(case: dict[str, Any], file: dict[str, Any]) -> Any:
    tensor = case["tensor"]
    return arithmetic.dequantize(case["input"], tensor["scale"], tensor["zero_point"])


HANDLERS = {
    "softmax": numbers,
    "sigmoid": numbers,
    "top_k": answer,
    "threshold": answer,
    "label": answer,
    "quantize": quantize,
    "dequantize": dequantize,
}
