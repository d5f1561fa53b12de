"""Vectors of heatmap_keypoints and landmarks, written out point by point from their publications, in NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid

f = np.float32
HEATMAP = {
    "op": "heatmap_keypoints",
    "layout": "NHWC",
    "activation": "none",
    "refine": "quarter",
    "position": "corner",
}
OFFSETS = {
    "op": "heatmap_keypoints",
    "layout": "NHWC",
    "activation": "sigmoid",
    "refine": "offsets",
    "offsets": "offsets",
    "stride": 16.0,
}
MARKS = {"op": "landmarks", "dimensions": 2, "order": "xy"}


def files() -> Iterator[VectorFile]:
    """Gives the files of this family."""
    yield VectorFile("heatmap_keypoints/published.json", "NumPy", np.__version__, heatmap_cases())
    yield VectorFile("landmarks/published.json", "NumPy", np.__version__, landmark_cases())


def activated(score: Any, activation: str | None) -> Any:
    """Gives a score, or 1 / (1 + exp(-score)) with exp in binary64, rounded."""
    if activation != "sigmoid":
        return score
    with np.errstate(over="ignore"):
        return f(1) / (f(1) + f(np.exp(np.float64(-score))))


def placed(place: Any, count: int, position: str) -> Any:
    """Gives where a cell is, in fractions of the picture."""
    if position == "center":
        return (place + f(0.5)) / f(count)
    return place / f(max(count - 1, 1) if position == "ends" else count)


def peaks(step: dict[str, Any], maps: Array, offsets: Array | None = None) -> dict[str, Array]:
    """Gives the keypoints of maps [k, h, w], offsets [2k, h, w]."""
    xy, scores = [], []
    for number, plane in enumerate(maps):
        high, wide = plane.shape
        row, column = np.unravel_index(int(np.argmax(plane)), plane.shape)
        x, y = f(column), f(row)
        if step["refine"] == "quarter":
            if 0 < column < wide - 1:
                x = x + f(0.25) * np.sign(plane[row, column + 1] - plane[row, column - 1])
            if 0 < row < high - 1:
                y = y + f(0.25) * np.sign(plane[row + 1, column] - plane[row - 1, column])
        if offsets is not None:
            stride = f(step["stride"])
            x = x * stride + offsets[len(maps) + number, row, column]
            y = y * stride + offsets[number, row, column]
        else:
            x, y = placed(x, wide, step["position"]), placed(y, high, step["position"])
        xy.append((x, y))
        scores.append(activated(plane[row, column], step["activation"]))
    return {"xy": np.array(xy, f), "scores": np.array(scores, f)}


def laid(planes: Array, layout: str) -> Array:
    """Gives planes [k, h, w] as the model would, with batch 1."""
    return np.ascontiguousarray(planes.transpose(1, 2, 0) if layout == "NHWC" else planes)[np.newaxis]


def heatmap_cases() -> Iterator[Case]:
    """Gives peaks in the middle, at borders, on plateaus, and with offsets."""
    rng = np.random.default_rng(201)

    def one(name: str, comment: str, maps: Any, **change: Any) -> Case:
        step = {**HEATMAP, **change}
        planes = np.array(maps, f)
        return valid(name, comment, {"value": laid(planes, step["layout"])}, peaks(step, planes), step=step)

    right = [[[0, 0, 0, 0], [0, 1, 4, 2], [0, 0, 0, 0]]]
    yield one("in-spec", "a quarter of a cell towards the larger neighbour on the right", right)
    yield one("quarter-down", "and one down", [[[0, 1, 0], [0, 4, 0], [0, 2, 0], [0, 0, 0]]])
    yield one("equal-neighbours", "none between equals", [[[0, 2, 0], [2, 4, 2], [0, 2, 0]]])
    yield one("corner-peak", "none at a border: the corner", [[[4, 3, 0], [3, 0, 0], [0, 0, 0]]])
    yield one("border-peak", "at the left border only down", [[[0, 0, 0], [4, 3, 0], [2, 0, 0]]])
    yield one("last-peak", "the last cell", [[[0, 0, 0], [0, 0, 3], [0, 3, 4]]])
    yield one("next-to-border", "a neighbour on the border counts", [[[0, 0, 0, 0], [2, 4, 1, 0], [0, 0, 0, 0]]])
    yield one("flat", "a map of equal values: the first cell", [[[1, 1, 1], [1, 1, 1]]])
    yield one("plateau", "of a plateau the first in reading order, moved along it", [[[0, 0, 0], [0, 4, 4], [0, 4, 4]]])
    yield one("plateau-border", "a plateau along the border", [[[0, 4, 4, 0], [0, 1, 1, 0]]])
    yield one("negative", "all below 0", [[[-4, -3, -4], [-2, -1, -3], [-4, -3, -4]]])
    yield one("one-cell", "a map of one cell", [[[3]]])
    yield one("one-row", "a map of one row", [[[1, 4, 2, 0]]])
    yield one("infinite", "an infinite peak", [[[0, 1, 0], [1, np.inf, 2], [0, 2, 0]]])
    yield one("none", "the cell itself", right, refine="none")
    yield one("center", "the middle of the cell", right, position="center")
    yield one("center-none", "the middle of the cell, not refined", right, position="center", refine="none")
    yield one("ends", "the first cell at 0, the last at 1", right, position="ends")
    yield one("ends-one-cell", "with one cell at 0", [[[3]]], position="ends")
    yield one("sigmoid", "the peak's logit as a score", right, activation="sigmoid")
    for layout in ("NHWC", "NCHW"):
        maps = rng.integers(0, 9, (17, 12, 9))
        yield one(f"random-{layout}", "17 keypoints, 12 x 9 cells, many ties", maps, layout=layout)
        smooth = rng.standard_normal((5, 64, 48))
        yield one(f"random-smooth-{layout}", "5 keypoints, 64 x 48 cells", smooth, layout=layout, position="center")
    for layout in ("NHWC", "NCHW"):
        step = {**OFFSETS, "layout": layout}
        maps, offsets = rng.standard_normal((3, 5, 4)).astype(f), (rng.standard_normal((6, 5, 4)) * 20).astype(f)
        given = {"value": laid(maps, layout), "outputs": {"offsets": laid(offsets, layout)}}
        yield valid(
            f"offsets-{layout}", "PersonLab: cell * stride + offset", given, peaks(step, maps, offsets), step=step
        )
    bad = "model/wrong-output"
    three = {"value": np.zeros((1, 3, 3), f)}
    yield invalid("rank", "heatmaps have four axes", three, bad, step=HEATMAP)
    yield invalid("batch", "a batch of two", {"value": np.zeros((2, 3, 3, 1), f)}, bad, step=HEATMAP)
    yield invalid("nothing", "no cells", {"value": np.zeros((1, 0, 3, 1), f)}, bad, step=HEATMAP)
    yield invalid("nan", "NaN", {"value": np.full((1, 2, 2, 1), np.nan, f)}, "model/nan-output", step=HEATMAP)
    few = {"value": np.zeros((1, 3, 3, 2), f), "outputs": {"offsets": np.zeros((1, 3, 3, 2), f)}}
    yield invalid("few-offsets", "two offsets a keypoint", few, bad, "offsets", step=OFFSETS)
    fine = {"value": np.zeros((1, 2, 2, 1), f)}
    unplaced = {key: value for key, value in HEATMAP.items() if key != "position"}
    yield invalid("needs-position", "no position", fine, "spec/inconsistent", "$", step=unplaced)
    yield invalid(
        "two-refinements", "stride without offsets", fine, "spec/inconsistent", "$", step={**HEATMAP, "stride": 4.0}
    )
    half = {**HEATMAP, "refine": "half"}
    yield invalid("refine", "a refinement that is not known", fine, "spec/unknown-value", "$.refine", step=half)


def landmark_cases() -> Iterator[Case]:
    """Gives flat vectors."""
    rng = np.random.default_rng(202)

    def one(name: str, comment: str, values: Any, **change: Any) -> Case:
        step = {**MARKS, **change}
        flat = np.array(values, f)
        rows = flat.reshape(-1, step["dimensions"])
        xy = rows[:, :2] if step["order"] == "xy" else rows[:, [1, 0]]
        place = step.get("score")
        scores = [f(1) if place is None else activated(row[place], step["activation"]) for row in rows]
        return valid(name, comment, {"value": flat}, {"xy": xy, "scores": np.array(scores, f)}, step=step)

    moved = {"dimensions": 3, "order": "yx", "score": 2, "activation": "none"}
    yield one("in-spec", "x and y of two points", [[0.25, 0.5, 0.75, 1.0]])
    yield one("one", "one point", [[0.25, 0.5]])
    yield one("yx", "down before across", [[0.25, 0.5, 0.75, 1.0]], order="yx")
    yield one("movenet", "y, x, score of 17 points, [1, 1, 17, 3]", rng.random((1, 1, 17, 3)), **moved)
    mesh = rng.random((1, 1, 1, 1404)) * 192
    yield one("mesh", "x, y, z of 468 points in pixels; z is passed over", mesh, dimensions=3)
    logit = {"activation": "sigmoid"}
    visibility = rng.standard_normal((1, 132))
    yield one("visibility", "the fourth number is a logit", visibility, dimensions=4, score=3, **logit)
    yield one("presence", "the fifth of five", rng.standard_normal((1, 165)), dimensions=5, score=4, **logit)
    yield one("third-of-five", "the third of five", rng.random((1, 50)), dimensions=5, score=2, activation="none")
    yield one("rank-one", "a bare vector", [0.25, 0.5])
    yield one("outside", "places beyond the picture stay so", [[-0.5, 1.5, 2.0, -3.0]])
    ends = [[0, 0, np.inf, 1, 1, -np.inf]]
    yield one("infinite", "an infinite score is 1 behind the sigmoid", ends, dimensions=3, score=2, **logit)
    yield one("hand", "21 points of a hand", rng.random((1, 63)) * 224, dimensions=3)
    yield one("sixteen", "sixteen numbers a point", rng.random((1, 32)), dimensions=16, score=15, activation="none")
    yield one("minus-zero", "-0 stays", [[-0.0, 0.0]])
    yield from landmarks_refused()


def landmarks_refused() -> Iterator[Case]:
    """Gives vectors that are no points, and steps that are wrong."""
    for name, comment, values, code in (
        ("odd", "5 numbers are no pairs", np.zeros((1, 5), f), "model/wrong-output"),
        ("nothing", "no numbers", np.zeros((1, 0), f), "model/wrong-output"),
        ("nan", "NaN", np.array([[0, np.nan]], f), "model/nan-output"),
    ):
        yield invalid(name, comment, {"value": values}, code, step=MARKS)
    fine = {"value": np.zeros((1, 4), f)}
    for name, comment, code, at, change in (
        ("score-alone", "a score without activation", "spec/inconsistent", "$", {"dimensions": 4, "score": 2}),
        ("score-beyond", "a score that no point has", "spec/inconsistent", "$", {"score": 2, "activation": "none"}),
        ("dimensions", "one number is no place", "spec/out-of-range", "$.dimensions", {"dimensions": 1}),
    ):
        yield invalid(name, comment, fine, code, at, step={**MARKS, **change})
