"""Vectors of documents that are refused. No library says so: the contract alone does, and these are its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generators.base import Case, VectorFile


def files() -> Iterator[VectorFile]:
    yield VectorFile("spec/invalid.json", "SPEC.md", "1.0", cases(), {"valid": VALID})


def cases() -> Iterator[Case]:
    """Gives a change of the valid document at a path, or a text of its own."""
    for name, comment, path, value, code, where in CHANGES:
        change = {"path": path, "value": value}
        yield {"id": name, "comment": comment, "change": change, "result": "invalid", "code": code, "where": where}
    for name, comment, text, code in TEXTS:
        yield {"id": name, "comment": comment, "document": text, "result": "invalid", "code": code, "where": "$"}


VALID: dict[str, Any] = {
    "satchel": "1.0",
    "name": "cats",
    "version": "1.0.0",
    "task": "image_classification",
    "inputs": [
        {
            "name": "image",
            "steps": [
                {"op": "decode"},
                {
                    "op": "resize",
                    "method": "pillow.bicubic",
                    "fit": "shorter_side",
                    "side": 256,
                    "side_rounding": "floor",
                },
                {"op": "crop", "width": 224, "height": 224, "offset_rounding": "half_even"},
                {"op": "normalize", "mean": [127.0], "std": [128.0], "range": "0..255"},
            ],
        }
    ],
    "outputs": [
        {"name": "scores", "steps": [{"op": "softmax"}, {"op": "top_k", "k": 5}, {"op": "label", "labels": "classes"}]}
    ],
    "labels": {"classes": "labels.txt"},
}
MEAN = "$.inputs[0].steps[3].mean[0]"
CHANGES: tuple[tuple[str, str, list[Any], Any, str, str], ...] = (
    (
        "newer-version",
        "a newer version is refused before anything else is looked at",
        [],
        {"nonsense": 1, "satchel": "2.0"},
        "spec/newer-version",
        "$.satchel",
    ),
    ("unknown-top-key", "keys that are not known are refused", ["colour"], "red", "spec/unknown-key", "$.colour"),
    (
        "unknown-step-key",
        "also inside a step",
        ["inputs", 0, "steps", 3, "variance"],
        [1.0],
        "spec/unknown-key",
        "$.inputs[0].steps[3].variance",
    ),
    (
        "unknown-op",
        "an op that is not known is named by its step",
        ["inputs", 0, "steps", 1],
        {"op": "shrink"},
        "spec/unknown-op",
        "$.inputs[0].steps[1]",
    ),
    (
        "missing-op",
        "a step without op",
        ["inputs", 0, "steps", 1],
        {"width": 3},
        "spec/missing-key",
        "$.inputs[0].steps[1]",
    ),
    (
        "unknown-method",
        "a method that is not known",
        ["inputs", 0, "steps", 1, "method"],
        "pillow.cubic",
        "spec/unknown-value",
        "$.inputs[0].steps[1].method",
    ),
    ("unknown-task", "a task that is not known", ["task"], "guessing", "spec/unknown-value", "$.task"),
    (
        "text-for-number",
        "numbers are never read from text",
        ["inputs", 0, "steps", 1, "side"],
        "256",
        "spec/wrong-type",
        "$.inputs[0].steps[1].side",
    ),
    (
        "truth-for-number",
        "true is not 1",
        ["inputs", 0, "steps", 2, "width"],
        True,
        "spec/wrong-type",
        "$.inputs[0].steps[2].width",
    ),
    (
        "fraction-for-integer",
        "a side is a whole number",
        ["inputs", 0, "steps", 2, "width"],
        224.5,
        "spec/wrong-type",
        "$.inputs[0].steps[2].width",
    ),
    (
        "side-0",
        "a side is at least 1",
        ["inputs", 0, "steps", 1, "side"],
        0,
        "spec/out-of-range",
        "$.inputs[0].steps[1].side",
    ),
    (
        "std-0",
        "nothing can be divided by 0",
        ["inputs", 0, "steps", 3, "std"],
        [0.0],
        "spec/inconsistent",
        "$.inputs[0].steps[3]",
    ),
    (
        "std-minus-0",
        "nor by -0, which equals 0",
        ["inputs", 0, "steps", 3, "std"],
        [1.0, -0.0, 1.0],
        "spec/inconsistent",
        "$.inputs[0].steps[3]",
    ),
    (
        "no-mean",
        "mean has at least one number",
        ["inputs", 0, "steps", 3, "mean"],
        [],
        "spec/out-of-range",
        "$.inputs[0].steps[3].mean",
    ),
    (
        "mean-of-2",
        "a mean of 2 numbers does not fit 3 channels",
        ["inputs", 0, "steps", 3, "mean"],
        [1.0, 2.0],
        "spec/channel-count",
        "$.inputs[0].steps[3]",
    ),
    (
        "mean-for-0-1",
        "mean and std for 0..1 on values of 0..255",
        ["inputs", 0, "steps", 3, "range"],
        "0..1",
        "spec/range-mismatch",
        "$.inputs[0].steps[3]",
    ),
    (
        "missing-rounding",
        "the rounding of a computed side has no default",
        ["inputs", 0, "steps", 1],
        {"fit": "shorter_side", "method": "tf.bilinear", "op": "resize", "side": 9},
        "spec/inconsistent",
        "$.inputs[0].steps[1]",
    ),
    (
        "field-of-another-fit",
        "a field that the fit does not use",
        ["inputs", 0, "steps", 1, "width"],
        9,
        "spec/inconsistent",
        "$.inputs[0].steps[1]",
    ),
    (
        "crop-without-size",
        "a crop has a size or a fraction",
        ["inputs", 0, "steps", 2],
        {"op": "crop"},
        "spec/inconsistent",
        "$.inputs[0].steps[2]",
    ),
    (
        "factor-and-divisor",
        "rescale takes one of the two",
        ["inputs", 0, "steps", 3],
        {"divisor": 2.0, "factor": 2.0, "op": "rescale"},
        "spec/inconsistent",
        "$.inputs[0].steps[3]",
    ),
    (
        "divisor-0",
        "nothing can be divided by 0",
        ["inputs", 0, "steps", 3],
        {"divisor": 0.0, "op": "rescale"},
        "spec/inconsistent",
        "$.inputs[0].steps[3]",
    ),
    (
        "divisor-minus-0",
        "-0 equals 0",
        ["inputs", 0, "steps", 3],
        {"divisor": -0.0, "op": "rescale"},
        "spec/inconsistent",
        "$.inputs[0].steps[3]",
    ),
    (
        "scale-minus-0",
        "a column cannot be divided by -0 either",
        ["inputs", 0, "steps", 0],
        {"op": "standardize", "mean": [0.0], "scale": [-0.0]},
        "spec/inconsistent",
        "$.inputs[0].steps[0]",
    ),
    (
        "divisor-0-in-binary32",
        "1e-60 is 0 in binary32",
        ["inputs", 0, "steps", 3],
        {"divisor": 1e-60, "op": "rescale"},
        "spec/out-of-range",
        "$.inputs[0].steps[3]",
    ),
    (
        "no-decode",
        "the first step makes a picture of the photo",
        ["inputs", 0, "steps", 0],
        {"axis": "vertical", "op": "flip"},
        "spec/impossible-step",
        "$.inputs[0]",
    ),
    (
        "rescaled-before",
        "mean and std for 0..255 on values of 0..1",
        ["inputs", 0, "steps", 1],
        {"divisor": 255.0, "op": "rescale"},
        "spec/range-mismatch",
        "$.inputs[0].steps[3]",
    ),
    (
        "pillow-on-floats",
        "Pillow resizes uint8",
        ["inputs", 0, "steps"],
        [
            {"op": "decode"},
            {"divisor": 255.0, "op": "rescale"},
            {"fit": "stretch", "height": 9, "method": "pillow.box", "op": "resize", "width": 9},
        ],
        "spec/impossible-step",
        "$.inputs[0].steps[2]",
    ),
    ("no-inputs", "at least one input", ["inputs"], [], "spec/out-of-range", "$.inputs"),
    ("k-0", "at least one class", ["outputs", 0, "steps", 1, "k"], 0, "spec/out-of-range", "$.outputs[0].steps[1].k"),
    (
        "label-before-top_k",
        "the order of reading is fixed",
        ["outputs", 0, "steps"],
        [{"labels": "classes", "op": "label"}, {"k": 5, "op": "top_k"}],
        "spec/impossible-step",
        "$.outputs[0].steps[1]",
    ),
    (
        "unknown-list",
        "a label list that is not there",
        ["outputs", 0, "steps", 2, "labels"],
        "breeds",
        "spec/inconsistent",
        "$",
    ),
    ("bad-version", "versions are semver", ["version"], "1.0", "spec/out-of-range", "$.version"),
    ("other-digits", "of the digits 0 to 9", ["version"], "\u0661.0.0", "spec/out-of-range", "$.version"),
    ("newer-minor", "a higher minor version is newer, too", ["satchel"], "1.2", "spec/newer-version", "$.satchel"),
    (
        "op-of-a-later-version",
        "an op of version 1.1 in a document of 1.0",
        ["inputs", 0, "steps", 1],
        {"op": "crop_content", "threshold": 0.0},
        "spec/inconsistent",
        "$",
    ),
    (
        "wrong-op-of-a-later-version",
        "the form of the step is looked at first",
        ["inputs", 0, "steps", 1],
        {"op": "center_of_mass", "width": 0, "height": 28},
        "spec/out-of-range",
        "$.inputs[0].steps[1].width",
    ),
    ("newer-by-number", "10 is above 2: versions are numbers", ["satchel"], "1.10", "spec/newer-version", "$.satchel"),
    ("version-of-other-digits", "no version", ["satchel"], "\u0662.0", "spec/unknown-value", "$.satchel"),
    ("version-as-number", "a version is a text", ["satchel"], 2.0, "spec/unknown-value", "$.satchel"),
    ("older-version", "there is no version before", ["satchel"], "0.9", "spec/unknown-value", "$.satchel"),
    (
        "key-of-objects",
        "a key that objects of some languages have",
        ["constructor"],
        1,
        "spec/unknown-key",
        "$.constructor",
    ),
    ("null", "null is no text", ["author"], None, "spec/wrong-type", "$.author"),
    ("null-in-list", "null is no number", ["inputs", 0, "steps", 3, "mean"], [None], "spec/wrong-type", MEAN),
    (
        "beyond-2-to-53",
        "a whole number beyond 2^53 is no integer, however it is written",
        ["inputs", 0, "steps", 2, "width"],
        1e300,
        "spec/wrong-type",
        "$.inputs[0].steps[2].width",
    ),
    ("long-name", "201 characters", ["name"], "\U0001f600" * 201, "spec/out-of-range", "$.name"),
    ("name-with-blank", "a list's name has no blank", ["labels"], {"a b": "x"}, "spec/out-of-range", "$.labels.a b"),
    (
        "number-as-op",
        "an op is a text",
        ["inputs", 0, "steps", 1],
        {"op": 1},
        "spec/unknown-op",
        "$.inputs[0].steps[1]",
    ),
    (
        "text-as-step",
        "a step is an object",
        ["inputs", 0, "steps", 1],
        "resize",
        "spec/wrong-type",
        "$.inputs[0].steps[1]",
    ),
    ("no-steps", "an input has steps", ["inputs", 0, "steps"], [], "spec/impossible-step", "$.inputs[0]"),
    (
        "scale-alone",
        "scale and zero_point come together",
        ["inputs", 0, "tensor"],
        {"a/tflite": {"dtype": "int8", "index": 0, "name": "t", "scale": 0.5, "shape": [1]}},
        "spec/inconsistent",
        "$.inputs[0].tensor.a/tflite",
    ),
    (
        "two-inputs-of-a-name",
        "names of inputs are distinct",
        ["inputs"],
        [{"name": "a", "steps": [{"op": "decode"}]}, {"name": "a", "steps": [{"op": "decode"}]}],
        "spec/inconsistent",
        "$",
    ),
)
"""(id, comment, path, value, code, where)"""
TEXTS = (
    ("no-object", "a spec is an object", "[]", "spec/wrong-type"),
    ("not-json", "a comma too many", '{"name":"a",}', "spec/not-json"),
    ("duplicate-key", "a key stands twice", '{"name":"a","name":"b"}', "spec/duplicate-key"),
    ("nan", "NaN is no JSON number", '{"name":NaN}', "spec/not-finite"),
    ("infinite", "a number beyond binary64", '{"name":1e999}', "spec/not-finite"),
    ("integer-too-large", "an integer beyond 2^53", '{"name":9007199254740993}', "spec/integer-too-large"),
    ("byte-order-mark", "a byte-order mark is not allowed", "\ufeff{}", "spec/not-json"),
)
"""(id, comment, document, code)"""
