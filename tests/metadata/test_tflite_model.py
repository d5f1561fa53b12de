"""A .tflite is read without running it, and no bytes make the reader stumble."""

from __future__ import annotations

import contextlib
import random
import struct
import subprocess
import sys
from pathlib import Path

import flatbuffers
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from satchel_metadata.errors import ModelError
from satchel_metadata.tflite_model import OpInfo, Quantization, Signature, inspect_model
from small_models import small_models


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return small_models(tmp_path_factory.getbasetemp().parent)


def packed(model: schema.ModelT) -> bytes:
    builder = flatbuffers.Builder(0)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def unpacked(tflite: bytes) -> schema.ModelT:
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(tflite, 0))


def refused(data: bytes) -> str:
    with pytest.raises(ModelError) as caught:
        inspect_model(data)
    return caught.value.code


@pytest.mark.parametrize("name", ["small", "small8"])
def test_tensors_are_those_that_the_interpreter_names(models: dict[str, bytes], name: str) -> None:
    info = inspect_model(models[name])
    interpreter = Interpreter(model_content=models[name])
    for found, expected in (
        (info.inputs, interpreter.get_input_details()),
        (info.outputs, interpreter.get_output_details()),
    ):
        assert [(each.name, each.index, each.shape, each.shape_signature, each.dtype) for each in found] == [
            (
                each["name"],
                each["index"],
                tuple(each["shape"]),
                tuple(each["shape_signature"]),
                each["dtype"].__name__,
            )
            for each in expected
        ]
        for tensor, detail in zip(found, expected, strict=True):
            scales = tuple(detail["quantization_parameters"]["scales"].tolist())
            zero_points = tuple(detail["quantization_parameters"]["zero_points"].tolist())
            assert tensor.quantization == (Quantization(scales, zero_points, 0) if scales else None)


@pytest.mark.parametrize("name", ["small", "small8"])
def test_every_tensor_is_what_the_schemas_own_reader_finds(models: dict[str, bytes], name: str) -> None:
    info = inspect_model(models[name])
    model = unpacked(models[name])
    dtypes = {value: key.lower() for key, value in vars(schema.TensorType).items() if isinstance(value, int)}
    graph = model.subgraphs[0]
    for found, expected in zip(info.subgraphs[0].tensors, graph.tensors, strict=True):
        data = model.buffers[expected.buffer].data
        assert (found.name, found.dtype) == (expected.name.decode(), dtypes[expected.type])
        assert found.stored_bytes == (0 if data is None else len(data))
        quantization = expected.quantization
        if quantization is None or quantization.scale is None or len(quantization.scale) == 0:
            assert found.quantization is None
        else:
            assert found.quantization == Quantization(
                tuple(quantization.scale.tolist()),
                tuple(quantization.zeroPoint.tolist()),
                quantization.quantizedDimension,
            )
    assert (info.version, info.description) == (model.version, model.description.decode())
    assert info.metadata == tuple(each.name.decode() for each in model.metadata)
    assert info.subgraphs[0].operators == len(graph.operators)


def test_operators_are_counted_with_their_versions(models: dict[str, bytes]) -> None:
    assert inspect_model(models["small"]).ops == (
        OpInfo("CONV_2D", False, 1, 1),
        OpInfo("FULLY_CONNECTED", False, 1, 1),
        OpInfo("MEAN", False, 1, 1),
        OpInfo("SOFTMAX", False, 1, 1),
    )
    assert inspect_model(models["small"]).subgraphs[0].last_op == "SOFTMAX"
    assert inspect_model(models["small8"]).op_names == ("CONV_2D", "FULLY_CONNECTED", "MEAN", "QUANTIZE", "SOFTMAX")


def test_a_per_channel_weight_says_so(models: dict[str, bytes]) -> None:
    weights = [
        tensor.quantization
        for tensor in inspect_model(models["small8"]).subgraphs[0].tensors
        if tensor.quantization and tensor.quantization.per_channel and len(tensor.shape) == 4
    ]
    assert [(len(each.scales), each.zero_points, each.axis) for each in weights] == [(4, (0, 0, 0, 0), 0)]


def test_signatures_name_the_tensors_by_index(models: dict[str, bytes]) -> None:
    info = inspect_model(models["small"])
    (signature,) = info.signatures
    runner = Interpreter(model_content=models["small"]).get_signature_list()[signature.key]
    assert (list(signature.inputs), list(signature.outputs)) == (runner["inputs"], runner["outputs"])
    assert signature == Signature(
        "serving_default",
        {runner["inputs"][0]: info.inputs[0].index},
        {runner["outputs"][0]: info.outputs[0].index},
        0,
    )


def test_a_custom_operator_bears_its_own_name(models: dict[str, bytes]) -> None:
    model = unpacked(models["small"])
    code = model.operatorCodes[0]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode, code.version = "Convolution2DTransposeBias", 3
    assert OpInfo("Convolution2DTransposeBias", True, 3, 1) in inspect_model(packed(model)).ops


def test_an_operator_of_tomorrow_is_known_by_its_number(models: dict[str, bytes]) -> None:
    model = unpacked(models["small"])
    model.operatorCodes[0].builtinCode, model.operatorCodes[0].deprecatedBuiltinCode = 9999, 127
    assert OpInfo("BUILTIN_9999", False, 1, 1) in inspect_model(packed(model)).ops


@pytest.mark.parametrize(
    "data",
    [b"", b"TFL3", b"\x00" * 8, b"hello, world", b"PK\x03\x04" + bytes(30), bytes(4) + b"TFL3", b"\xff" * 4 + b"TFL3"],
)
def test_bytes_that_are_no_model_are_refused(data: bytes) -> None:
    assert refused(data) == "model/not-a-model"


def test_a_model_without_a_graph_is_refused(models: dict[str, bytes]) -> None:
    model = unpacked(models["small"])
    model.subgraphs = []
    assert refused(packed(model)) == "model/not-a-model"


@pytest.mark.parametrize("change", ["opcode", "input", "buffer"])
def test_a_reference_beyond_the_end_of_its_list_is_refused(models: dict[str, bytes], change: str) -> None:
    model = unpacked(models["small"])
    if change == "opcode":
        model.subgraphs[0].operators[0].opcodeIndex = 99
    elif change == "input":
        model.subgraphs[0].inputs = [-1]
    else:
        model.subgraphs[0].tensors[0].buffer = 99
    assert refused(packed(model)) == "model/not-a-model"


@pytest.mark.parametrize("rounds", [1500, pytest.param(60_000, marks=pytest.mark.long)])
def test_a_damaged_model_is_read_or_refused_and_nothing_else(models: dict[str, bytes], rounds: int) -> None:
    dice = random.Random(rounds)
    for name in ("small", "small8"):
        whole = models[name]
        for _ in range(rounds):
            damaged = bytearray(whole[: dice.choice([len(whole), dice.randrange(len(whole))])])
            for _ in range(dice.choice([0, 1, 1, 4, 30])):
                if damaged:
                    place = dice.randrange(len(damaged))
                    damaged[place] = dice.choice([0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)])
            with contextlib.suppress(ModelError):
                inspect_model(bytes(damaged))


def test_a_file_that_refers_to_one_string_hundreds_of_thousands_of_times_is_refused() -> None:
    text = b"x" * 60_000
    count = 300_000
    builder = bytearray(struct.pack("<I4s", 28, b"TFL3"))
    builder += struct.pack("<2H7H2x", 18, 8, 0, 4, 0, 0, 0, 0, 0)
    builder += struct.pack("<iI", 20, 4) + struct.pack("<I", count)
    first = len(builder)
    entry = first + 4 * count + 8
    builder += b"".join(struct.pack("<I", entry - first - 4 * index) for index in range(count))
    builder += struct.pack("<4H", 8, 8, 0, 4) + struct.pack("<iI", 8, 4) + struct.pack("<I", len(text)) + text
    with pytest.raises(ModelError, match="the same bytes over and over"):
        inspect_model(bytes(builder))


def test_reading_a_model_loads_no_tensorflow(models: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "small.tflite").write_bytes(models["small"])
    metadata = Path(__file__).parents[2] / "metadata"
    script = (
        f"import sys; sys.path.insert(0, {str(metadata)!r})\n"
        "from pathlib import Path\n"
        "from satchel_metadata import inspect_model, read_metadata\n"
        "data = Path(sys.argv[1]).read_bytes()\n"
        "inspect_model(data), read_metadata(data)\n"
        "assert not {'tensorflow', 'tensorflow_lite_support', 'ai_edge_litert.interpreter'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "small.tflite")], check=True)
