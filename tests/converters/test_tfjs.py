"""TF.js graph models: the model's own answers, its names, and bytes that never vary."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from satchel_converters import frozen, tfjs
from satchel_converters.quiet import tensorflow
from satchel_converters.sources import Source, load_source
from satchel_converters.tfjs_run import decoded_weights
from satchel_metadata import canonical
from satchel_metadata.errors import ConversionError

Pictures = list[dict[str, np.ndarray[Any, Any]]]
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def graphs(source: Source) -> dict[str, Files]:
    """Gives the graph model with each kind of weights."""
    assert source.saved_model is not None
    kinds: tuple[tfjs.Weights, ...] = ("float32", "float16", "uint8")
    return {kind: tfjs.graph_model(source.saved_model, None, kind, {"satchel": {"name": "two"}}) for kind in kinds}


@pytest.mark.parametrize(("kind", "bound"), [("float32", 1e-6), ("float16", 1e-3), ("uint8", 2e-2)])
def test_the_graph_gives_the_keras_models_answers(
    kind: str, bound: float, graphs: dict[str, Files], model: Any, pictures: Pictures
) -> None:
    for picture in pictures[:3]:
        zebra, ant = model(picture["image"], training=False)
        answers = tfjs.run_graph_model(graphs[kind], picture)
        assert set(answers) == {"zebra", "ant"}
        assert np.abs(answers["zebra"] - np.asarray(zebra)).max() <= bound
        assert np.abs(answers["ant"] - np.asarray(ant)).max() <= bound


def test_batch_normalisation_and_activations_are_fused(graphs: dict[str, Files]) -> None:
    nodes = json.loads(graphs["float32"]["model.json"])["modelTopology"]["node"]
    fused = {
        node["op"]: [base64.b64decode(each).decode() for each in node["attr"]["fused_ops"]["list"]["s"]]
        for node in nodes
        if "fused_ops" in node["attr"]
    }
    assert fused["FusedDepthwiseConv2dNative"] == ["BiasAdd", "Relu"]
    assert fused["_FusedConv2D"][0] == "BiasAdd"
    assert not {"FusedBatchNormV3", "Rsqrt"} & {node["op"] for node in nodes}


def test_inputs_and_outputs_bear_the_signatures_names(graphs: dict[str, Files]) -> None:
    signature = json.loads(graphs["float32"]["model.json"])["signature"]
    found = {side: {name: entry["name"] for name, entry in signature[side].items()} for side in ("inputs", "outputs")}
    assert found == {"inputs": {"image": "image:0"}, "outputs": {"ant": "ant:0", "zebra": "zebra:0"}}


def test_what_other_layers_read_is_not_fused_away(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        keras.utils.set_random_seed(5)
        image = keras.Input((8, 8, 3), name="image")
        shared = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)(image)
        wide = keras.layers.Conv2D(3, 3, padding="same", use_bias=False)(image)
        residual = keras.layers.Add()([wide, image])  # An addition, but no bias.
        hard = keras.layers.Activation("hard_swish")(keras.layers.Conv2D(3, 1, bias_initializer="ones")(residual))
        outputs = {"plain": shared, "clipped": keras.layers.ReLU()(shared), "hard": hard}
        model = keras.Model(image, outputs)
    source = load_source(model, tmp_path)
    assert source.saved_model is not None
    files = tfjs.graph_model(source.saved_model, None, "float32", {})
    picture = np.random.default_rng(2).normal(size=(1, 8, 8, 3)).astype(np.float32)
    expected = model(picture, training=False)
    answers = tfjs.run_graph_model(files, {"image": picture})
    assert set(answers) == set(expected)
    for name in answers:
        np.testing.assert_allclose(answers[name], np.asarray(expected[name]), rtol=0, atol=1e-6)
    ops = {node["op"] for node in json.loads(files["model.json"])["modelTopology"]["node"]}
    assert "FusedDepthwiseConv2dNative" not in ops
    assert "_FusedHardSwish" not in ops


def test_a_loop_is_refused_by_name(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        model = keras.Sequential([keras.Input((5, 3), name="signal"), keras.layers.GRU(2, name="gru")])
    source = load_source(model, tmp_path)
    assert source.saved_model is not None
    with pytest.raises(ConversionError, match="While") as caught:
        tfjs.graph_model(source.saved_model, None, "float32", {})
    assert caught.value.code == "model/unsupported-op"


def test_nothing_stands_in_the_graph_that_the_outputs_do_not_need(graphs: dict[str, Files]) -> None:
    nodes = json.loads(graphs["float32"]["model.json"])["modelTopology"]["node"]
    assert [node["name"] for node in nodes if node["op"] == "Placeholder"] == ["image"]


@pytest.mark.parametrize("kind", ["float32", "float16", "uint8"])
def test_model_json_is_canonical_and_carries_the_users_metadata(kind: str, graphs: dict[str, Files]) -> None:
    text = graphs[kind]["model.json"]
    document = json.loads(text)
    assert canonical.dumps(document) == text
    assert document["userDefinedMetadata"] == {"satchel": {"name": "two"}}
    assert (document["format"], document["convertedBy"]) == ("graph-model", "TensorFlow.js Converter v4.22.0")
    assert {path for group in document["weightsManifest"] for path in group["paths"]} == set(graphs[kind]) - {
        "model.json"
    }


def test_smaller_weights_are_really_smaller(graphs: dict[str, Files]) -> None:
    sizes = {kind: sum(len(c) for name, c in files.items() if name != "model.json") for kind, files in graphs.items()}
    assert sizes["float16"] < 0.51 * sizes["float32"]
    assert sizes["uint8"] < 0.27 * sizes["float32"]


def test_uint8_weights_decode_as_in_javascript() -> None:
    """value * scale + min in binary64, rounded once to binary32, which a Float32Array does in JavaScript."""
    scale, minimum = 0.012345678901234567, -1.5432109876543210
    values = np.arange(256, dtype=np.uint8)
    quantisation = {"dtype": "uint8", "scale": scale, "min": minimum, "original_dtype": "float32"}
    entry = {"name": "w", "shape": [256], "dtype": "float32", "quantization": quantisation}
    found = decoded_weights([{"paths": ["a.bin"], "weights": [entry]}], {"a.bin": values.tobytes()})["w"]
    assert found.tolist() == [float(np.float32(int(value) * scale + minimum)) for value in values]


def test_prelu_leaky_and_dense_activations_survive(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        keras.utils.set_random_seed(3)
        image = keras.Input((8, 8, 3), name="image")
        x = keras.layers.Conv2D(8, 3)(image)
        x = keras.layers.PReLU(alpha_initializer="random_normal", shared_axes=[1, 2])(x)
        x = keras.layers.DepthwiseConv2D(3)(x)
        x = keras.layers.LeakyReLU(0.3)(x)
        x = keras.layers.Conv2D(8, 1, activation="elu")(x)
        x = keras.layers.Flatten()(x)
        x = keras.layers.Dense(6, activation="relu")(x)
        model = keras.Model(image, keras.layers.Dense(3, activation="sigmoid", name="out")(x))
    source = load_source(model, tmp_path)
    assert source.saved_model is not None
    files = tfjs.graph_model(source.saved_model, None, "float32", {})
    picture = np.random.default_rng(1).normal(size=(1, 8, 8, 3)).astype(np.float32)
    answers = tfjs.run_graph_model(files, {"image": picture})
    np.testing.assert_allclose(answers["out"], np.asarray(model(picture, training=False)), rtol=0, atol=1e-6)


def test_a_graph_that_answers_differently_stops(source: Source, graphs: dict[str, Files], pictures: Pictures) -> None:
    assert source.saved_model is not None
    assert tfjs.check_graph_model(graphs["float32"], source.saved_model, pictures).relative <= 1e-5
    with pytest.raises(ConversionError) as caught:
        tfjs.check_graph_model(graphs["uint8"], source.saved_model, pictures, bound=1e-5)
    assert caught.value.code == "model/answers-differ"
    with pytest.raises(ConversionError, match=r"the TF\.js graph model differs"):
        tfjs.graph_model(source.saved_model, None, "float32", {}, bound=-1.0)


@pytest.mark.parametrize("change", ["missing", "short"])
def test_a_graph_model_without_its_weights_is_refused(
    change: str, graphs: dict[str, Files], pictures: Pictures
) -> None:
    files = dict(graphs["float32"])
    shard = files.pop("group1-shard1of1.bin")
    if change == "short":
        files["group1-shard1of1.bin"] = shard[:-1]
    with pytest.raises(ConversionError) as caught:
        tfjs.run_graph_model(files, pictures[0])
    assert caught.value.code == "model/not-runnable"


def test_files_are_written_where_asked(source: Source, graphs: dict[str, Files], tmp_path: Path) -> None:
    assert source.saved_model is not None
    metadata = {"satchel": {"name": "two"}}
    files = tfjs.graph_model(source.saved_model, tmp_path / "new" / "tfjs", "float32", metadata)
    assert files == graphs["float32"]
    assert {each.name: each.read_bytes() for each in (tmp_path / "new" / "tfjs").iterdir()} == files


def test_large_weights_are_split_into_shards(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        model = keras.Sequential([keras.Input((1024,), name="x"), keras.layers.Dense(1100, use_bias=False, name="out")])
    source = load_source(model, tmp_path)
    assert source.saved_model is not None
    files = tfjs.graph_model(source.saved_model, None, "float32", {})
    assert {name: len(content) for name, content in files.items() if name != "model.json"} == {
        "group1-shard1of2.bin": 4 * 1024 * 1024,
        "group1-shard2of2.bin": 1024 * 1100 * 4 - 4 * 1024 * 1024,
    }
    x = {"x": np.linspace(-1, 1, 1024, dtype=np.float32)[None]}
    expected = frozen.load(source.saved_model)(x)["out"]
    np.testing.assert_allclose(tfjs.run_graph_model(files, x)["out"], expected, rtol=0, atol=1e-5)


def test_an_op_that_tfjs_lacks_is_named(tf: Any, tmp_path: Path) -> None:
    with tensorflow():
        module = tf.Module()
        spec = tf.TensorSpec((1, 4), tf.float32, name="x")
        module.call = tf.function(lambda x: {"y": tf.math.lgamma(x)}, input_signature=[spec])
        function = module.call.get_concrete_function()
    fixed = frozen.freeze(function, ("x",), tmp_path / "saved")
    with pytest.raises(ConversionError, match="Lgamma") as caught:
        tfjs.graph_model(fixed.folder, None, "float32", {})
    assert caught.value.code == "model/unsupported-op"
