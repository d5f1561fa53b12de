"""A model trained with quantisation in the loop ships as int8 throughout, zeros and shared values kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from digits_net import JUDGED, digits, net, training
from satchel.recipes.cluster import Cluster, clustered
from satchel.recipes.prune import Prune, pruned
from satchel.recipes.qat import QAT, quantised, scheme_after
from satchel.training.kernels import kernels
from satchel_converters import precision
from satchel_converters.float_tflite import runner
from satchel_converters.quiet import tensorflow
from satchel_converters.stored_kernels import stored_kernels
from satchel_metadata.errors import ConversionError, SpecError


def right(made: bytes, io: str) -> float:
    """Gives how often the .tflite itself is right on the held-out digits."""
    run, (pictures, classes) = runner(made), digits()
    scale = 255 if io == "uint8" else 1  # The training's inputs go from 0 to 1, which becomes the input's range.
    given = [(np.round(each[np.newaxis] * scale)).astype(io) for each in pictures[JUDGED]]
    found = [int(np.argmax(next(iter(run({"image": each}).values())))) for each in given]
    return float(np.mean(np.array(found) == classes[JUDGED]))


def zeros(model: Any) -> int:
    return sum(int(np.sum(each.numpy() == 0)) for each in kernels(model).values())


@pytest.fixture(scope="module")
def sparse() -> Any:
    return pruned(Prune(0.5), net(), training(2))[0]


@pytest.mark.parametrize("io", ["uint8", "float32"])
def test_the_model_ships_as_int8_with_the_inputs_asked_for(io: Any) -> None:
    _, made, facts = quantised(QAT(io), net(), training(2))
    assert facts["scheme"] == "QAT"
    assert precision.float_ops(made) == ()
    graph = precision.read_graph(made)
    assert {each.dtype for each in (*graph.inputs, *graph.outputs)} == {io.upper()}
    assert {each.values.dtype for each in stored_kernels(made)} == {np.dtype(np.int8)}
    assert right(made, io) > 0.85


def test_zeros_stay_zeros_on_the_file_that_ships(sparse: Any) -> None:
    _, made, _ = quantised(QAT(), sparse, training(1), "PQAT")
    assert sum(each.zeros for each in stored_kernels(made)) >= zeros(sparse)
    assert right(made, "uint8") > 0.85


@pytest.mark.parametrize("scheme", ["CQAT", "PCQAT"])
def test_shared_values_stay_shared_on_the_file_that_ships(scheme: Any, sparse: Any) -> None:
    shared, _ = clustered(Cluster(8), net() if scheme == "CQAT" else sparse, training(1))
    _, made, _ = quantised(QAT(), shared, training(1), scheme)
    assert max(each.different_in_a_channel for each in stored_kernels(made)) <= 8
    if scheme == "PCQAT":
        assert sum(each.zeros for each in stored_kernels(made)) >= zeros(shared)
    assert right(made, "uint8") > 0.85


@pytest.mark.parametrize(
    ("before", "scheme"),
    [((), "QAT"), (("prune",), "PQAT"), (("cluster",), "CQAT"), (("prune", "cluster"), "PCQAT")],
)
def test_what_came_before_chooses_the_scheme(before: Any, scheme: str) -> None:
    assert scheme_after(before) == scheme


def test_layers_that_cannot_be_quantised_are_named_before_training() -> None:
    with tensorflow():
        import tf_keras

        layers = tf_keras.layers
        inner = tf_keras.Sequential([tf_keras.Input((4, 3)), layers.Dense(3)], name="inner")
        model = tf_keras.Sequential([tf_keras.Input((4, 3)), inner, layers.LSTM(2, name="memory"),
                                     layers.PReLU(name="bent"), layers.Dense(10)])  # fmt: skip
        with pytest.raises(ConversionError) as refused:
            quantised(QAT(), model, training(1, 64))
    for said in ("inner", "memory (LSTM)", "bent (PReLU)"):
        assert said in str(refused.value)


def test_an_input_that_the_runtimes_do_not_share_is_refused() -> None:
    with pytest.raises(SpecError, match="found io 'int8'"):
        QAT("int8").validate()  # type: ignore[arg-type]
