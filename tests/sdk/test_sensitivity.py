"""The layer that breaks a model is found, with its cause; numbers are those of SciPy and of NumPy by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import entropy

import satchel
from digits_net import digits, net
from satchel import cli
from satchel.report.sensitivity import sensitivity_page
from satchel.search.causes import Layer, causes
from satchel.search.measures import Distance
from satchel.search.sensitivity import sweep
from satchel_converters.by_op import ops_of, quantised
from satchel_converters.float_tflite import runner
from satchel_converters.keras_bridge import to_tf_keras
from satchel_converters.keras_tflite import float32
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, InputError

COUNT = 24


def shown(count: int = COUNT) -> list[dict[str, Any]]:
    return [{"image": each[np.newaxis]} for each in digits()[0][:count]]


BEFORE = {"second": "norm", "hidden": "second", "digit": "hidden"}
"""What gives a layer its inputs."""


def wild(place: str, times: float = 300.0) -> bytes:
    """Gives the digits net with huge weights in a layer, for an input that is always zero: no answer sees them."""
    with tensorflow():
        import tf_keras

        model = tf_keras.models.clone_model(net())
        model.set_weights(net().get_weights())
        before = model.get_layer(BEFORE[place])
        values = before.get_weights()
        for each in values if place != "second" else values[:2]:
            each[..., 0] = 0
        before.set_weights(values)
        layer = model.get_layer(place)
        kernel, *others = layer.get_weights()
        dead = (slice(None, None, 16),) if place == "hidden" else (..., 0, slice(None))
        kernel[dead] = times * np.abs(kernel).max()
        layer.set_weights([kernel, *others])
    return float32(model)


def test_signal_to_noise_and_divergence_are_those_of_numpy_and_scipy() -> None:
    chance, distance = np.random.default_rng(1), Distance()
    expected = chance.dirichlet(np.ones(7), 12)
    found = np.abs(expected + chance.normal(0, 0.01, expected.shape))
    for one, other in zip(expected, found, strict=True):
        distance.add({"scores": one[np.newaxis]}, {"scores": other[np.newaxis]})
    assert distance.kl == pytest.approx(float(np.mean(entropy(expected, found, axis=1))), rel=1e-9)
    noise = np.sum(np.square(expected - found))
    assert distance.snr_db == pytest.approx(10 * np.log10(np.sum(np.square(expected)) / noise), rel=1e-12)
    logits = Distance()
    logits.add({"logits": np.array([[-1.0, 2.0]])}, {"logits": np.array([[-1.0, 2.0]])})
    assert (logits.kl, logits.snr_db) == (None, np.inf)


def test_each_layer_is_measured_on_a_model_in_which_it_alone_is_changed() -> None:
    model, inputs = float32(net()), shown()
    found = sweep(model, None, inputs, precisions=("int8", "float16"), sparsities=(0.5,))
    weighted = [each for each in ops_of(model) if each.weighted]
    assert [(each.name, each.how) for each in found.layers] == [
        (each.name, how) for each in weighted for how in ("int8", "float16", "50 % zeros")
    ]
    (chosen,) = [each for each in found.layers if each.name == weighted[1].name and each.how == "int8"]
    alone = ["int8" if each.name == chosen.name else "float32" for each in ops_of(model)]
    made = quantised(model, alone, inputs).tflite  # type: ignore[arg-type]
    one, other = (
        np.concatenate([next(iter(runner(each)(given).values())) for given in inputs]) for each in (model, made)
    )
    expected = 10 * np.log10(np.sum(np.square(one, dtype=float)) / np.sum(np.square(one.astype(float) - other)))
    assert chosen.snr_db == pytest.approx(expected, rel=1e-6)
    assert chosen.bytes_saved == len(model) - len(made)


@pytest.mark.parametrize("place", ["second", "hidden", "digit"])
def test_a_wild_layer_is_the_first_of_the_ranking(place: str) -> None:
    found = sweep(wild(place), None, shown())
    assert f"/{place}/" in f"/{found.ranked()[0].name}"
    worst, following = found.ranked()[:2]
    assert worst.snr_db < 20 < following.snr_db
    assert [kind for kind, _, _ in worst.causes][:1] == ["peaks"]
    assert worst.short in found.sentences()[0]


def test_labels_tell_what_is_lost_of_the_accuracy() -> None:
    classes = [int(each) for each in digits()[1][:COUNT]]
    found = sweep(float32(net()), None, shown(), labels=classes, precisions=(), sparsities=(0.98,))
    assert max(each.measure_drop or 0 for each in found.layers) > 0.1
    assert found.ranked()[0].measure_drop == max(each.measure_drop or 0 for each in found.layers)


def test_what_cannot_be_swept_is_said() -> None:
    model = float32(net())
    with pytest.raises(InputError, match="expected inputs to measure on"):
        sweep(model, None, [])
    with pytest.raises(InputError, match="the class of each of 24 inputs, found 1"):
        sweep(model, None, shown(), labels=[1])
    made = quantised(model, ["dynamic_range"] * len(ops_of(model))).tflite
    with pytest.raises(ConversionError, match="dynamic_range already"):
        sweep(made, None, shown())


def test_the_command_shows_a_table_json_and_a_page(
    model: Any, photos: Path, description: satchel.Description, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    satchel.pack(to_tf_keras(model), description, tmp_path / "a.satchel", variants="float32", tfjs=())
    capsys.readouterr()
    arguments = [
        "sensitivity",
        str(tmp_path / "a.satchel"),
        "--labels",
        str(photos),
        "--html",
        str(tmp_path / "a.html"),
    ]
    assert cli.main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {each["op_type"] for each in told["layers"]} <= {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}
    page = (tmp_path / "a.html").read_text()
    assert all(each["name"].split("/")[-1].partition(";")[0] in page for each in told["layers"])
    assert cli.main([*arguments, "--data", str(photos)]) == 2
    assert cli.main([*arguments, "--sparsities", "1"]) == 2
    assert cli.main([*arguments, "--precisions", "int9"]) == 2
    assert "Allowed: float16" in capsys.readouterr().err
    assert cli.main(["sensitivity", str(tmp_path / "a.html"), "--data", str(photos)]) == 2


def test_a_page_says_in_words_which_layer_breaks_int8() -> None:
    found = sweep(wild("second"), None, shown())
    assert "breaks int8" in found.sentences()[0]
    assert "Remedy: " in found.sentences()[0]
    assert found.ranked()[0].short in sensitivity_page("digits", found)


USUAL = {"all": (-1.0, 1.0), "most": (-0.9, 0.9)}
KERNEL = np.random.default_rng(3).normal(0, 0.2, (8, 3, 3, 4))
SPOILT = {
    "peaks": {"kernel": np.where(np.arange(KERNEL.size).reshape(KERNEL.shape) == 100, 40.0, KERNEL)},
    "channels": {"kernel": KERNEL * np.array([1, 1, 1, 1, 1, 1, 1, 500])[:, None, None, None]},
    "outliers": {"made": {"all": (-1.0, 90.0), "most": (-0.9, 0.9)}},
    "narrow": {"made": {"all": (99.0, 101.0), "most": (99.2, 100.8)}},
    "amplified": {"kernel": KERNEL * 60},
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_cause_is_named_where_it_is_and_no_other(kind: str) -> None:
    usual = Layer("a/conv;b", "CONV_2D", KERNEL, USUAL, USUAL)
    assert causes(usual) == ()
    found = causes(replace(usual, **SPOILT[kind]))
    assert found[0].kind == kind
    assert "a/conv*" in found[0].remedy
