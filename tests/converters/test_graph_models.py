"""A TF.js graph model is a source like any other: its own answers, as TF.js gives them, and nothing run unread."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from converters.refusals import refused
from converters.tfjs_in_node import in_node
from satchel_converters import float_tflite, frozen, graph_models, scan_graph_model, tfjs
from satchel_converters.quiet import tensorflow
from satchel_converters.sources import Source, load_source
from satchel_metadata.errors import ConversionError

Pictures = list[dict[str, np.ndarray[Any, Any]]]


@pytest.fixture(scope="module", params=["float32", "float16", "uint8"])
def folder(request: Any, source: Source, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives a graph model of the two-headed net, as its weights may be stored."""
    assert source.saved_model is not None
    made = tmp_path_factory.mktemp("graph")
    tfjs.graph_model(source.saved_model, made, request.param, {})
    return made


def change(folder: Path, to: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    """Gives a copy of a graph model with its model.json changed."""
    to.mkdir()
    for each in folder.iterdir():
        (to / each.name).write_bytes(each.read_bytes())
    document = json.loads((folder / "model.json").read_text())
    edit(document)
    (to / "model.json").write_text(json.dumps(document))
    return to


def test_it_gives_the_answers_of_tfjs_in_every_form(folder: Path, tmp_path: Path, pictures: Pictures) -> None:
    made = load_source(folder / "model.json", tmp_path)
    assert (made.format, made.precision) == ("tfjs", "float32")
    assert [each.name for each in made.outputs] == ["ant", "zebra"]
    assert made.sha256 == scan_graph_model.digest(folder)
    runs = (frozen.load(tmp_path / "saved_model"), float_tflite.runner(made.tflite))
    for picture in pictures[:2]:
        expected = in_node(folder, picture["image"], ["ant", "zebra"])
        for run in runs:
            answers = run(picture)
            for name, wanted in zip(("ant", "zebra"), expected, strict=True):
                np.testing.assert_allclose(answers[name], wanted, rtol=0, atol=2e-6)


def test_a_folder_and_its_model_json_are_one_model(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = load_source(folder, tmp_path / "a"), load_source(folder / "model.json", tmp_path / "b")
    assert (one.tflite, one.sha256) == (other.tflite, other.sha256)


def test_without_a_signature_placeholders_and_unread_nodes_are_taken(folder: Path, tmp_path: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        del document["signature"]

    opened = graph_models.open_model(change(folder, tmp_path / "bare", edit), {})
    assert opened.input_names == ("image",)
    assert sorted(opened.function.structured_outputs) == ["ant", "zebra"]


def test_outputs_that_nobody_reads_are_left_out(folder: Path, tmp_path: Path, pictures: Pictures) -> None:
    made = load_source(folder, tmp_path, outputs=["zebra"])
    assert [each.name for each in made.outputs] == ["zebra"]
    (wanted,) = in_node(folder, pictures[0]["image"], ["zebra"])
    np.testing.assert_allclose(float_tflite.runner(made.tflite)(pictures[0])["zebra"], wanted, rtol=0, atol=2e-6)
    whole = graph_models.open_model(folder, {}, ["zebra", "lion"])
    assert sorted(whole.function.structured_outputs) == ["ant", "zebra"]


def test_a_hard_swish_with_a_rounded_sixth_is_computed_as_written(tf: Any, tmp_path: Path) -> None:
    sixth, x = np.float32(np.float16(1 / 6)), np.linspace(-4, 4, 1024, dtype=np.float32).reshape(1, 16, 16, 4)
    with tensorflow(), tf.Graph().as_default() as graph:
        given = tf.compat.v1.placeholder(tf.float32, x.shape, name="x")
        convolved = tf.nn.conv2d(given, np.eye(4, dtype=np.float32).reshape(1, 1, 4, 4), 1, "SAME")
        tf.multiply(tf.multiply(sixth, convolved), tf.nn.relu6(convolved + np.float32(3)), name="y")
    run = frozen.graph_runner(graph.as_graph_def(), {"x": "x:0"}, {"y": "y:0"})
    expected = (sixth * x) * np.clip(x + np.float32(3), np.float32(0), np.float32(6))
    np.testing.assert_array_max_ulp(run({"x": x})["y"], expected, 2)


def set_op(document: dict[str, Any]) -> None:
    document["modelTopology"]["node"][-1]["op"] = "WriteFile"


def set_op_in_function(document: dict[str, Any]) -> None:
    body = [{"name": "hidden", "op": "ReadFile"}]
    document["modelTopology"]["library"] = {"function": [{"signature": {"name": "f"}, "nodeDef": body}]}


def set_path(path: str) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        document["weightsManifest"][0]["paths"] = [path]

    return edit


def set_weight(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def edit(document: dict[str, Any]) -> None:
        document["weightsManifest"][0]["weights"][0][key] = value

    return edit


def make_layers(document: dict[str, Any]) -> None:
    topology = {"keras_version": "tfjs-layers 4.22.0", "model_config": {"class_name": "Sequential", "config": {}}}
    document.update(format="layers-model", modelTopology=topology)


REFUSED = [
    (set_op, "model/unsafe-op", "WriteFile"),
    (set_op_in_function, "model/unsafe-op", "of function 'f'"),
    (set_path("../other.bin"), "model/unsafe-file", "lies outside"),
    (set_path("/etc/passwd"), "model/unsafe-file", "lies outside"),
    (set_path("gone.bin"), "model/damaged", "'gone.bin' is missing"),
    (set_weight("dtype", "string"), "model/damaged", "list of weights"),
    (set_weight("shape", [-1, 2]), "model/damaged", "list of weights"),
    (set_weight("shape", [2**40, 2**40]), "model/damaged", "list of weights"),
    (make_layers, "model/not-a-model", "--input_format tfjs_layers_model"),
    (lambda document: document.pop("modelTopology"), "model/not-a-model", "without a modelTopology"),
    (lambda document: document.update(modelTopology={"node": [7]}), "model/damaged", "its graph"),
    (lambda document: document.update(modelInitializer={"node": []} | {"x": 1}), "model/not-a-model", "lookup tables"),
]


@pytest.mark.parametrize(("edit", "code", "said"), REFUSED)
def test_what_is_no_safe_graph_model_is_refused(
    edit: Callable[[dict[str, Any]], None], code: str, said: str, source: Source, tmp_path: Path
) -> None:
    assert source.saved_model is not None
    tfjs.graph_model(source.saved_model, tmp_path / "graph", "float32", {})
    error = refused(change(tmp_path / "graph", tmp_path / "changed", edit), tmp_path / "work")
    assert error.code == code
    assert said in str(error)


def test_a_link_for_a_shard_is_refused(folder: Path, tmp_path: Path) -> None:
    copied = change(folder, tmp_path / "linked", lambda document: None)
    shard = next(each for each in copied.iterdir() if each.suffix == ".bin")
    shard.rename(tmp_path / "elsewhere.bin")
    shard.symlink_to(tmp_path / "elsewhere.bin")
    assert refused(copied, tmp_path / "work").code == "model/unsafe-file"


def test_json_that_is_cut_off_or_deep_is_damaged(tmp_path: Path) -> None:
    for place, text in enumerate(('{"format":', '{"a":' + "[" * 100_000)):
        (tmp_path / f"{place}.json").write_text(text)
        assert refused(tmp_path / f"{place}.json", tmp_path / "work").code == "model/damaged"


def drop_weight(document: dict[str, Any]) -> None:
    document["weightsManifest"][0]["weights"].pop()


@pytest.mark.parametrize(
    ("edit", "said"), [(drop_weight, "has no weights"), (set_weight("shape", [2**40]), "the shards end before")]
)
def test_weights_that_are_not_there_are_said(
    edit: Callable[[dict[str, Any]], None], said: str, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(ConversionError, match=said) as caught:
        load_source(change(folder, tmp_path / "less", edit), tmp_path)
    assert caught.value.code == "model/not-runnable"
