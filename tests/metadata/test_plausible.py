"""Specs that cannot be meant for a model, or hardly."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest

from satchel_metadata.errors import ModelError, SpecError
from satchel_metadata.plausible import check_model, doubts
from satchel_metadata.spec import Spec, Tensor, parse_spec
from satchel_metadata.tflite_front import Step, front_steps
from small_models import small_models

DECODE = {"op": "decode"}
RESIZE = {"op": "resize", "method": "tf.bilinear", "fit": "stretch", "width": 8, "height": 6}
HALF = {"op": "rescale", "divisor": 127.5, "offset": -1}
BY_255 = {"op": "rescale", "divisor": 255}
ROWS: list[dict[str, Any]] = [
    {"op": "columns", "columns": [{"name": "a", "kind": "number"}, {"name": "b", "kind": "number"}], "missing": []}
]
WINDOW: list[dict[str, Any]] = [{"op": "window", "length": 10, "hop": 5, "tail": "drop"}]


def spec(*steps: dict[str, Any], outputs: Any = None, start: Any = None) -> Spec:
    first = [DECODE, RESIZE] if start is None else start
    return parse_spec(
        {
            "satchel": "1.0",
            "name": "small",
            "task": "image_classification",
            "inputs": [{"name": "image", "steps": [*first, *steps]}],
            "outputs": outputs or [{"name": "scores", "steps": [{"op": "softmax"}]}],
        }
    )


def bound(made: Spec, shape: tuple[int, ...], dtype: Any = "float32", scale: Any = None, zero: Any = None) -> Spec:
    """The spec with a tensor of the artefact v/tflite for its input, and scores [1, 3] for each output."""
    tensor = Tensor(name="x", index=0, shape=shape, dtype=dtype, scale=scale, zero_point=zero)
    scores = Tensor(name="y", index=0, shape=(1, 3), dtype="float32")
    inputs = (made.inputs[0].model_copy(update={"tensor": {"v/tflite": tensor}}),)
    outputs = tuple(each.model_copy(update={"tensor": {"v/tflite": scores}}) for each in made.outputs)
    return made.model_copy(update={"inputs": inputs, "outputs": outputs})


@pytest.mark.parametrize(
    ("steps", "shape", "where", "words"),
    [
        ([], (1, 8, 6, 3), "$.inputs[0].steps[1]", "Make it 6 wide and 8 high"),
        (
            [{"op": "crop", "width": 4, "height": 4, "offset_rounding": "floor"}],
            (1, 6, 8, 3),
            "$.inputs[0].steps[2]",
            "4 x 4",
        ),
        ([], (1, 6, 8, 1), "$.inputs[0].steps", "Add color to GRAY"),
        ([], (1, 3, 6, 8), "$.inputs[0].steps", "Change layout to NCHW"),
        ([{"op": "layout", "to": "NCHW"}], (1, 6, 8, 3), "$.inputs[0].steps[2]", "Change layout to NHWC"),
        ([], (1, 144), "$.inputs[0].steps", "rank 4"),
        ([], (1, 6, 8, 4), "$.inputs[0].steps", "the model takes 4"),
    ],
)
def test_a_wrong_shape_is_told_at_the_step_that_makes_it(
    steps: list[dict[str, Any]], shape: tuple[int, ...], where: str, words: str
) -> None:
    with pytest.raises(SpecError, match=words) as caught:
        check_model(bound(spec(*steps), shape), "v/tflite", {})
    assert (caught.value.code, caught.value.where) == ("spec/shape-mismatch", where)


@pytest.mark.parametrize(
    ("start", "shape", "where"),
    [(ROWS, (1, 3), "$.inputs[0].steps[0]"), (WINDOW, (1, 12, 3), "$.inputs[0].steps[0]")],
)
def test_a_wrong_number_of_columns_or_samples_is_told_at_its_step(start: Any, shape: Any, where: str) -> None:
    with pytest.raises(SpecError, match="the model takes") as caught:
        check_model(bound(spec(start=start), shape), "v/tflite", {})
    assert (caught.value.code, caught.value.where) == ("spec/shape-mismatch", where)


@pytest.mark.parametrize(
    ("steps", "scale", "zero", "where"),
    [
        ([], 2 / 255, 128, "$.inputs[0].steps"),
        ([HALF], 1.0, 0, "$.inputs[0].steps[2]"),
    ],
)
def test_values_that_an_integer_tensor_cannot_hold_are_refused(
    steps: list[dict[str, Any]], scale: float, zero: int, where: str
) -> None:
    with pytest.raises(SpecError, match="are prepared") as caught:
        check_model(bound(spec(*steps), (1, 6, 8, 3), "uint8", scale, zero), "v/tflite", {})
    assert (caught.value.code, caught.value.where) == ("spec/range-mismatch", where)


@pytest.mark.parametrize(
    ("steps", "scale", "words"),
    [
        ([HALF], 2 / 255, None),
        ([BY_255], 2 / 255, None),
        ([HALF, {"op": "normalize", "mean": [0], "std": [0.4], "range": "-1..1"}], 2 / 255, "is cut off"),
        ([BY_255, {"op": "normalize", "mean": [0.5], "std": [2.5], "range": "0..1"}], 2 / 255, "never used"),
    ],
)
def test_values_that_fit_an_integer_tensor_badly_are_doubted(
    steps: list[dict[str, Any]], scale: float, words: str | None
) -> None:
    made = bound(spec(*steps), (1, 6, 8, 3), "uint8", scale, 128)
    check_model(made, "v/tflite", {})
    found = doubts(made, "v/tflite")
    assert [words in each.message for each in found if words] == ([True] if words else [])
    assert len(found) == (words is not None)


@pytest.mark.parametrize(
    ("steps", "where", "words"),
    [
        ([{"op": "normalize", "mean": [0.485], "std": [0.229], "range": "0..255"}], 2, "mean and std of at most 1"),
        ([BY_255, {"op": "normalize", "mean": [127], "std": [1], "range": "0..1"}], 3, "mean 127 lies outside"),
        ([BY_255, BY_255], 3, "hardly one value"),
        (
            [HALF, *[{"op": "normalize", "mean": [0.1], "std": [0.5], "range": "-1..1"}] * 2],
            4,
            "normalised a second time",
        ),
    ],
)
def test_mean_and_std_of_another_range_are_doubted(steps: list[dict[str, Any]], where: int, words: str) -> None:
    found = doubts(spec(*steps))
    assert [each.where for each in found] == [f"$.inputs[0].steps[{where}]"]
    assert words in found[0].message


def test_a_usual_preparation_raises_no_doubt() -> None:
    normalize = {"op": "normalize", "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "range": "0..1"}
    for steps in ([], [BY_255], [HALF], [BY_255, normalize]):
        assert doubts(spec(*steps)) == ()
    caffe = {"op": "normalize", "mean": [103.939, 116.779, 123.68], "std": [1], "range": "0..255"}
    assert doubts(spec({"op": "layout", "to": "NHWC"}, caffe)) == ()


def test_scaling_before_a_model_that_scales_is_doubted() -> None:
    front = [Step("MUL", np.array([1 / 127.5]), False), Step("SUB", np.array([1.0]), False)]
    assert doubts(spec(), front={"image": front}) == ()
    (found,) = doubts(spec(HALF), front={"image": front})
    assert found.where == "$.inputs[0].steps[2]"
    assert "scaled already" in found.message


def test_an_output_that_nothing_reads_is_doubted() -> None:
    outputs = [{"name": "scores", "steps": [{"op": "softmax"}]}, {"name": "more", "steps": []}]
    found = doubts(spec(outputs=outputs), unbound=("features",))
    assert [(each.where, "read by no step" in each.message) for each in found] == [
        ("$.outputs[1]", True),
        ("$.outputs", True),
    ]


def test_the_first_layers_of_a_tflite_are_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    models = small_models(tmp_path_factory.getbasetemp().parent)
    assert front_steps(models["small"]) == ()
    with pytest.raises(ModelError):
        front_steps(b"nothing")


def test_a_damaged_model_is_refused_by_its_code_or_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    model = small_models(tmp_path_factory.getbasetemp().parent)["small"]
    random = np.random.default_rng(7)
    for _ in range(300):
        damaged = bytearray(model)
        for place in random.integers(8, min(len(model), 4000), 3):
            damaged[place] = random.integers(256)
        with contextlib.suppress(ModelError):
            front_steps(bytes(damaged[: random.integers(8, len(model))]))


def test_values_beyond_binary32_are_infinite_and_no_traceback() -> None:
    made = bound(spec({"op": "rescale", "factor": 1e38}), (1, 6, 8, 3), "uint8", 1.0, 0)
    with pytest.raises(SpecError) as caught:
        check_model(made, "v/tflite", {})
    assert caught.value.code == "spec/range-mismatch"
    assert len(doubts(made, "v/tflite")) <= 1


def test_a_rescaling_layer_is_found_in_the_converted_model() -> None:
    import keras
    import tensorflow as tf

    image = keras.Input((32, 32, 3), batch_size=1)
    scaled = keras.layers.Rescaling(1 / 127.5, -1)(image)
    model = keras.Model(image, keras.layers.Conv2D(2, 3, padding="same", activation="relu")(scaled))
    found = front_steps(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    ends = np.array([[0.0], [255.0]])
    for step in found:
        ends = step.run(ends)
    np.testing.assert_allclose(ends, [[-1.0], [1.0]], atol=1e-6)
