"""float16, dynamic_range and int8: the precision asked for is really there, and the answers stay."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from satchel_converters import float_tflite, precision, tflite
from satchel_converters.quiet import kept_back, tensorflow
from satchel_converters.sources import Source, load_source
from satchel_converters.tflite_graph import read_graph
from satchel_metadata.errors import ConversionError, ModelError

Pictures = list[dict[str, np.ndarray[Any, Any]]]
Answers = dict[str, np.ndarray[Any, Any]]


def interpreted(model: bytes, picture: Answers) -> Answers:
    """Runs a .tflite of any I/O type with LiteRT alone, quantising and dequantising by the numbers it gives itself."""
    with kept_back():
        interpreter = Interpreter(model_content=model, num_threads=1)
        interpreter.allocate_tensors()
    signature = interpreter.get_signature_runner()
    given = {}
    for name, detail in signature.get_input_details().items():
        scale, zero = detail["quantization"]
        value = picture[name] if not scale else np.clip(np.round(picture[name] / scale) + zero, 0, 255)
        given[name] = value.astype(detail["dtype"])
    answers = signature(**given)
    read = {}
    for name, detail in signature.get_output_details().items():
        scale, zero = detail["quantization"]
        read[name] = (answers[name].astype(np.float32) - zero) * scale if scale else answers[name]
    return read


def weights_of(model: bytes) -> dict[str, tuple[str, int]]:
    """Gives, for each layer with weights, their dtype and number of scales, looking through DEQUANTIZE of constants."""
    graph = read_graph(model)
    widened = {op.outputs[0].name: op.inputs[0] for op in graph.ops if op.name == "DEQUANTIZE"}
    found = {}
    for op in graph.ops:
        if op.name in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            weights = widened.get(op.inputs[1].name, op.inputs[1])
            found[f"{op.name} {op.outputs[0].name.split('/')[-2]}"] = (weights.dtype, weights.scales)
    return found


@pytest.fixture(scope="module")
def int8_models(source: Source, pictures: Pictures) -> dict[str, bytes]:
    """Gives the two kinds of int8 model."""
    return {io: tflite.int8(source.tflite, pictures, io=io) for io in ("uint8", "float32")}  # type: ignore[arg-type]


def test_float16_has_float16_weights_and_nearly_the_same_answers(source: Source, pictures: Pictures) -> None:
    made = tflite.float16(source.tflite)
    assert precision.of(made) == "float16"
    assert {dtype for dtype, _ in weights_of(made).values()} == {"FLOAT16"}
    expected, found = interpreted(source.tflite, pictures[0]), interpreted(made, pictures[0])
    assert max(np.abs(expected[name] - found[name]).max() for name in expected) < 1e-3


def test_dynamic_range_has_int8_weights_with_a_scale_a_channel(source: Source, pictures: Pictures) -> None:
    made = tflite.dynamic_range(source.tflite)
    assert precision.of(made) == "dynamic_range"
    assert sorted(weights_of(made).values()) == [("INT8", 10), ("INT8", 10), ("INT8", 16), ("INT8", 16), ("INT8", 24)]
    assert {tensor.dtype for tensor in (*read_graph(made).inputs, *read_graph(made).outputs)} == {"FLOAT32"}
    expected, found = interpreted(source.tflite, pictures[0]), interpreted(made, pictures[0])
    assert max(np.abs(expected[name] - found[name]).max() for name in expected) < 2e-2


@pytest.mark.parametrize("io", ["uint8", "float32"])
def test_int8_computes_in_integers_only_and_has_the_io_asked_for(io: str, int8_models: dict[str, bytes]) -> None:
    made = int8_models[io]
    graph = read_graph(made)
    assert {tensor.dtype for tensor in (*graph.inputs, *graph.outputs)} == {io.upper()}
    assert precision.float_ops(made) == ()
    assert sorted(weights_of(made).values()) == [("INT8", 10), ("INT8", 10), ("INT8", 16), ("INT8", 16), ("INT8", 24)]
    inner = [op for op in graph.ops if op.name not in ("QUANTIZE", "DEQUANTIZE")]
    assert {tensor.dtype for op in inner for tensor in op.outputs} == {"INT8"}


@pytest.mark.parametrize("io", ["uint8", "float32"])
def test_int8_answers_stay_close_under_their_own_names(
    io: str, int8_models: dict[str, bytes], source: Source, pictures: Pictures
) -> None:
    for picture in pictures[:4]:
        expected, found = interpreted(source.tflite, picture), interpreted(int8_models[io], picture)
        assert set(found) == {"ant", "zebra"}
        assert max(np.abs(expected[name] - found[name]).max() for name in expected) < 3e-2


def test_a_softmax_output_spans_exactly_0_to_255_of_256(int8_models: dict[str, bytes]) -> None:
    with kept_back():
        details = Interpreter(model_content=int8_models["uint8"]).get_output_details()
    assert [each["quantization"] for each in details] == [(1 / 256, 0), (1 / 256, 0)]


def test_int8_does_not_depend_on_the_order_of_calibration_or_on_a_list(
    int8_models: dict[str, bytes], source: Source, pictures: Pictures
) -> None:
    assert tflite.int8(source.tflite, reversed(pictures)) == int8_models["uint8"]


def test_calibration_tells_its_progress(source: Source, pictures: Pictures) -> None:
    told: list[tuple[int, int, str]] = []
    tflite.int8(source.tflite, pictures[:3], progress=lambda *each: told.append(each))
    assert told == [(1, 3, "calibrating"), (2, 3, "calibrating"), (3, 3, "calibrating")]


def test_no_calibration_input_is_an_error(source: Source) -> None:
    with pytest.raises(ConversionError) as caught:
        tflite.int8(source.tflite, iter(()))
    assert caught.value.code == "model/no-calibration"


def test_an_error_of_the_calibration_itself_is_not_swallowed(source: Source) -> None:
    def broken() -> Any:
        raise ModelError("model/test", "the third photo is unreadable")
        yield

    with pytest.raises(ModelError, match="third photo"):
        tflite.int8(source.tflite, broken())


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ({"a": np.zeros((1, 32, 32, 3)), "b": np.zeros(1)}, "model/input-names"),
        ({"image": np.zeros((1, 32, 32, 1))}, "model/shape-mismatch"),
    ],
)
def test_a_calibration_input_that_does_not_fit_is_an_error(source: Source, sample: Any, code: str) -> None:
    with pytest.raises(ConversionError) as caught:
        tflite.int8(source.tflite, [sample])
    assert caught.value.code == code


@pytest.fixture(scope="module")
def cosine(tf: Any, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Gives a model with an op that the quantizer leaves in float."""
    folder = tmp_path_factory.mktemp("cosine")
    with tensorflow():
        module = tf.Module()
        module.kernel = tf.Variable(np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8))
        spec = tf.TensorSpec((1, 8), tf.float32, name="x")
        module.call = tf.function(lambda x: {"y": tf.cos(x @ module.kernel)}, input_signature=[spec])
        tf.saved_model.save(module, str(folder / "model"), signatures=module.call)
    return load_source(folder / "model", folder)


def test_ops_left_in_float_are_an_error_that_lists_them(cosine: Source) -> None:
    calibration = [{"x": np.linspace(-1, 1, 8, dtype=np.float32)[None]}]
    with pytest.raises(ConversionError, match="COS") as caught:
        tflite.int8(cosine.tflite, calibration)
    assert caught.value.code == "model/precision-not-reached"


def test_ops_left_in_float_are_given_where_that_is_allowed(cosine: Source) -> None:
    calibration = [{"x": np.linspace(-1, 1, 8, dtype=np.float32)[None]}]
    made, left = tflite.int8_with_leftovers(cosine.tflite, calibration, io="float32")
    assert {each.split(" ")[0] for each in left} >= {"COS"}
    assert precision.of(made) == "int8"


def test_an_integer_input_that_is_cast_inside_is_named_as_the_reason(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        image = keras.Input((8, 8, 3), name="image", dtype="uint8")
        x = keras.layers.Conv2D(4, 3)(keras.layers.Rescaling(1 / 255)(image))
        model = keras.Model(image, x)
    source = load_source(model, tmp_path)
    with pytest.raises(ConversionError, match="CAST") as caught:
        tflite.int8(source.tflite, [{"image": np.full((1, 8, 8, 3), value, np.uint8)} for value in (0, 255)])
    assert "is uint8 and made float inside the model: give the model a float32 input" in caught.value.hint


def test_a_model_without_weights_cannot_become_float16(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        image = keras.Input((4, 4, 3), name="image")
        model = keras.Model(image, keras.layers.AveragePooling2D(2, name="pool")(image))
    source = load_source(model, tmp_path)
    for make in (tflite.float16, tflite.dynamic_range):
        with pytest.raises(ConversionError) as caught:
            make(source.tflite)
        assert caught.value.code == "model/precision-not-reached"


class TestExistingTFLiteFiles:
    def test_a_float_file_is_taken_as_it_is(self, source: Source, tmp_path: Path) -> None:
        path = tmp_path / "model.tflite"
        path.write_bytes(source.tflite)
        found = load_source(path, tmp_path / "work")
        assert (found.format, found.precision, found.saved_model) == ("tflite", "float32", None)
        assert (found.tflite, found.inputs) == (source.tflite, source.inputs)
        assert {each.name for each in found.outputs} == {"ant", "zebra"}

    def test_a_float16_file_is_widened_without_loss(self, source: Source, tmp_path: Path, pictures: Pictures) -> None:
        path = tmp_path / "model.tflite"
        path.write_bytes(tflite.float16(source.tflite))
        found = load_source(path, tmp_path / "work")
        assert precision.of(found.tflite) == "float32"
        expected = interpreted(path.read_bytes(), pictures[0])
        answers = interpreted(found.tflite, pictures[0])
        assert max(np.abs(expected[name] - answers[name]).max() for name in expected) <= 1e-6
        assert precision.of(tflite.int8(found.tflite, pictures)) == "int8"

    @pytest.mark.parametrize("kind", ["int8", "dynamic_range"])
    def test_a_quantised_file_is_itself_and_nothing_else(
        self, kind: str, int8_models: dict[str, bytes], source: Source, tmp_path: Path
    ) -> None:
        content = int8_models["uint8"] if kind == "int8" else tflite.dynamic_range(source.tflite)
        (tmp_path / "model.tflite").write_bytes(content)
        found = load_source(tmp_path / "model.tflite", tmp_path / "work")
        assert (found.precision, found.tflite) == (kind, content)
        same = tflite.int8(content, []) if kind == "int8" else tflite.dynamic_range(content)
        assert same == content
        for make in (tflite.float32, tflite.float16):
            with pytest.raises(ConversionError) as caught:
                make(content)
            assert caught.value.code == "model/already-quantised"

    def test_a_file_without_signature_goes_by_its_tensors(self, source: Source, tmp_path: Path, tf: Any) -> None:
        with kept_back():
            from ai_edge_litert.tools import flatbuffer_utils

            model = flatbuffer_utils.read_model_from_bytearray(bytearray(source.tflite))
            model.signatureDefs = []
            content = bytes(flatbuffer_utils.convert_object_to_bytearray(model))
        (tmp_path / "model.tflite").write_bytes(content)
        found = load_source(tmp_path / "model.tflite", tmp_path / "work")
        assert ([each.name for each in found.inputs], sorted(each.name for each in found.outputs)) == (
            ["image"],
            ["ant", "zebra"],
        )
        picture = {"image": np.zeros((1, 32, 32, 3), np.float32)}
        expected, answers = interpreted(source.tflite, picture), float_tflite.runner(found.tflite)(picture)
        assert all(np.array_equal(expected[name], answers[name]) for name in expected)

    def test_every_truncation_and_flipped_byte_is_an_error_or_a_model_never_a_crash(
        self, source: Source, tmp_path: Path
    ) -> None:
        generator = np.random.default_rng(5)
        for place in range(60):
            content = bytearray(source.tflite)
            if place % 2:
                del content[int(generator.integers(8, len(content))) :]
            else:
                content[int(generator.integers(0, 400))] ^= int(generator.integers(1, 255))
            with contextlib.suppress(ModelError):
                read_graph(bytes(content), "model")
