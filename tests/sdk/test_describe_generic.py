"""Descriptions of models whose answer is their numbers, and of any others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import satchel
from satchel.answer import Answer
from satchel_metadata.answers import answer_json
from satchel_metadata.errors import SpecError
from satchel_metadata.pipeline import Pipeline

ROW = [{"op": "columns", "columns": [{"name": "x", "kind": "number"}], "missing": [""]}]


def test_an_embedding_takes_a_picture_and_gives_its_numbers() -> None:
    made = satchel.embedding(size=8, resize="pillow.box", range="0..1", output="vector", name="faces")
    pipeline = Pipeline(made.spec, made.labels)
    tensor = pipeline.prepare(np.full((9, 7, 3), 51, np.uint8))["image"]
    assert (tensor.shape, np.unique(tensor).tolist()) == ((1, 8, 8, 3), [np.float32(0.2)])
    answer = pipeline.read({"vector": np.float32([[0.1, -2.0]])})
    assert answer.to_json() == {"values": [float(np.float32(0.1)), -2.0]}
    assert (made.spec.task, made.spec.name, made.labels) == ("embedding", "faces", {})


def test_any_model_is_described_by_its_steps() -> None:
    reading = [{"op": "denormalize", "mean": [10.0], "std": [2.0]}, {"op": "round", "decimals": 0, "rounding": "floor"}]
    made = satchel.generic(inputs={"row": ROW}, outputs={"price": reading, "unused": []})
    pipeline = Pipeline(made.spec, made.labels)
    assert pipeline.prepare({"x": "2.5", "y": "z"})["row"].tolist() == [[2.5]]
    assert pipeline.read({"price": np.float32([[0.75]])}).to_json() == {"values": [11.0]}


def test_labels_are_there_for_a_step_that_names_them() -> None:
    made = satchel.generic(
        inputs={"row": ROW}, outputs={"kind": [{"op": "label", "labels": "classes"}]}, labels=["a", "b"]
    )
    answer = Pipeline(made.spec, made.labels).read({"kind": np.float32([[0.25, 0.75]])})
    assert answer.top is not None
    assert answer.top.label == "b"


def test_two_outputs_without_steps_leave_open_which_one_answers() -> None:
    made = satchel.generic(inputs={"row": ROW}, outputs=["a", "b"])
    with pytest.raises(SpecError) as caught:
        Pipeline(made.spec, made.labels)
    assert caught.value.code == "spec/no-answer"


def test_a_wrong_step_is_named_by_its_path() -> None:
    with pytest.raises(SpecError) as caught:
        satchel.generic(inputs={"row": [{"op": "column"}]})
    assert (caught.value.code, caught.value.where) == ("spec/unknown-op", "$.inputs[0].steps[0]")


def test_an_answer_gives_the_same_json_with_timings_beside() -> None:
    answer = Answer(values=np.float32([1.5]), timings={"total": 0.5}, variant="int8")
    assert answer.to_json() == {**answer_json(answer), "variant": "int8", "timings": {"total": 0.5}}


@pytest.mark.parametrize(
    "build",
    [
        lambda told: satchel.generic(inputs={"image": [{"op": "decode"}]}, **told),
        lambda told: satchel.embedding(size=8, **told),
        lambda told: satchel.segmentation(labels=["a", "b"], size=8, **told),
        lambda told: satchel.tabular_regression(columns=["a"], **told),
        lambda told: satchel.signal_classification(labels=["a", "b"], window=8, **told),
    ],
)
def test_an_argument_that_a_builder_does_not_have_is_refused(build: Any) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'licence', did you mean 'license'"):
        build({"licence": "MIT"})
    assert build({"license": "MIT"}).spec.license == "MIT"
