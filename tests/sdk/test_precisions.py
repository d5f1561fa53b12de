"""The numeric passes: each precision is really there, its numbers are right, and what cannot have it is named."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from satchel.recipes import Context, Int4, Int8, Int16x8, Mixed, Recipe, Variant, WeightOnly, named, run
from satchel_converters import keras_tflite, precision
from satchel_converters.calibration import SMOOTHING, Histogram
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, ModelError, SpecError

SIDE, COUNT = 16, 12


@pytest.fixture(scope="module")
def keras() -> Any:
    """Gives Keras 3, imported as the converters import it."""
    with tensorflow():
        import keras

        return keras


@pytest.fixture(scope="module")
def model(keras: Any) -> bytes:
    """Gives the float .tflite of a convolution, a depthwise one and two dense layers."""
    keras.utils.set_random_seed(3)
    image = keras.Input((SIDE, SIDE, 3), name="image")
    features = keras.layers.Conv2D(8, 3, activation="relu", name="first")(image)
    features = keras.layers.DepthwiseConv2D(3, activation="relu", name="deep")(features)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    dense = keras.layers.Dense(16, activation="relu", name="middle")(pooled)
    return keras_tflite.float32(keras.Model(image, keras.layers.Dense(4, activation="softmax", name="last")(dense)))


@pytest.fixture(scope="module")
def dense_model(keras: Any) -> bytes:
    """Gives the float .tflite of one dense layer without activation: its output is the affine mapping itself."""
    keras.utils.set_random_seed(4)
    given = keras.Input((6,), name="row")
    return keras_tflite.float32(keras.Model(given, keras.layers.Dense(5, name="only")(given)))


@pytest.fixture(scope="module")
def context() -> Context:
    """Gives calibration inputs whose reach grows from one to the next."""
    drawn = np.random.default_rng(5)
    return Context([{"image": drawn.normal(0, 1 + k / 4, (1, SIDE, SIDE, 3)).astype(np.float32)} for k in range(COUNT)])


def inputs_range(variant: Variant) -> tuple[float, float]:
    """Gives the range of the model's input that was calibrated."""
    ((_, facts),) = variant.facts
    (name,) = (name for name in facts["tensors"] if "image" in name)
    return facts["tensors"][name]["min"], facts["tensors"][name]["max"]


def require_percentiles(found: tuple[float, float], values: NDArray[Any], cut: float) -> None:
    """Requires both ends to lie between the values next to numpy's percentiles, to the width of a bin."""
    width = 2 * float(np.abs(values).max()) / 8191
    for end, share in zip(found, (cut, 100 - cut), strict=True):
        below, above = (np.percentile(values, share, method=each) for each in ("lower", "higher"))
        assert below - width <= end <= above + width


def made(step: Any, model: bytes, context: Context | None = None) -> Variant:
    """Runs one pass."""
    return run(Recipe("mine", (step,)), model, context)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("float16", "float16"),
        ("dynamic_range", "dynamic_range"),
        ("weight_only", "weight_only"),
        ("int8", "int8"),
        ("int8_per_tensor", "int8"),
        ("int16x8", "int16x8"),
    ],
)
def test_every_layer_has_the_precision_promised(name: str, layers: str, model: bytes, context: Context) -> None:
    found = precision.of_layers(run(named(name), model, context).tflite)
    assert found == (layers,) * 4


def _stored(model: bytes) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Gives the only kernel of a dense model as it is stored, with its scales and zero points."""
    interpreter = Interpreter(model_content=model)
    (kernel,) = (
        each
        for each in interpreter.get_tensor_details()
        if tuple(each["shape"]) == (5, 6) and each["quantization_parameters"]["scales"].size
    )
    told = kernel["quantization_parameters"]
    return interpreter.get_tensor(kernel["index"]), told["scales"], told["zero_points"]


def _float_kernel(model: bytes) -> NDArray[Any]:
    interpreter = Interpreter(model_content=model)
    (kernel,) = (each for each in interpreter.get_tensor_details() if tuple(each["shape"]) == (5, 6))
    return np.asarray(interpreter.get_tensor(kernel["index"]))


def test_a_weight_is_its_nearest_of_255_levels_of_its_channel(dense_model: bytes) -> None:
    kernel = _float_kernel(dense_model)
    stored, scales, zeros = _stored(made(WeightOnly(), dense_model).tflite)
    expected = np.abs(kernel).max(axis=1) / 127
    np.testing.assert_allclose(scales, expected, rtol=1e-6)
    assert not zeros.any()
    np.testing.assert_array_equal(stored, np.round(kernel / expected[:, None]))


def test_per_tensor_has_one_scale_for_the_whole_kernel(dense_model: bytes) -> None:
    rows = [{"row": np.linspace(-1, 1, 6, dtype=np.float32)[None]}]
    stored, scales, _ = _stored(made(Int8(per_channel=False), dense_model, Context(rows)).tflite)
    kernel = _float_kernel(dense_model)
    np.testing.assert_allclose(scales, [np.abs(kernel).max() / 127], rtol=1e-6)
    np.testing.assert_array_equal(stored, np.round(kernel / scales[0]))


def test_int16_activations_are_symmetric(dense_model: bytes) -> None:
    rows = [{"row": np.array([[-0.5, 0, 1, 2, 3, 4]], np.float32)}]
    interpreter = Interpreter(model_content=made(Int16x8(), dense_model, Context(rows)).tflite)
    interpreter.allocate_tensors()
    found = [each for each in interpreter.get_tensor_details() if each["dtype"] == np.int16]
    assert found
    assert all(each["quantization"][1] == 0 for each in found)
    (given,) = (each for each in found if tuple(each["shape"]) == (1, 6))
    assert given["quantization"][0] == pytest.approx(4 / 32767, rel=1e-6)


def test_min_max_reaches_over_all_samples(model: bytes, context: Context) -> None:
    values = np.concatenate([each["image"] for each in context.calibration])
    assert inputs_range(made(Int8(), model, context)) == (values.min(), values.max())


def test_a_moving_average_is_that_of_each_samples_ends(model: bytes, context: Context) -> None:
    (first, *others) = context.calibration
    least, most = float(first["image"].min()), float(first["image"].max())
    for each in others:
        least = SMOOTHING * least + (1 - SMOOTHING) * float(each["image"].min())
        most = SMOOTHING * most + (1 - SMOOTHING) * float(each["image"].max())
    found = inputs_range(made(Int8(calibration="moving_average"), model, context))
    assert found == pytest.approx((least, most), rel=1e-6)


def test_a_percentile_is_numpys_over_all_values(model: bytes, context: Context) -> None:
    values = np.concatenate([each["image"] for each in context.calibration])
    found = inputs_range(made(Int8(calibration="percentile"), model, context))
    require_percentiles(found, values, 0.005)


@pytest.mark.parametrize("kept", [99.0, 99.9])
def test_a_histogram_grows_with_its_values_and_still_cuts_where_numpy_does(kept: float) -> None:
    drawn = np.random.default_rng(6)
    parts = [drawn.normal(0.2, spread, 20000).astype(np.float32) for spread in (0.1, 1, 8)]
    counted = Histogram()
    for part in parts:
        counted.add(part)
    require_percentiles(counted.range(kept), np.concatenate(parts), (100 - kept) / 2)


def test_the_facts_say_how_many_samples_there_were_and_how_they_spread(model: bytes, context: Context) -> None:
    ((kind, facts),) = made(Int8(), model, context).facts
    (name,) = (name for name in facts["tensors"] if "image" in name)
    reach = [float(np.abs(each["image"]).max()) for each in context.calibration]
    assert (kind, facts["method"], facts["samples"]) == ("int8", "min_max", COUNT)
    assert facts["tensors"][name]["spread"] == pytest.approx(np.std(reach) / np.mean(reach), abs=1e-4)
    assert json.loads(json.dumps(facts)) == facts


def test_the_first_rule_that_matches_decides(model: bytes, context: Context) -> None:
    rules = [("deep*", "float32"), ("op:FULLY_CONNECTED", "int4"), ("*", "int8")]
    variant = made(Mixed(rules), model, context)  # type: ignore[arg-type]
    assert precision.of_layers(variant.tflite) == ("int8", "float32", "int4", "int4")
    assert list(dict(variant.facts)["mixed"]["layers"].values()) == ["int8", "float32", "int4", "int4"]


def test_a_layer_that_no_rule_matches_stays_float(model: bytes) -> None:
    found = precision.of_layers(made(Mixed([("first*", "float16")]), model).tflite)
    assert found == ("float16", "float32", "float32", "float32")


def test_a_rule_that_matches_nothing_is_refused_with_the_nearest_names(model: bytes) -> None:
    with pytest.raises(SpecError, match=r"'depe\*' matches no op.*deep") as caught:
        made(Mixed([("depe*", "float16")]), model)
    assert caught.value.code == "spec/unknown-key"


def test_four_bits_are_for_dense_layers_and_others_are_named(model: bytes, dense_model: bytes) -> None:
    assert precision.of_layers(made(Int4(), dense_model).tflite) == ("int4",)
    with pytest.raises(ConversionError, match=r"2 layers are others: CONV_2D .*first.*DEPTHWISE_CONV_2D") as caught:
        made(Int4(), model)
    assert caught.value.code == "model/precision-not-reached"


@pytest.mark.parametrize("step", [Int8(), Int16x8(), Mixed()])
def test_no_sample_is_an_error(step: Any, model: bytes) -> None:
    with pytest.raises(ConversionError) as caught:
        made(step, model, Context())
    assert caught.value.code == "model/no-calibration"


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["float32", "float16", "int8"])
def test_weights_that_are_no_numbers_are_refused_by_name(name: str, value: float, dense_model: bytes) -> None:
    kernel = np.ascontiguousarray(_float_kernel(dense_model)).tobytes()
    broken = bytearray(kernel)
    broken[8:12] = np.float32(value).tobytes()
    assert dense_model.count(kernel) == 1
    with pytest.raises(ModelError, match="1 of 30 values") as caught:
        run(named(name), dense_model.replace(kernel, bytes(broken)))
    assert caught.value.code == "model/not-finite"


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe("a", (Mixed([("op:CONV_2D", "int8"), ("*", "weight_only")], io="uint8"),)),
        Recipe("b", (Int8(io="float32", per_channel=False, calibration="percentile"),)),
        Recipe("c", (Int16x8(calibration="moving_average"),)),
    ],
)
def test_a_recipe_comes_back_from_its_json(recipe: Recipe) -> None:
    assert Recipe.from_json(recipe.name, json.loads(json.dumps(recipe.to_json()))) == recipe


@pytest.mark.parametrize(
    "step",
    [Int8(calibration="median"), Int16x8(calibration="none"), Mixed(()), Mixed([("*", "int3")])],  # type: ignore[arg-type,list-item]
)
def test_settings_that_are_not_known_are_refused(step: Any) -> None:
    with pytest.raises(SpecError):
        step.validate()


def test_changing_the_model_needs_the_model() -> None:
    recipe = Recipe.from_json("mine", [{"pass": "prune"}])
    with pytest.raises(SpecError, match="no Keras model and no training data"):
        run(recipe, b"")
