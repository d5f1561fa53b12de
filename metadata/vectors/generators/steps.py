"""Vectors of specs whose steps cannot be: each document is whole, and refused when its steps are looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from generators.base import Case, VectorFile

Steps = list[dict[str, Any]]
DECODE = {"op": "decode"}
WINDOW = {"op": "window", "length": 8, "hop": 8, "tail": "drop"}
DETREND = {"op": "detrend", "kind": "constant"}
NUMBERS = {"op": "columns", "columns": [{"name": "a", "kind": "number"}], "missing": []}
TEXTS = {"op": "columns", "columns": [{"name": "a", "kind": "category"}], "missing": []}
BOXES = {"op": "decode_boxes", "head": "set", "boxes": "out", "form": "corners", "order": "xy"}
POINTS = {"op": "landmarks", "dimensions": 2, "order": "xy"}
CONTENT = {"op": "crop_content", "threshold": 0.0}
CENTRE = {"op": "center_of_mass", "width": 8, "height": 8}
MASK = {"op": "argmax_mask", "layout": "NHWC"}
UNCROP = {"op": "uncrop", "input": "in", "units": "pixels", "clip": True}
PHOTO = {"op": "resize_mask", "method": "tf.nearest", "to": "photo", "input": "other"}
OFFSETS = {"op": "heatmap_keypoints", "layout": "NHWC", "activation": "none", "refine": "offsets", "stride": 8.0}
SOFTMAX = {"op": "softmax"}
INPUT, OUTPUT = "$.inputs[0].steps", "$.outputs[0].steps"
IMPOSSIBLE = "spec/impossible-step"


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("spec/steps.json", "SPEC.md", "1.0", cases())


def document(given: Steps, read: Steps, more: Steps | None = None) -> str:
    """Gives a spec of one input and one output, or of two outputs."""
    outputs = [{"name": "out", "steps": read}] + ([{"name": "more", "steps": more}] if more is not None else [])
    version = "1.1" if CONTENT in given or CENTRE in given else "1.0"
    spec = {"satchel": version, "name": "steps", "task": "generic", "outputs": outputs}
    return json.dumps({**spec, "inputs": [{"name": "in", "steps": given}]})


def cases() -> Iterator[Case]:
    """Gives documents that are refused."""
    for name, comment, given, read, code, where in REFUSED:
        text = document(given, read)
        yield {"id": name, "comment": comment, "document": text, "result": "invalid", "code": code, "where": where}
    for name, comment, more in (
        ("two-answers", "two outputs have steps", [SOFTMAX]),
        ("second-makes-nothing", "also when the second leaves numbers", [{"op": "sigmoid"}]),
    ):
        text, code = document([DECODE], [SOFTMAX], more), "spec/no-answer"
        yield {
            "id": name,
            "comment": comment,
            "document": text,
            "result": "invalid",
            "code": code,
            "where": "$.outputs",
        }
    text = document([DECODE], [], [])
    comment = "no output has steps, and there are two"
    head = {"id": "no-answer", "comment": comment, "document": text, "result": "invalid"}
    yield {**head, "code": "spec/no-answer", "where": "$.outputs"}


REFUSED: tuple[tuple[str, str, Steps, Steps, str, str], ...] = (
    ("windows-of-boxes", "windows have no boxes in common: the window is named", [DETREND, WINDOW], [BOXES], IMPOSSIBLE,
     f"{INPUT}[1]"),
    ("windows-of-points", "nor points", [DETREND, WINDOW], [POINTS], IMPOSSIBLE, f"{INPUT}[1]"),
    ("windows-of-mask", "nor a mask", [WINDOW], [{**SOFTMAX, "layout": "NHWC"}, MASK], IMPOSSIBLE, f"{INPUT}[0]"),
    ("columns-behind-detrend", "columns can only be the first step", [DETREND, NUMBERS], [], IMPOSSIBLE, f"{INPUT}[1]"),
    ("texts-in-a-signal", "a signal has numbers", [TEXTS, WINDOW], [], "spec/column-kind", f"{INPUT}[0]"),
    ("texts-left", "a row ends in numbers", [TEXTS], [], IMPOSSIBLE, INPUT),
    ("two-windows", "a signal is cut once", [WINDOW, WINDOW], [], IMPOSSIBLE, f"{INPUT}[1]"),
    ("behind-layout", "layout ends a signal", [{"op": "layout", "to": "NLC"}, WINDOW], [], IMPOSSIBLE, f"{INPUT}[1]"),
    ("decode-twice", "a photo is decoded once", [DECODE, DECODE], [], IMPOSSIBLE, f"{INPUT}[1]"),
    ("row-step-of-a-photo", "impute is no step of a picture", [DECODE, {"op": "impute", "values": {"a": 1}}], [],
     IMPOSSIBLE, f"{INPUT}[1]"),
    ("crop-behind-channels-first", "a crop takes [h, w, c]",
     [DECODE, {"op": "layout", "to": "NCHW"}, {"op": "crop", "central_fraction": 0.5}], [], IMPOSSIBLE, f"{INPUT}[2]"),
    ("colour-of-grey", "from grey there is no way back",
     [DECODE, {"op": "color", "to": "GRAY"}, {"op": "color", "to": "RGB"}], [], IMPOSSIBLE, f"{INPUT}[2]"),
    ("other-output", "a step reads an output that is not there", [DECODE], [{**BOXES, "boxes": "boxes"}],
     "spec/no-output", f"{OUTPUT}[0]"),
    ("no-offsets", "so do offsets", [DECODE], [{**OFFSETS, "offsets": "far"}], "spec/no-output", f"{OUTPUT}[0]"),
    ("other-input", "places go back to an input that is there", [DECODE], [BOXES, {**UNCROP, "input": "photo"}],
     "spec/no-input", f"{OUTPUT}[1]"),
    ("no-picture", "and is a picture", [DETREND], [BOXES, UNCROP], "spec/no-input", f"{OUTPUT}[1]"),
    ("mask-of-other-input", "a mask too", [DECODE], [MASK, PHOTO], "spec/no-input", f"{OUTPUT}[1]"),
    ("nms-first", "nms takes boxes", [DECODE],
     [{"op": "nms", "iou": 0.5, "score": 0.1, "per_class": True, "max": 9}], IMPOSSIBLE, f"{OUTPUT}[0]"),
    ("boxes-of-shares", "boxes are made of numbers", [DECODE], [SOFTMAX, POINTS], IMPOSSIBLE, f"{OUTPUT}[1]"),
    ("uncrop-twice", "places go back once", [DECODE], [BOXES, UNCROP, UNCROP], IMPOSSIBLE, f"{OUTPUT}[2]"),
    ("uncrop-of-content", "there is no way back through a step that depends on the picture's values",
     [DECODE, CONTENT], [BOXES, UNCROP], IMPOSSIBLE, f"{OUTPUT}[1]"),
    ("mask-of-content", "also for a mask", [DECODE, CENTRE], [{**PHOTO, "input": "in", "layout": "NHWC"}], IMPOSSIBLE,
     f"{OUTPUT}[0]"),
    ("softmax-twice", "shares are made once", [DECODE], [SOFTMAX, SOFTMAX], IMPOSSIBLE, f"{OUTPUT}[1]"),
    ("classes-of-a-mask", "a mask has no best class", [DECODE], [MASK, {"op": "top_k", "k": 1}], IMPOSSIBLE,
     f"{OUTPUT}[1]"),
    ("scores-scaled-late", "resize_mask of scores has a layout", [DECODE],
     [{"op": "resize_mask", "method": "tf.bilinear", "to": "size", "width": 4, "height": 4}], IMPOSSIBLE,
     f"{OUTPUT}[0]"),
    ("mask-bilinear", "classes have no values between", [DECODE],
     [MASK, {"op": "resize_mask", "method": "tf.bilinear", "to": "size", "width": 4, "height": 4}], IMPOSSIBLE,
     f"{OUTPUT}[1]"),
)  # fmt: skip
"""(id, comment, steps of the input, steps of the output, code, where)"""
