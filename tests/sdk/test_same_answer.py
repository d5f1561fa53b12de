"""When an answer counts as the expected one."""

from __future__ import annotations

from typing import Any

import pytest

from satchel.same_answer import same_answer

BOUND = 1e-3


def classes(*pairs: tuple[int, float]) -> dict[str, Any]:
    return {"classes": [{"index": index, "label": None, "score": score} for index, score in pairs]}


def objects(*each: tuple[int, float, float]) -> dict[str, Any]:
    found = [{"index": index, "score": score, "box": [left, 0.0, 100.0, 100.0]} for index, score, left in each]
    return {"objects": found}


def mask(ones: int, width: int = 100) -> dict[str, Any]:
    return {"mask": {"width": width, "height": 100, "indices": [0, 1], "counts": [width * 100 - ones, ones]}}


def points(x: float, score: float | None = None) -> dict[str, Any]:
    return {"keypoints": [{"x": x, "y": 200.0, "score": score}]}


def values(*each: float) -> dict[str, Any]:
    return {"values": list(each)}


ALIKE = {
    "classes that change places": (classes((0, 0.5), (1, 0.4999)), classes((1, 0.5), (0, 0.4999))),
    "objects that change places": (objects((0, 0.9, 5), (0, 0.9, 50)), objects((0, 0.9, 50), (0, 0.9, 5))),
    "an object a little away": (objects((0, 0.9, 5)), objects((0, 0.9001, 5.5))),
    "a few pixels of a mask": (mask(5000), mask(5009)),
    "a point a little away": (points(10, 0.5), points(10.5, 0.5005)),
    "a value a little away": (values(100, 1), values(100.1, 1.1)),
    "windows alike": ({**values(1), "windows": [{"start": 4, **values(1)}]},
                      {**values(1), "windows": [{"start": 4, **values(1.001)}]}),
}  # fmt: skip
APART = {
    "another class": (classes((0, 0.9), (1, 0.1)), classes((1, 0.9), (0, 0.1))),
    "one class fewer": (classes((0, 0.9), (1, 0.1)), classes((0, 0.9))),
    "an object of another class": (objects((0, 0.9, 5)), objects((1, 0.9, 5))),
    "an object far away": (objects((0, 0.9, 5)), objects((0, 0.9, 20))),
    "two objects for one": (objects((0, 0.9, 5), (0, 0.9, 60)), objects((0, 0.9, 5), (0, 0.9, 5))),
    "many pixels of a mask": (mask(5000), mask(5011)),
    "a mask of another size": (mask(5000), mask(5000, 101)),
    "a point far away": (points(10), points(40)),
    "a point without its score": (points(10, 0.5), points(10)),
    "a value far away": (values(100, 1), values(100, 1.3)),
    "a value more": (values(1), values(1, 1)),
    "another kind of answer": (values(1), classes((0, 1.0))),
    "windows that begin elsewhere": ({**values(1), "windows": [{"start": 4, **values(1)}]},
                                     {**values(1), "windows": [{"start": 5, **values(1)}]}),
    "windows where there were none": (values(1), {**values(1), "windows": [{"start": 4, **values(1)}]}),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_what_is_within_the_bound_is_the_same_answer_but_not_identical(name: str) -> None:
    wanted, found = ALIKE[name]
    assert same_answer(wanted, found, BOUND)
    assert not same_answer(wanted, found, 0)
    assert same_answer(wanted, wanted, 0)
    assert same_answer(found, found, 0)


@pytest.mark.parametrize("name", APART)
def test_what_is_beyond_the_bound_is_another_answer(name: str) -> None:
    wanted, found = APART[name]
    assert not same_answer(wanted, found, BOUND)


def test_what_has_no_value_may_be_absent() -> None:
    assert same_answer(values(1), {**values(1), "classes": None}, 0)
