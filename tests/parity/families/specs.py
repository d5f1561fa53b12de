"""Random specs, most of them wrong: every language refuses the same, with the same code at the same place."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from . import Drawn, Family, Parameters

Step = dict[str, Any]
NUMBERS = (0, 1, -1, 0.5, 2.0, 1e-60, 1e60, 255, 127.5, -0.0, 1e-45)
SIDES = (1, 2, 5, 224, 16384, 0, 16385)
RATES = (50, 100, 0.0001, 44.1, 33.333, 1000000)


def picture(rng: random.Random) -> Step:
    """Gives a step of a picture."""
    pick, method = rng.choice, rng.choice(("tf.bilinear", "pillow.box", "opencv.area"))
    size = {"op": "resize", "method": method, "width": pick(SIDES), "height": pick(SIDES)}
    makers: tuple[Callable[[], Step], ...] = (
        lambda: {"op": "color", "to": pick(("RGB", "BGR", "GRAY"))},
        lambda: {**size, "fit": "stretch"},
        lambda: {**size, "fit": "contain", "side_rounding": "floor", "pad_value": [pick((0, 256))] * pick((1, 2, 3))},
        lambda: {**size, "fit": "cover", "side_rounding": "floor", "offset_rounding": "half_even"},
        lambda: {
            "op": "resize",
            "method": method,
            "fit": "shorter_side",
            "side": pick(SIDES),
            "side_rounding": "floor",
        },
        lambda: {"op": "crop", "width": pick(SIDES), "height": pick(SIDES), "offset_rounding": "floor"},
        lambda: {"op": "crop", "central_fraction": pick((0.5, 1, 0, 1e-9))},
        lambda: {"op": "crop_content", "threshold": pick(NUMBERS)},
        lambda: {"op": "center_of_mass", "width": pick(SIDES), "height": pick(SIDES)},
        lambda: {"op": "pad", "left": 1, "top": 0, "right": 2, "bottom": 1, "value": [7] * pick((1, 3))},
        lambda: {"op": "rescale", pick(("factor", "divisor")): pick((*NUMBERS, 255, 127.5)), "offset": pick((0, -1))},
        lambda: {
            "op": "normalize",
            "mean": [pick(NUMBERS)] * pick((1, 3, 2)),
            "std": [pick(NUMBERS)] * pick((1, 3)),
            "range": pick(("0..255", "0..1", "-1..1")),
        },
        lambda: {"op": "layout", "to": pick(("NHWC", "NCHW", "NL"))},
        lambda: {"op": "flip", "axis": "vertical"},
    )
    return pick(makers)()


def row(rng: random.Random) -> Step:
    """Gives a step of a row."""
    pick, name = rng.choice, rng.choice("abcz")
    makers: tuple[Callable[[], Step], ...] = (
        lambda: {"op": "impute", "values": {name: pick((1, "x", 2.5))}},
        lambda: {
            "op": "standardize",
            "columns": [name],
            "mean": [pick(NUMBERS)],
            "scale": [pick(NUMBERS)] * pick((1, 2)),
        },
        lambda: {"op": "one_hot", "column": name, "categories": pick((["x", "y"], ["x", "x"])), "unknown": "error"},
    )
    return pick(makers)()


def signal(rng: random.Random) -> Step:
    """Gives a step of a signal."""
    pick = rng.choice
    makers: tuple[Callable[[], Step], ...] = (
        lambda: {"op": "resample", "from_rate": pick(RATES), "to_rate": pick(RATES), "method": "linear"},
        lambda: {"op": "detrend", "kind": "linear"},
        lambda: {"op": "window", "length": pick((8, 0)), "hop": 4, "tail": "drop"},
        lambda: {"op": "standardize"},
        lambda: {"op": "standardize", "mean": [1.0] * pick((1, 2, 3)), "scale": [pick(NUMBERS)] * pick((1, 2, 3))},
        lambda: {"op": "layout", "to": pick(("NLC", "NCL", "NL", "NHWC"))},
    )
    return pick(makers)()


def reading(rng: random.Random) -> Step:
    """Gives a step of an output."""
    pick = rng.choice
    boxes = {"op": "decode_boxes", "boxes": pick(("out", "more", "none")), "form": "corners", "order": "xy"}
    heat = {"op": "heatmap_keypoints", "layout": "NHWC", "activation": "none", "refine": pick(("none", "offsets"))}
    scaled = {"op": "resize_mask", "method": pick(("tf.nearest", "tf.bilinear"))}
    makers: tuple[Callable[[], Step], ...] = (
        lambda: {"op": "softmax", **pick(({}, {"layout": "NHWC"}))},
        lambda: {"op": "sigmoid"},
        lambda: {"op": "top_k", "k": pick((1, 5, 0))},
        lambda: {"op": "threshold", "score": pick(NUMBERS)},
        lambda: {"op": "label", "labels": pick(("classes", "others"))},
        lambda: {**boxes, "head": pick(("set", "set", "ssd", "yolo_free"))},
        lambda: {"op": "nms", "iou": 0.5, "score": 0.1, "per_class": True, "max": 10},
        lambda: {**heat, **pick(({"position": "corner"}, {"offsets": "more", "stride": 4}, {}))},
        lambda: {"op": "landmarks", "dimensions": pick((2, 3, 1)), "order": "xy", **pick(({}, {"score": 2}))},
        lambda: {"op": "argmax_mask", "layout": "NHWC", **pick(({}, {"threshold": 0.5}))},
        lambda: {**scaled, "to": "size", "width": 4, "height": 4, **pick(({}, {"layout": "NHWC"}))},
        lambda: {**scaled, "to": "photo", "input": pick(("in", "none")), **pick(({}, {"layout": "NHWC"}))},
        lambda: {"op": "uncrop", "input": pick(("in", "none")), **pick(({}, {"units": "pixels", "clip": True}))},
        lambda: {"op": "denormalize", "mean": [1.0] * pick((1, 2)), "std": [1.0]},
        lambda: {"op": "round", "decimals": pick((0, 9, 10)), "rounding": "floor"},
    )
    return pick(makers)()


def draw(rng: random.Random) -> Parameters:
    return {"seed": rng.randrange(10**6), "kind": rng.randrange(4), "given": rng.randrange(5), "read": rng.randrange(4)}


def build(given: Parameters) -> Drawn:
    rng = random.Random(given["seed"])
    columns = [{"name": name, "kind": "number"} for name in "ab"] + [
        {"name": "c", "kind": rng.choice(("number", "category"))}
    ]
    first: Step = {"op": "columns", "columns": columns, "missing": [""]}
    starts = ([{"op": "decode"}], [first], [first] if rng.random() < 0.3 else [], [])
    makers = (picture, row, signal, rng.choice((picture, row, signal, lambda _: first)))
    steps = [*starts[given["kind"]], *(makers[given["kind"]](rng) for _ in range(given["given"]))]
    outputs = [{"name": "out", "steps": [reading(rng) for _ in range(given["read"])]}]
    outputs += [{"name": "more", "steps": []}] if rng.random() < 0.4 else []
    document = {
        "satchel": rng.choice(("1.0", "1.1", "1.1")),
        "name": "drawn",
        "task": rng.choice(("image_classification", "generic", "tabular_regression")),
        "inputs": [{"name": "in", "steps": steps}],
        "outputs": outputs,
        "labels": {"classes": "labels.txt"},
    }
    return Drawn("spec", {"document": json.dumps(document)})


FAMILIES = (Family("specs", draw, build, {"seed": 0, "given": 0, "read": 0}),)
