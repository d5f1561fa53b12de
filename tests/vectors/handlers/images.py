"""Vectors of the steps that make a tensor of a picture."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from satchel_metadata.photo import load_photo
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec
from satchel_metadata.values import Frame
from vectors.cases import stored


def pipeline(steps: list[Any], reading: list[Any] = (), tensor: dict[str, Any] | None = None) -> Pipeline:
    """Gives the pipeline of a spec with one input and one output."""
    entry = {"float32/tflite": {"name": "t", "index": 0, "layout": "NHWC", **tensor}} if tensor else {}
    scores = {"float32/tflite": {"name": "s", "index": 0, "shape": [1, 2], "dtype": "float32"}} if tensor else {}
    document = {
        "name": "test",
        "task": "generic",
        "inputs": [{"name": "image", "steps": steps, "tensor": entry}],
        "outputs": [{"name": "scores", "steps": list(reading), "tensor": scores}],
    }
    return Pipeline(parse_spec(document), {}, "float32/tflite" if tensor else None)


def step(case: dict[str, Any], file: dict[str, Any]) -> Any:
    steps = [{"op": "decode"}, *case.get("before", []), case["step"]]
    return pipeline(steps).prepare(case["input"])["image"][0]


def decode(case: dict[str, Any], file: dict[str, Any]) -> Any:
    found = pipeline([case["step"]])  # refuses what the step must not hold
    del found
    return load_photo(
        base64.b64decode(case["input"]["base64"]), tuple(case["step"].get("background", (0, 0, 0)))
    ).pixels


def yuv_to_rgb(case: dict[str, Any], file: dict[str, Any]) -> Any:
    return pipeline([case["step"]]).prepare(frame(case["input"]))["image"][0]


def frame(given: dict[str, Any]) -> Frame:
    """Gives the frame that a case describes."""
    planes, rows, pixels = given["planes"], given.get("row_strides"), given.get("pixel_strides")
    told = {name: given.get(name) for name in ("range", "rotation")}
    if len(planes) == 1:
        return Frame.nv21(planes[0], given["width"], given["height"], **told)
    return Frame(given["width"], given["height"], *planes, *rows, pixels[0], pixels[1], **told)


def whole_pipeline(case: dict[str, Any], file: dict[str, Any]) -> Any:
    return pipeline(case["steps"], tensor=case.get("tensor")).prepare(photo(case["input"]))["image"]


def photo(given: Any) -> Any:
    """Gives the pixels of a case, which may stand in a file of their own, or its frame."""
    if isinstance(given, np.ndarray):
        return given
    if "planes" in given:
        return frame(given)
    return np.frombuffer(stored(given["file"]), np.uint8).reshape(given["height"], given["width"], 3)


MOVED = ("color", "resize", "crop", "crop_content", "center_of_mass", "pad", "rescale", "normalize", "layout", "flip")
HANDLERS = {
    **dict.fromkeys(MOVED, step),
    "decode": decode,
    "yuv_to_rgb": yuv_to_rgb,
    "pipeline": whole_pipeline,
}
