"""Vectors of what is read from scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from generators.base import Array, Case, VectorFile, invalid, valid

F = np.float32
INF = F(np.inf)


def files() -> Iterator[VectorFile]:
    numpy = np.__version__
    yield VectorFile("softmax/numpy.json", "NumPy", numpy, activations("softmax", softmax))
    yield VectorFile("softmax/masks.json", "NumPy", numpy, places())
    yield VectorFile("sigmoid/numpy.json", "NumPy", numpy, activations("sigmoid", sigmoid))
    yield VectorFile("top_k/numpy.json", "NumPy", numpy, top_k())
    yield VectorFile("threshold/numpy.json", "NumPy", numpy, threshold())
    yield VectorFile("label/numpy.json", "NumPy", numpy, label())


def softmax(logits: Array) -> Array:
    """Gives exp in binary64 rounded to binary32, divided by the sum in index order."""
    powers = np.exp((logits - logits.max()).astype(np.float64)).astype(F)
    return powers / np.add.accumulate(powers)[-1]


def sigmoid(logits: Array) -> Array:
    """Gives 1 / (1 + exp(-x)), exp in binary64 rounded to binary32."""
    with np.errstate(over="ignore"):
        return F(1) / (F(1) + np.exp(-logits.astype(np.float64)).astype(F))


def places() -> Iterator[Case]:
    """Gives softmax at each place of a mask: that of the row of its classes."""
    rng = np.random.default_rng(14)

    def one(name: str, comment: str, planes: Any, layout: str = "NHWC") -> Case:
        given = np.array(planes, F)
        axis = 3 if layout == "NHWC" else 1
        found = np.apply_along_axis(softmax, axis, given).astype(F)
        return valid(name, comment, given, found, steps=[{"op": "softmax", "layout": layout}])

    def wrong(name: str, comment: str, given: Array, code: str, layout: str = "NHWC") -> Case:
        return invalid(name, comment, given, code, steps=[{"op": "softmax", "layout": layout}])

    yield one("in-spec", "two classes at two places", [[[[1, 3], [2, 2]]]])
    yield one("nchw", "classes before rows", (rng.standard_normal((1, 3, 2, 4)) * 5).astype(F), "NCHW")
    yield one("nhwc", "classes last", (rng.standard_normal((1, 2, 4, 3)) * 5).astype(F))
    yield one("one-class", "one class has all", rng.standard_normal((1, 2, 2, 1)).astype(F))
    yield one("one-place", "21 classes at one place", (rng.standard_normal((1, 1, 1, 21)) * 9).astype(F))
    yield one("one-row", "one row, classes before it", rng.standard_normal((1, 2, 1, 7)).astype(F), "NCHW")
    yield one("many-classes", "1000 classes, summed in their order", rng.standard_normal((1, 1, 2, 1000)).astype(F))
    yield one("far", "scores that lie far apart", [[[[1000, -1000], [-1000, 1000]]]])
    yield one("equal", "equal scores", np.full((1, 2, 2, 5), 2.5, F))
    yield one("minus-infinity", "a class that is none", [[[[-np.inf, 1], [0, 0]]]])
    yield wrong("rank", "a row has no layout", np.zeros((1, 3), F), "model/wrong-output")
    yield wrong("batch", "a batch of two", np.zeros((2, 1, 1, 3), F), "model/wrong-output")
    yield wrong("nothing", "no places", np.zeros((1, 0, 2, 3), F), "model/wrong-output")
    yield wrong("nan", "NaN at one place", np.array([[[[0, 1], [0, np.nan]]]], F), "model/nan-output")
    yield wrong("infinite", "an infinity less an infinity", np.array([[[[np.inf, 1]]]], F), "model/nan-output")
    yield wrong("layout", "no such layout", np.zeros((1, 1, 1, 3), F), "spec/unknown-value", "HWC")


def rows() -> Iterator[tuple[str, str, Array]]:
    """Gives rows of scores."""
    rng = np.random.default_rng(13)
    for width in (1, 2, 3, 10, 17, 1000):
        yield f"width-{width}", f"{width} classes", (rng.standard_normal(width) * 8).astype(F)
    yield "one-two-three", "1, 2, 3", np.array([1, 2, 3], F)
    yield "equal", "equal scores", np.full(5, 2.5, F)
    yield "zeros", "0 and -0", np.array([0.0, -0.0, 0.0], F)
    yield "far", "scores that lie far apart: powers of 0", np.array([1000, 0, -1000], F)
    yield "large", "large scores: the largest is taken off first", np.array([3e38, 3e38, 1e38], F)
    yield "tiny", "scores that hardly differ", np.array([1.0, 1.0 + 2**-23, 1.0 - 2**-24], F)
    yield "subnormal", "powers that are subnormal in binary32", np.array([0, -88, -95, -103, -104], F)
    yield "halves", "powers of two", (2.0 ** np.arange(-8, 8)).astype(F)
    yield "negative", "all negative", np.array([-5, -4.5, -4.25, -120], F)


def activations(op: str, function: Any) -> Iterator[Case]:
    example = np.array([1, 2, 3] if op == "softmax" else [1], F)
    comment = "the example of SPEC.md"
    yield valid("in-spec", comment, example[np.newaxis], function(example)[np.newaxis], steps=[{"op": op}])
    for name, comment, row in rows():
        yield valid(name, comment, row[np.newaxis], function(row)[np.newaxis], steps=[{"op": op}])
    low = np.array([1, -INF, 2], F)
    yield valid(
        "minus-infinity",
        "a score of -infinity has no share",
        low[np.newaxis],
        function(low)[np.newaxis],
        steps=[{"op": op}],
    )
    nan = np.array([[1, np.nan, 2]], F)
    yield invalid("nan", "NaN in a score is an error", nan, "model/nan-output", steps=[{"op": op}])
    two = [{"op": op}, {"op": op}]
    yield invalid("twice", "it is done once", nan, "spec/impossible-step", "$.outputs[0].steps[1]", steps=two)
    yield invalid(
        "unknown-key",
        "a key that is not known",
        nan,
        "spec/unknown-key",
        "$.outputs[0].steps[0].axis",
        steps=[{"op": op, "axis": 1}],
    )
    if op == "softmax":
        high = np.array([[1, np.inf]], F)
        yield invalid("infinity", "infinity less infinity is NaN", high, "model/nan-output", steps=[{"op": op}])


def answer(row: Array, order: Any, labels: list[str] | None = None) -> dict[str, Any]:
    """Gives an answer's JSON."""
    found = [{"index": int(index), "score": float(row[index])} for index in order]
    return {"classes": [{**each, "label": labels[each["index"]] if labels else None} for each in found]}


def best(row: Array) -> Array:
    """Gives indices, the highest score first, the lower index first among equals: a stable sort."""
    return np.argsort(-row, kind="stable")


TIES = np.array([0.1, 0.4, 0.4, 0.1, 0.25], F)


def top_k() -> Iterator[Case]:
    row, steps = TIES[:4], [{"op": "top_k", "k": 3}]
    yield valid("in-spec", "the example of SPEC.md", row[np.newaxis], answer(row, best(row)[:3]), steps=steps)
    for name, comment, row in rows():
        k = max(1, len(row) // 2)
        steps = [{"op": "top_k", "k": k}]
        yield valid(name, f"{comment}: the best {k}", row[np.newaxis], answer(row, best(row)[:k]), steps=steps)
    for k in (1, 2, 3, 5, 6, 100000):
        comment = f"the best {k} of five with equals: the lower index first"
        yield valid(
            f"ties-{k}", comment, TIES[np.newaxis], answer(TIES, best(TIES)[:k]), steps=[{"op": "top_k", "k": k}]
        )
    yield valid("none", "without top_k all classes, best first", TIES[np.newaxis], answer(TIES, best(TIES)), steps=[])
    steps = [{"op": "softmax"}, {"op": "top_k", "k": 2}]
    logits = np.array([1, 2, 3], F)
    shares = softmax(logits)
    yield valid("behind-softmax", "of the shares", logits[np.newaxis], answer(shares, best(shares)[:2]), steps=steps)
    nan = np.array([[1, np.nan]], F)
    yield invalid("nan", "NaN in a score is an error", nan, "model/nan-output", steps=[{"op": "top_k", "k": 1}])
    at = "$.outputs[0].steps[0]"
    for name, comment, step, code, key in (
        ("zero", "k is at least 1", {"k": 0}, "spec/out-of-range", ".k"),
        ("half", "k is a whole number", {"k": 1.5}, "spec/wrong-type", ".k"),
        ("no-k", "k has no default", {}, "spec/missing-key", ".k"),
    ):
        yield invalid(name, comment, TIES[np.newaxis], code, f"{at}{key}", steps=[{"op": "top_k", **step}])


def threshold() -> Iterator[Case]:
    row, steps = TIES[:4], [{"op": "threshold", "score": 0.4}]
    order = [index for index in best(row) if row[index] >= F(0.4)]
    yield valid("in-spec", "the example of SPEC.md", row[np.newaxis], answer(row, order), steps=steps)
    for place, score in enumerate((0.0, -1.0, 0.1, 0.10000001, 0.25, 0.4, 0.4000001, 0.39999998, 1.0, 1e-40, 1e30)):
        order = [index for index in best(TIES) if TIES[index] >= F(score)]
        comment = f"score >= {score!r} rounded to binary32"
        yield valid(
            f"ties-{place}", comment, TIES[np.newaxis], answer(TIES, order), steps=[{"op": "threshold", "score": score}]
        )
    logits = np.array([3, 1, 2, 3], F)
    shares = softmax(logits)
    steps = [{"op": "softmax"}, {"op": "top_k", "k": 3}, {"op": "threshold", "score": 0.2}]
    order = [index for index in best(shares)[:3] if shares[index] >= F(0.2)]
    yield valid("behind-top_k", "the shares of the best three", logits[np.newaxis], answer(shares, order), steps=steps)
    twice = [{"op": "threshold", "score": 0.1}, {"op": "threshold", "score": 0.3}]
    order = [index for index in best(TIES) if TIES[index] >= F(0.3)]
    yield valid("twice", "twice", TIES[np.newaxis], answer(TIES, order), steps=twice)
    at = "$.outputs[0].steps[0]"
    yield invalid(
        "no-score",
        "score has no default",
        TIES[np.newaxis],
        "spec/missing-key",
        f"{at}.score",
        steps=[{"op": "threshold"}],
    )
    yield invalid(
        "text",
        "a score is a number",
        TIES[np.newaxis],
        "spec/wrong-type",
        f"{at}.score",
        steps=[{"op": "threshold", "score": "0.5"}],
    )


LABELS = ["tench", "crane", "déjà vu", "crane", "a label, with a comma"]


def label() -> Iterator[Case]:
    step = {"op": "label", "labels": "classes"}
    two, names = TIES[:2], ["cat", "dog"]
    expected = answer(two, best(two), names)
    yield valid("in-spec", "the example of SPEC.md", two[np.newaxis], expected, steps=[step], labels=names)
    rng = np.random.default_rng(31)
    for number in range(12):
        row = np.round(rng.random(5), number % 3).astype(F)
        k = number % 5 + 1
        expected = answer(row, best(row)[:k], LABELS)
        yield valid(
            f"random-{number}",
            f"the best {k}, with their labels",
            row[np.newaxis],
            expected,
            steps=[{"op": "top_k", "k": k}, step],
            labels=LABELS,
        )
    yield valid(
        "alone",
        "all classes; the same label may stand twice",
        TIES[np.newaxis],
        answer(TIES, best(TIES), LABELS),
        steps=[step],
        labels=LABELS,
    )
    steps = [{"op": "sigmoid"}, {"op": "threshold", "score": 0.55}, step]
    shares = sigmoid(TIES)
    order = [index for index in best(shares) if shares[index] >= F(0.55)]
    yield valid(
        "behind-threshold", "what is left", TIES[np.newaxis], answer(shares, order, LABELS), steps=steps, labels=LABELS
    )
    at = "$.outputs[0].steps[0]"
    given = TIES[np.newaxis]
    yield invalid(
        "no-list",
        "the list is named",
        given,
        "spec/missing-key",
        f"{at}.labels",
        steps=[{"op": "label"}],
        labels=LABELS,
    )
    other = [{"op": "label", "labels": "breeds"}]
    yield invalid("unknown-list", "and is there", given, "spec/inconsistent", steps=other, labels=LABELS)
    yield invalid(
        "twice",
        "it is done once",
        given,
        "spec/impossible-step",
        "$.outputs[0].steps[1]",
        steps=[step, step],
        labels=LABELS,
    )
