"""Descriptions of tables and signals: what the builders make of an author's words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

import satchel
from satchel.describe import Description
from satchel_metadata.errors import SpecError
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.values import Signal

LABELS = ["a", "b", "c"]


def steps(made: Description) -> list[dict[str, Any]]:
    return [step.model_dump(exclude_none=True) for step in made.spec.inputs[0].steps]


def reading(made: Description) -> list[dict[str, Any]]:
    return [step.model_dump(exclude_none=True) for step in made.spec.outputs[0].steps]


def prepared(made: Description, thing: Any) -> Any:
    return next(iter(Pipeline(made.spec, made.labels).prepare(thing).values()))


def test_columns_by_name_are_numbers_that_a_fitted_scaler_scales() -> None:
    table = np.random.default_rng(1).normal(3, 2, (40, 2))
    scaler = StandardScaler().fit(table)
    made = satchel.tabular_classification(columns=["x", "y"], labels=LABELS, scaler=scaler)
    found = prepared(made, {"x": str(table[0, 0]), "y": table[0, 1]})
    assert found.tolist() == scaler.transform(table[:1]).astype(np.float32).tolist()


def test_every_class_is_ranked_unless_told() -> None:
    assert reading(satchel.tabular_classification(columns=["x"], labels=LABELS, activation="softmax")) == [
        {"op": "softmax"},
        {"op": "top_k", "k": 3},
        {"op": "label", "labels": "classes"},
    ]


def test_a_column_with_categories_is_encoded_in_its_place() -> None:
    made = satchel.tabular_regression(
        columns={"age": "number", "town": ["Oslo", "Rome"], "size": "number"},
        impute={"age": 33, "town": "Rome"},
        mean={"age": 30},
        scale={"age": 10},
        missing=["", "?"],
    )
    assert steps(made) == [
        {
            "op": "columns",
            "columns": (
                {"name": "age", "kind": "number"},
                {"name": "town", "kind": "category"},
                {"name": "size", "kind": "number"},
            ),
            "missing": ("", "?"),
        },
        {"op": "impute", "values": {"age": 33.0, "town": "Rome"}},
        {"op": "standardize", "columns": ("age",), "mean": (30.0,), "scale": (10.0,)},
        {"op": "one_hot", "column": "town", "categories": ("Oslo", "Rome"), "unknown": "error"},
    ]
    assert prepared(made, {"age": "?", "town": "", "size": "7"}).tolist() == [[np.float32(0.3), 0, 1, 7]]


def test_a_regression_answers_with_the_output_itself() -> None:
    made = satchel.tabular_regression(columns=["x"])
    answer = Pipeline(made.spec, {}).read({"values": np.array([[2.5, -1]], np.float32)})
    assert answer.to_json() == {"values": [2.5, -1.0]}


def test_a_target_that_was_standardised_is_brought_back() -> None:
    made = satchel.tabular_regression(columns=["x"], target_mean=10, target_std=[2, 4])
    answer = Pipeline(made.spec, {}).read({"values": np.array([[2.5, -1]], np.float32)})
    assert answer.to_json() == {"values": [15.0, 6.0]}


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"columns": "x"}, "columns"),
        ({"columns": ["x", "x"]}, "columns"),
        ({"columns": {"x": "text"}}, "columns"),
        ({"columns": ["x", "y"], "mean": [1]}, "mean"),
        ({"columns": ["x"], "scaler": object()}, "scaler"),
        ({"columns": ["x"], "scaler": StandardScaler()}, "scaler"),
        ({"columns": ["x"], "scale": 0}, "$.inputs[0].steps[1]"),
    ],
)
def test_words_that_contradict_each_other_are_refused(options: dict[str, Any], where: str) -> None:
    with pytest.raises(SpecError) as caught:
        satchel.tabular_regression(**options)
    assert (caught.value.code, caught.value.where) == ("spec/inconsistent", where)


def test_a_signal_is_resampled_cut_detrended_and_scaled_in_that_order() -> None:
    made = satchel.signal_classification(
        labels=LABELS, channels=["x", "y"], rate=20, recorded_rate=50, window=40, hop=20, detrend="constant",
        standardize="window", layout="NCL",
    )  # fmt: skip
    assert [step["op"] for step in steps(made)] == [
        "columns", "resample", "window", "detrend", "standardize", "layout",
    ]  # fmt: skip
    windows = Pipeline(made.spec, made.labels).windows(Signal(np.ones((200, 2)), 50))
    assert [(each.start, each.tensors["signal"].shape) for each in windows] == [
        (0, (1, 2, 40)),
        (20, (1, 2, 40)),
        (40, (1, 2, 40)),
    ]


def test_windows_do_not_overlap_unless_told() -> None:
    made = satchel.signal_classification(labels=LABELS, window=16)
    assert steps(made) == [
        {"op": "window", "length": 16, "hop": 16, "tail": "drop"},
        {"op": "layout", "to": "NLC"},
    ]


def test_the_answer_of_several_windows_is_that_of_their_mean() -> None:
    made = satchel.signal_classification(labels=["a", "b"], window=2)
    rows = ([0.5, 0.25], [0.25, 1.0])
    outputs = [(start, {"probabilities": np.array([row], np.float32)}) for start, row in enumerate(rows)]
    answer = Pipeline(made.spec, made.labels).read_windows(outputs).to_json()
    assert [(each["label"], each["score"]) for each in answer["classes"]] == [("b", 0.625), ("a", 0.375)]
    assert [each["classes"][0]["label"] for each in answer["windows"]] == ["a", "b"]


def test_sound_is_a_flat_row_of_samples_filled_up_with_silence() -> None:
    made = satchel.audio_classification(labels=LABELS, window=8, rate=16000)
    assert prepared(made, [0.5, -0.25, 0.125]).tolist() == [[0.5, -0.25, 0.125, 0, 0, 0, 0, 0]]


def test_a_rate_without_the_models_own_is_refused() -> None:
    with pytest.raises(SpecError, match="recorded_rate"):
        satchel.signal_classification(labels=LABELS, window=4, recorded_rate=50)


def test_text_waits_for_the_next_version_and_says_so() -> None:
    with pytest.raises(SpecError, match=r"version 1\.1") as caught:
        satchel.text_classification(labels=LABELS)
    assert caught.value.code == "spec/reserved"
