"""Vectors of denormalize, round and uncrop."""

from __future__ import annotations

from typing import Any

import numpy as np

from satchel_metadata.families.trace import traced
from satchel_metadata.readers import READ_OPS, Context, Read
from satchel_metadata.spec import parse, parse_spec
from satchel_metadata.steps.numbers import Denormalize, Round, Uncrop
from satchel_metadata.values import Detections, Mask, Points

TYPES: dict[str, Any] = {"denormalize": Denormalize, "round": Round, "uncrop": Uncrop}


def numbers(case: dict[str, Any], file: dict[str, Any]) -> Any:
    value, op = case["input"]["value"], READ_OPS[case["step"]["op"]]
    step = parse(TYPES[case["step"]["op"]], case["step"])
    op.after(step, Read("numbers", value.shape), {})
    return op.run(step, value, Context({}, {}))


def uncrop(case: dict[str, Any], file: dict[str, Any]) -> Any:
    given, step = case["input"], parse(Uncrop, case["step"])
    document = {"satchel": "1.0", "name": "test", "task": "generic", "outputs": [{"name": "any", "steps": []}]}
    steps = parse_spec({**document, "inputs": [{"name": "image", "steps": given["steps"]}]}).inputs[0].steps
    context = Context({}, {}, {"image": traced(steps, given["width"], given["height"])})
    value = _value(given)
    kind: Any = {Detections: "objects", Points: "points", Mask: "mask"}[type(value)]
    READ_OPS["uncrop"].after(step, Read(kind), {})
    found = READ_OPS["uncrop"].run(step, value, context)
    if isinstance(found, Detections):
        return {"boxes": found.boxes}
    return {"xy": found.xy} if isinstance(found, Points) else {"indices": found.indices}


def _value(given: dict[str, Any]) -> Any:
    if "boxes" in given:
        count = len(given["boxes"])
        return Detections(given["boxes"], np.zeros(count, np.float32), np.zeros(count, np.int64))
    return Points(given["xy"]) if "xy" in given else Mask(given["indices"])


HANDLERS = {"denormalize": numbers, "round": numbers, "uncrop": uncrop}
