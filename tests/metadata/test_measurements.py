"""Rows and signals whose values can hardly be meant for a model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from satchel_metadata.plausible import doubts
from satchel_metadata.spec import Spec, parse_spec
from satchel_metadata.tflite_front import Step, front_steps

COLUMNS = {
    "op": "columns",
    "columns": [{"name": "a", "kind": "number"}, {"name": "b", "kind": "number"}, {"name": "c", "kind": "category"}],
    "missing": [""],
}
FILL = {"op": "impute", "values": {"a": 5.0, "b": 90.0}}
SCALED = {"op": "standardize", "columns": ["a", "b"], "mean": [5.0, 60.0], "scale": [2.0, 10.0]}
ENCODED = {"op": "one_hot", "column": "c", "categories": ["x", "y"], "unknown": "error"}
ROW = [COLUMNS, FILL, SCALED, ENCODED]
WINDOW = {"op": "window", "length": 10, "hop": 5, "tail": "drop"}
OWN = {"op": "standardize"}
GIVEN = {"op": "standardize", "mean": [1.0, 2.0], "scale": [3.0, 4.0]}


def spec(steps: list[dict[str, Any]], scale: float | None = None, zero: int = 0, size: int = 4) -> Spec:
    """A spec of one input; with a scale its tensor is int8."""
    kind = {"dtype": "int8", "scale": scale, "zero_point": zero} if scale else {"dtype": "float32"}
    signal = any(step["op"] == "window" for step in steps)
    tensor = {"name": "x", "index": 0, "shape": [1, 10, 2] if signal else [1, size], **kind}
    return parse_spec(
        {
            "satchel": "1.0",
            "name": "small",
            "task": "generic",
            "inputs": [{"name": "in", "steps": steps, "tensor": {"v/tflite": tensor}}],
            "outputs": [{"name": "out", "steps": []}],
        }
    )


def told(made: Spec, front: list[Step] | None = None) -> list[tuple[str, str]]:
    found = doubts(made, "v/tflite", front={"in": front or []})
    return [(each.where.removeprefix("$.inputs[0].steps"), each.message) for each in found]


@pytest.mark.parametrize("steps", [ROW, [WINDOW, OWN], [GIVEN, WINDOW], [WINDOW]])
@pytest.mark.parametrize("scale", [None, 8 / 255])
def test_usual_rows_and_signals_raise_no_doubt(steps: list[dict[str, Any]], scale: float | None) -> None:
    assert told(spec(steps, scale)) == []


@pytest.mark.parametrize(
    ("steps", "scale", "zero", "where", "words"),
    [
        (ROW, 1 / 255, -128, "[2]", "values such as -1 and 3"),
        (ROW, 500 / 255, 0, "[2]", "hardly used"),
        ([COLUMNS, ENCODED], 0.5 / 255, -128, "[1]", "values such as 0 and 1"),
        ([COLUMNS, FILL, ENCODED], 8 / 255, -128, "[1]", "values such as 90 and 90"),
        ([WINDOW, OWN], 1 / 255, -128, "[1]", "is cut off"),
        ([GIVEN, WINDOW], 500 / 255, 0, "[0]", "hardly used"),
    ],
)
def test_values_that_an_integer_tensor_holds_badly_are_doubted_at_their_step(
    steps: list[dict[str, Any]], scale: float, zero: int, where: str, words: str
) -> None:
    ((found, message),) = told(spec(steps, scale, zero))
    assert found == where
    assert words in message


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        ([*ROW, SCALED], "[4]"),
        ([WINDOW, OWN, OWN], "[2]"),
        ([GIVEN, WINDOW, OWN], "[2]"),
        ([GIVEN, GIVEN, WINDOW], "[1]"),
    ],
)
def test_values_that_are_standardised_twice_are_doubted_at_the_second_step(
    steps: list[dict[str, Any]], where: str
) -> None:
    ((found, message),) = told(spec(steps))
    assert found == where
    assert "standardised a second time" in message


def test_values_that_the_model_standardises_too_are_doubted() -> None:
    front = [Step("SUB", np.array([5.0, 60.0, 0.0, 0.0]), False), Step("DIV", np.array([2.0, 10.0, 1.0, 1.0]), False)]
    ((found, message),) = told(spec(ROW), front)
    assert found == "[2]"
    assert "the model's own first layers" in message
    assert told(spec([COLUMNS, FILL, ENCODED]), front) == []
    usual = [Step("MUL", np.array([1.1, 0.9, 1.0, 1.0]), False), Step("ADD", np.array([0.1]), False)]
    assert told(spec(ROW), usual) == []


def test_a_normalization_layer_is_found_in_the_converted_model() -> None:
    import keras
    import tensorflow as tf

    row = keras.Input((4,), batch_size=1)
    layer = keras.layers.Normalization(mean=[5.0, 60.0, 0.0, 0.0], variance=[4.0, 100.0, 1.0, 1.0])
    model = keras.Model(row, keras.layers.Dense(3, activation="tanh")(layer(row)))
    front = list(front_steps(tf.lite.TFLiteConverter.from_keras_model(model).convert()))
    assert [where for where, _ in told(spec(ROW), front)] == ["[2]"]
