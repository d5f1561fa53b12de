"""LiteRT in Python. The models are written here, tensor by tensor, so that every expected value is plain arithmetic."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from satchel.engines.litert import LiteRTEngine
from satchel.engines.threads import default_threads, physical_cores
from satchel_metadata.errors import ModelError, SpecError
from satchel_metadata.spec import Tensor
from tiny_tflite import ADD, SUB, Node, Slot, quantised, tflite, two_by_two

LEFT = np.array([[1.5, -2.0, 8.0]], np.float32)
RIGHT = np.array([[0.5, 4.0, 0.25]], np.float32)


def test_outputs_bear_their_names_whatever_the_order_of_the_inputs() -> None:
    found = LiteRTEngine(two_by_two()).run({"right": RIGHT, "left": LEFT})
    assert list(found) == ["difference", "sum"]
    np.testing.assert_array_equal(found["difference"], LEFT - RIGHT)
    np.testing.assert_array_equal(found["sum"], LEFT + RIGHT)


def test_an_input_may_be_given_by_its_position() -> None:
    found = LiteRTEngine(two_by_two()).run({1: RIGHT, 0: LEFT})
    np.testing.assert_array_equal(found["difference"], LEFT - RIGHT)


def test_the_tensors_are_described_as_the_model_holds_them() -> None:
    engine = LiteRTEngine(quantised())
    assert engine.inputs == (Tensor(name="q", index=0, shape=(1, 4), dtype="uint8", scale=0.5, zero_point=10),)
    assert engine.outputs == (Tensor(name="twice", index=0, shape=(1, 4), dtype="uint8", scale=1.0, zero_point=20),)


def test_a_quantised_tensor_goes_in_and_comes_out_as_stored() -> None:
    q = np.array([[10, 12, 0, 250]], np.uint8)
    found = LiteRTEngine(quantised()).run({"q": q})["twice"]
    # real = (q - 10) / 2, twice that is q - 10, stored with the zero point 20
    np.testing.assert_array_equal(found, np.clip(q.astype(int) + 10, 0, 255))
    assert found.dtype == np.uint8


def test_a_later_run_does_not_change_an_earlier_answer() -> None:
    engine = LiteRTEngine(two_by_two())
    first = engine.run({"left": LEFT, "right": RIGHT})["sum"]
    kept = first.copy()
    engine.run({"left": LEFT * 100, "right": RIGHT})
    np.testing.assert_array_equal(first, kept)
    first[:] = 0
    np.testing.assert_array_equal(engine.run({"left": LEFT, "right": RIGHT})["sum"], kept)


def test_an_array_that_is_not_contiguous_is_read_in_its_own_order() -> None:
    wide = np.arange(6, dtype=np.float32).reshape(1, 6)
    found = LiteRTEngine(two_by_two()).run({"left": wide[:, ::2], "right": wide[:, ::-2]})
    np.testing.assert_array_equal(found["sum"], [[0 + 5, 2 + 3, 4 + 1]])


def test_xnnpack_is_on_and_recorded_with_runtime_version_and_threads() -> None:
    from importlib.metadata import version

    found = LiteRTEngine(two_by_two(), threads=1).description
    assert found == {"runtime": "LiteRT", "version": version("ai-edge-litert"), "threads": 1, "xnnpack": True}


def test_xnnpack_is_reported_off_where_it_takes_no_operator() -> None:
    strings = [Slot("a", (1, 3), schema.TensorType.INT64), Slot("b", (1, 3), schema.TensorType.INT64)]
    engine = LiteRTEngine(tflite([*strings], [Node(schema.BuiltinOperator.NEG, (0,), (1,))], (0,), (1,)))
    assert engine.description["xnnpack"] is False
    np.testing.assert_array_equal(engine.run({"a": np.array([[1, -2, 3]])})["b"], [[-1, 2, -3]])


def test_the_answer_is_the_bare_interpreters() -> None:
    model = two_by_two()
    bare = Interpreter(model_content=model, experimental_op_resolver_type=OpResolverType.BUILTIN)
    bare.allocate_tensors()
    bare.set_tensor(0, LEFT)
    bare.set_tensor(1, RIGHT)
    bare.invoke()
    found = LiteRTEngine(model).run({"left": LEFT, "right": RIGHT})
    np.testing.assert_array_equal(found["difference"], bare.get_tensor(2))


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [
        ({"left": LEFT}, "model/tensor-missing", "right: expected a value for this input, found none."),
        ({"left": LEFT, "rihgt": RIGHT}, "model/tensor-not-found", "Its inputs are: 'left', 'right'."),
        ({0: LEFT, 2: RIGHT}, "model/tensor-not-found", "#2"),
        ({"left": LEFT[0], "right": RIGHT}, "model/tensor-mismatch", "expected float32 [1, 3], found float32 [3]"),
        ({"left": LEFT.astype(float), "right": RIGHT}, "model/tensor-mismatch", "found float64 [1, 3]"),
    ],
)
def test_a_tensor_that_does_not_fit_is_refused_by_name(given: dict[Any, Any], code: str, says: str) -> None:
    with pytest.raises(ModelError) as refused:
        LiteRTEngine(two_by_two()).run(given)
    assert refused.value.code == code
    assert says in str(refused.value)


def test_an_output_is_found_by_name_or_refused_with_the_names_there_are() -> None:
    engine = LiteRTEngine(two_by_two())
    assert (engine.output("sum").index, engine.input("right").index) == (1, 1)
    with pytest.raises(
        ModelError, match=r"total: the model has no output of this name. Its outputs are: 'difference', 'sum'."
    ):
        engine.output("total")


@pytest.mark.parametrize("damage", ["empty", "text", "half", "end cut off", "identifier only"])
def test_what_is_not_a_whole_tflite_is_refused(damage: str) -> None:
    model = two_by_two()
    damaged = {
        "empty": b"",
        "text": b"not a model, but long enough to look at",
        "half": model[: len(model) // 2],
        "end cut off": model[:-60],
        "identifier only": model[:8],
    }[damage]
    with pytest.raises(ModelError) as refused:
        LiteRTEngine(damaged)
    assert refused.value.code == "model/not-a-model"


def test_a_tensor_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(ModelError, match="LiteRT does not load this model"):
        LiteRTEngine(two_by_two().replace(b"left", b"\xbeeft"))


def test_a_custom_operator_that_nobody_knows_is_refused_by_name() -> None:
    slots = [Slot("in", (1, 3)), Slot("out", (1, 3))]
    model = tflite(slots, [Node(schema.BuiltinOperator.CUSTOM, (0,), (1,), custom="PoolOfMyOwn")], (0,), (1,))
    with pytest.raises(ModelError, match="needs the op PoolOfMyOwn, which LiteRT in Python does not have") as refused:
        LiteRTEngine(model)
    assert refused.value.code == "model/unsupported-op"


def test_two_outputs_of_one_name_are_refused() -> None:
    slots = [Slot("left", (1, 3)), Slot("right", (1, 3)), Slot("out", (1, 3)), Slot("out", (1, 3))]
    model = tflite(slots, [Node(SUB, (0, 1), (2,)), Node(ADD, (0, 1), (3,))], (0, 1), (2, 3))
    with pytest.raises(ModelError, match="out: 2 outputs have this name") as refused:
        LiteRTEngine(model)
    assert refused.value.code == "model/unsupported-tensor"


def test_a_tensor_of_a_type_that_no_spec_has_is_refused() -> None:
    slots = [Slot("a", (1, 3), schema.TensorType.FLOAT64), Slot("b", (1, 3))]
    model = tflite(slots, [Node(schema.BuiltinOperator.CAST, (0,), (1,))], (0,), (1,))
    with pytest.raises(ModelError, match=r"a: expected an input of bool, .* found float64"):
        LiteRTEngine(model)


def test_threads_share_one_engine_and_each_gets_its_own_answer() -> None:
    engine = LiteRTEngine(two_by_two())
    wrong: list[int] = []

    def ask(number: int) -> None:
        left = np.full((1, 3), number, np.float32)
        for _ in range(200):
            if not np.array_equal(engine.run({"left": left, "right": RIGHT})["sum"], left + RIGHT):
                wrong.append(number)

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_no_more_threads_are_taken_than_the_cores_this_process_may_use() -> None:
    assert default_threads() == min(4, physical_cores())
    assert 1 <= physical_cores() <= len(os.sched_getaffinity(0))


def test_fewer_than_one_thread_is_refused() -> None:
    with pytest.raises(SpecError, match="expected at least 1 thread, found 0") as caught:
        LiteRTEngine(two_by_two(), threads=0)
    assert caught.value.code == "spec/out-of-range"


def test_opening_an_engine_says_nothing_of_its_own_on_standard_error(tmp_path: Any) -> None:
    (tmp_path / "model.tflite").write_bytes(two_by_two())
    code = (
        "import os, sys; from satchel.engines.litert import LiteRTEngine\n"
        "model = open('model.tflite', 'rb').read()\n"
        "LiteRTEngine(model); LiteRTEngine(model); os.write(2, b'heard')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"heard")
