"""Vectors of box forms: Pascal VOC, COCO and YOLO into each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generators.base import TORCHVISION, Case, VectorFile, valid

f = np.float32


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("convert_boxes/torchvision.json", "NumPy", np.__version__, convert_cases(), TORCHVISION)


def convert_cases() -> Iterator[Case]:
    """Gives torchvision.ops.box_convert: between two other forms by way of corners."""
    rng = np.random.default_rng(106)
    half = f(0.5)
    to_corners = {
        "corners": lambda a, b: (a, b),
        "center": lambda a, b: (a - half * b, a + half * b),
        "corner_size": lambda a, b: (a, a + b),
    }
    from_corners = {
        "corners": lambda a, b: (a, b),
        "center": lambda a, b: ((a + b) / f(2), b - a),
        "corner_size": lambda a, b: (a, b - a),
    }
    kinds = {
        "one": np.array([[10, 20, 30, 60]], f),
        "none": np.zeros((0, 4), f),
        "random": (rng.random((25, 4)) * 640).astype(f),
    }
    for source in to_corners:
        for target in from_corners:
            for kind, boxes in kinds.items():
                a, b = boxes[:, :2], boxes[:, 2:]
                same = source == target
                found = boxes if same else np.concatenate(from_corners[target](*to_corners[source](a, b)), axis=1)
                comment = f"{kind}: {source} (VOC: corners, COCO: corner_size, YOLO: center) as {target}"
                step = {"from": source, "to": target}
                yield valid(f"{source}-{target}-{kind}", comment, boxes, found, step=step)
