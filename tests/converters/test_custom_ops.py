"""Custom ops that have a builtin equal are rewritten; others are named."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from satchel_converters import custom_ops, tflite_files
from satchel_converters.float_tflite import runner
from satchel_metadata.errors import ConversionError, SatchelWarning


@pytest.fixture(scope="module")
def deconvolution(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A float .tflite that ends in a transposed convolution with a bias, as MediaPipe's segmentation does."""
    import keras

    from satchel_converters.sources import load_source

    keras.utils.set_random_seed(7)
    layers = [keras.layers.Input((5, 4, 3), name="image"), keras.layers.Conv2D(4, 3, padding="same", activation="relu")]
    last = keras.layers.Conv2DTranspose(1, 2, strides=2, padding="same", bias_initializer="ones", name="mask")
    model = keras.Sequential([*layers, last])
    return load_source(model, tmp_path_factory.mktemp("deconvolution")).tflite


def changed(content: bytes, change: Callable[[Any, Any, Any], None]) -> bytes:
    """Gives the model after `change(model, graph, op)` of its transposed convolution."""
    from ai_edge_litert import schema_py_generated as schema
    from ai_edge_litert.tools import flatbuffer_utils

    model = flatbuffer_utils.read_model_from_bytearray(bytearray(content))
    for graph in model.subgraphs:
        for op in graph.operators:
            if model.operatorCodes[op.opcodeIndex].builtinCode == schema.BuiltinOperator.TRANSPOSE_CONV:
                change(model, graph, op)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def custom(name: str, padding: int = 1) -> Callable[[Any, Any, Any], None]:
    """Gives what makes MediaPipe's custom op of the builtin: x, kernel, bias, and its options as three integers."""

    def change(model: Any, graph: Any, op: Any) -> None:
        from ai_edge_litert import schema_py_generated as schema

        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
        code.customCode, code.version = name.encode(), 1
        model.operatorCodes.append(code)
        _shape, kernel, x, bias = op.inputs
        op.inputs, op.opcodeIndex = [x, kernel, bias], len(model.operatorCodes) - 1
        op.customOptions = np.frombuffer(struct.pack("<3i", padding, 2, 2), np.uint8)
        op.builtinOptionsType, op.builtinOptions = schema.BuiltinOptions.NONE, None

    return change


def ops_of(content: bytes) -> set[str]:
    from satchel_metadata.tflite_model import inspect_model

    return {each.name for each in inspect_model(content).ops}


def test_mediapipes_transposed_convolution_becomes_the_builtin_with_the_same_answers(deconvolution: bytes) -> None:
    given = changed(deconvolution, custom("Convolution2DTransposeBias"))
    assert "Convolution2DTransposeBias" in ops_of(given)
    found = tflite_files.read(given, "mask.tflite", None)
    assert ops_of(found.model) == ops_of(deconvolution)
    photo = np.random.default_rng(1).random((1, 5, 4, 3), np.float32)
    (expected,) = runner(deconvolution)({"image": photo}).values()
    (rewritten,) = runner(found.model)({"image": photo}).values()
    np.testing.assert_array_equal(rewritten, expected)


def test_the_rewritten_model_runs_where_only_builtins_are_known(deconvolution: bytes) -> None:
    import tensorflow as tf

    resolver = tf.lite.experimental.OpResolverType.BUILTIN_REF
    found = tflite_files.read(changed(deconvolution, custom("Convolution2DTransposeBias")), "mask.tflite", None)
    interpreter = tf.lite.Interpreter(model_content=found.model, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    photo = np.random.default_rng(2).random((1, 5, 4, 3), np.float32)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], photo)
    interpreter.invoke()
    (expected,) = runner(deconvolution)({"image": photo}).values()
    found_there = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    assert np.abs(found_there - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("padding", [0, 3, -1])
def test_options_that_are_not_understood_are_left_alone(deconvolution: bytes, padding: int) -> None:
    from ai_edge_litert.tools import flatbuffer_utils

    content = changed(deconvolution, custom("Convolution2DTransposeBias", padding))
    model = flatbuffer_utils.read_model_from_bytearray(bytearray(content))
    assert custom_ops.rewrite(model) == ()
    assert custom_ops.custom_names(model) == ("Convolution2DTransposeBias",)


def test_a_custom_op_that_litert_does_not_know_is_refused_by_its_name(deconvolution: bytes) -> None:
    content = changed(deconvolution, custom("NobodysOp"))
    with pytest.raises(ConversionError, match="unresolved custom op: NobodysOp") as refused:
        tflite_files.read(content, "mask.tflite", None)
    assert refused.value.code == "model/not-runnable"


def test_a_custom_op_that_only_litert_knows_is_named(deconvolution: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    content = changed(deconvolution, custom("NobodysOp"))
    monkeypatch.setattr(tflite_files, "runner", lambda model: None)
    with pytest.warns(SatchelWarning, match="no builtin equals the custom op NobodysOp"):
        tflite_files.read(content, "mask.tflite", None)


def test_widened_float16_weights_are_not_kept_twice(deconvolution: bytes) -> None:
    from satchel_converters.tflite import float16

    halved = float16(deconvolution)
    assert len(tflite_files.read(halved, "half.tflite", None).model) < len(deconvolution) + 1024
