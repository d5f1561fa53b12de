"""Every format becomes one SavedModel and one float .tflite that give the model's own answers."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from satchel_converters import float_tflite, frozen
from satchel_converters.quiet import tensorflow
from satchel_converters.sources import load_source
from satchel_converters.tflite_graph import read_graph
from satchel_metadata.errors import ConversionError, ModelError

Pictures = list[dict[str, np.ndarray[Any, Any]]]


def keras_answers(model: Any, picture: np.ndarray[Any, Any]) -> dict[str, np.ndarray[Any, Any]]:
    zebra, ant = model(picture, training=False)
    return {"zebra": np.asarray(zebra), "ant": np.asarray(ant)}


@pytest.mark.parametrize("name", ["three.keras", "three.h5", "three_saved", "two.h5", "two.keras", "two_saved"])
def test_every_format_gives_the_models_own_answers(
    name: str, models: dict[str, Path], tmp_path: Path, model: Any, tf_keras: Any, pictures: Pictures
) -> None:
    source = load_source(models[name], tmp_path)
    with tensorflow():
        own = model if name.startswith("three") else tf_keras.models.load_model(models["two.h5"], compile=False)
    own_names = {"output_0": "zebra", "output_1": "ant"} if name == "three_saved" else {"zebra": "zebra", "ant": "ant"}
    run_saved, run_lite = frozen.load(tmp_path / "saved_model"), float_tflite.runner(source.tflite)
    for picture in pictures[:2]:
        expected = keras_answers(own, picture["image"])
        for answers in (run_saved(picture), run_lite(picture)):
            assert set(answers) == set(own_names)
            for output, own_output in own_names.items():
                np.testing.assert_allclose(answers[output], expected[own_output], rtol=0, atol=2e-6)


def test_a_live_keras_model_and_its_file_convert_to_the_same_bytes(
    model: Any, source: Any, tmp_path: Path, models: dict[str, Path]
) -> None:
    live = load_source(model, tmp_path)
    assert (live.format, source.format) == ("keras-object", "keras")
    assert live.tflite == source.tflite
    assert source.sha256 == hashlib.sha256(models["three.keras"].read_bytes()).hexdigest()


def test_the_fingerprint_of_a_live_model_follows_its_weights(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        one = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, name="dense")])
        first = load_source(one, tmp_path / "a").sha256
        assert load_source(one, tmp_path / "b").sha256 == first
        one.layers[-1].bias.assign([1.0, 0.0])
        assert load_source(one, tmp_path / "c").sha256 != first


def test_two_outputs_of_one_shape_are_never_swapped(source: Any, model: Any, pictures: Pictures) -> None:
    answers = float_tflite.runner(source.tflite)(pictures[0])
    expected = keras_answers(model, pictures[0]["image"])
    assert np.abs(expected["zebra"] - expected["ant"]).max() > 1e-3
    assert all(np.abs(answers[name] - expected[name]).max() < 1e-6 for name in expected)
    assert [each.name for each in source.outputs] == ["ant", "zebra"]


def test_every_size_is_static_and_the_batch_is_one(source: Any) -> None:
    graph = read_graph(source.tflite)
    assert [(each.name, each.shape) for each in graph.inputs] == [("image:0", (1, 32, 32, 3))]
    assert all(size > 0 for op in graph.ops for tensor in (*op.inputs, *op.outputs) for size in tensor.shape)
    assert source.inputs == (frozen.TensorInfo("image", (1, 32, 32, 3), "float32"),)


def test_the_report_says_how_far_and_over_how_many_inputs(
    models: dict[str, Path], tmp_path: Path, pictures: Pictures
) -> None:
    report = load_source(models["three.keras"], tmp_path, samples=pictures[:2]).report
    assert report.inputs == 5
    assert report.saved_model is not None
    assert 0 <= report.saved_model.relative <= report.bound
    assert 0 <= report.tflite.relative <= 1e-5


def test_a_check_that_fails_stops_and_says_by_how_much_and_where(models: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ConversionError) as caught:
        load_source(models["three.keras"], tmp_path, bound=-1.0)
    assert caught.value.code == "model/answers-differ"
    assert caught.value.where in ("ant", "zebra")


def test_another_process_converts_to_the_same_bytes(models: dict[str, Path], source: Any, tmp_path: Path) -> None:
    script = (
        "import hashlib, sys, pathlib\n"
        "from satchel_converters import sources, tflite, tfjs\n"
        "import numpy as np\n"
        "folder = pathlib.Path(sys.argv[2])\n"
        "made = sources.load_source(sys.argv[1], folder)\n"
        "picture = {'image': np.linspace(-1, 1, 3072, dtype=np.float32).reshape(1, 32, 32, 3)}\n"
        "files = [made.tflite, tflite.float16(made.tflite), tflite.dynamic_range(made.tflite)]\n"
        "files.append(tflite.int8(made.tflite, [picture]))\n"
        "for kind in ('float32', 'float16', 'uint8'):\n"
        "    graph = tfjs.graph_model(made.saved_model, None, kind, {'b': 1, 'a': 2})\n"
        "    files += [graph[name] for name in sorted(graph)]\n"
        "print([hashlib.sha256(each).hexdigest() for each in files])\n"
    )
    path = ":".join(sys.path)
    runs = [
        subprocess.run(
            [sys.executable, "-c", script, str(models["three.keras"]), str(tmp_path / seed)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": path, "PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert hashlib.sha256(source.tflite).hexdigest() in runs[0].stdout
    assert runs[0].stderr == ""


@pytest.fixture(scope="module")
def any_size(keras: Any) -> Any:
    with tensorflow():
        image = keras.Input((None, None, 3), name="image")
        return keras.Model(image, keras.layers.GlobalAveragePooling2D(name="mean")(image))


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ({}, r"the size of input 'image' is open in the model: \[\?, \?, \?, 3\]$"),
        ({"image": (1, None, 64, 3)}, r"is open in the model: \[\?, \?, \?, 3\]$"),
        ({"photo": (1, 48, 64, 3), "row": (1, 4)}, "the spec tells of 'photo', 'row'$"),
        ({"image": (1, 48, 64, 4)}, r"\[1, 48, 64, 4\] does not fit$"),
        ({"image": (48, 64, 4)}, r"\[1, 48, 64, 4\] does not fit$"),
        ({"image": (48, 64)}, r"\[48, 64\] does not fit$"),
    ],
)
def test_an_open_size_that_nothing_settles_is_an_error(
    any_size: Any, tmp_path: Path, shapes: dict[str, tuple[int | None, ...]], said: str
) -> None:
    with pytest.raises(ModelError) as caught:
        load_source(any_size, tmp_path, input_shapes=shapes)
    assert re.search(said, caught.value.message)
    assert caught.value.code == ("model/shape-mismatch" if "fit" in said else "model/dynamic-shape")
    assert (caught.value.where, bool(caught.value.hint)) == ("image", True)


@pytest.mark.parametrize("form", ["live", "open.keras", "open.h5", "open_saved"])
@pytest.mark.parametrize("shape", [(48, 64, 3), (1, 48, 64, 3)])
def test_an_open_size_is_settled_whatever_the_single_input_is_called(
    any_size: Any, tmp_path: Path, form: str, shape: tuple[int, ...]
) -> None:
    path = tmp_path / form
    with tensorflow():
        if form == "open_saved":
            any_size.export(path, verbose=False)
        elif form != "live":
            any_size.save(path)
    model = any_size if form == "live" else path
    assert load_source(model, tmp_path, input_shapes={"photo": shape}).inputs[0].shape == (1, 48, 64, 3)


def test_a_size_that_the_model_fixes_stays_as_it_is(models: dict[str, Path], tmp_path: Path) -> None:
    source = load_source(models["three.keras"], tmp_path, input_shapes={"image": (1, 64, 64, 3)})
    assert source.inputs[0].shape == (1, 32, 32, 3)


def test_several_inputs_and_a_dict_of_outputs_keep_their_names(keras: Any, tmp_path: Path) -> None:
    with tensorflow():
        left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
        outputs = {"gap": keras.layers.Subtract()([left, right]), "sum": keras.layers.Add()([left, right])}
        both = keras.Model({"right": right, "left": left}, outputs)
    source = load_source(both, tmp_path)
    inputs = {"left": np.full((1, 4), 5, np.float32), "right": np.full((1, 4), 2, np.float32)}
    answers = float_tflite.runner(source.tflite)(inputs)
    assert {name: value[0, 0] for name, value in answers.items()} == {"gap": 3, "sum": 7}


def test_a_subclassed_live_model_needs_its_input_size(keras: Any, tmp_path: Path) -> None:
    with tensorflow():

        class Doubling(keras.Model):  # type: ignore[misc]
            def call(self, x: Any, training: bool = False) -> Any:
                return x * 2

        with pytest.raises(ModelError) as caught:
            load_source(Doubling(), tmp_path / "a")
        source = load_source(Doubling(), tmp_path / "b", input_shapes={"signal": (1, 6)})
    assert caught.value.code == "model/not-built"
    answers = float_tflite.runner(source.tflite)({"signal": np.ones((1, 6), np.float32)})
    assert answers["output"].tolist() == [[2.0] * 6]


def save_signatures(tf: Any, path: Path, *names: str) -> Path:
    with tensorflow():
        module = tf.Module()
        module.scale = tf.Variable(3.0)

        def signature(offset: float) -> Any:
            spec = tf.TensorSpec((None, 4), tf.float32, name="x")
            return tf.function(lambda x: {"y": x * module.scale + offset}, input_signature=[spec])

        signatures = {name: signature(float(place)) for place, name in enumerate(names)}
        module.calls = list(signatures.values())
        tf.saved_model.save(module, str(path), signatures=signatures)
    return path


def test_the_signature_chosen_is_the_one_converted(tf: Any, tmp_path: Path) -> None:
    path = save_signatures(tf, tmp_path / "model", "first", "second")
    with pytest.raises(ModelError) as caught:
        load_source(path, tmp_path / "a")
    assert caught.value.code == "model/several-signatures"
    assert "'first', 'second'" in str(caught.value)
    with pytest.raises(ModelError, match=r"It has 'first', 'second'"):
        load_source(path, tmp_path / "b", signature="third")
    source = load_source(path, tmp_path / "c", signature="second")
    assert float_tflite.runner(source.tflite)({"x": np.ones((1, 4), np.float32)})["y"].tolist() == [[4.0] * 4]


def test_serving_default_is_taken_when_none_is_chosen(tf: Any, tmp_path: Path) -> None:
    path = save_signatures(tf, tmp_path / "model", "another", "serving_default")
    source = load_source(path, tmp_path / "work")
    assert float_tflite.runner(source.tflite)({"x": np.ones((1, 4), np.float32)})["y"].tolist() == [[4.0] * 4]


def test_a_model_without_signature_is_refused(tf: Any, tmp_path: Path) -> None:
    with tensorflow():
        tf.saved_model.save(tf.Module(), str(tmp_path / "model"))
    with pytest.raises(ModelError) as caught:
        load_source(tmp_path / "model", tmp_path / "work")
    assert caught.value.code == "model/no-signature"


@pytest.mark.parametrize("name", ["three.keras", "three.h5", "two.h5"])
def test_a_signature_is_refused_where_there_are_none(name: str, models: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no signatures to choose from, so there is none named 'foo'") as caught:
        load_source(models[name], tmp_path, signature="foo")
    assert caught.value.code == "model/no-signature"


@pytest.mark.parametrize("missing", ["variables.index", "variables.data-00000-of-00001", "*"])
def test_a_saved_model_without_all_of_its_variables_is_incomplete(
    missing: str, models: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copytree(models["three_saved"], tmp_path / "model")
    for path in (tmp_path / "model" / "variables").glob(missing):
        path.unlink()
    with pytest.raises(ModelError, match="the folder is incomplete") as caught:
        load_source(tmp_path / "model", tmp_path / "work")
    assert caught.value.code == "model/not-loadable"


def test_a_cut_tflite_says_what_to_do(source: Any, tmp_path: Path) -> None:
    (tmp_path / "cut.tflite").write_bytes(source.tflite[:900])
    with pytest.raises(ModelError, match="damaged") as caught:
        load_source(tmp_path / "cut.tflite", tmp_path)
    assert (caught.value.code, caught.value.hint) == ("model/damaged", "Copy it again, or convert the model again.")


@pytest.mark.parametrize("name", ["three.keras", "two.h5", "three_saved", "two_saved"])
def test_the_opened_model_can_be_inspected_and_refused_before_it_is_converted(
    name: str, models: dict[str, Path], tmp_path: Path
) -> None:
    outputs = ("output_0", "output_1") if name == "three_saved" else ("ant", "zebra")
    seen = []

    def inspect(*tensors: Any) -> None:
        seen.append(tensors)
        raise ModelError("model/refused", "not this one")

    with pytest.raises(ModelError, match="not this one"):
        load_source(models[name], tmp_path, inspect=inspect)
    assert seen == [
        (
            (frozen.TensorInfo("image", (1, 32, 32, 3), "float32"),),
            tuple(frozen.TensorInfo(output, (1, 10), "float32") for output in outputs),
        )
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_changes_its_variables_is_refused(tf: Any, tmp_path: Path) -> None:
    with tensorflow():
        module = tf.Module()
        module.count = tf.Variable(0.0)
        spec = tf.TensorSpec((1, 2), tf.float32, name="x")
        module.call = tf.function(lambda x: {"y": x + module.count.assign_add(1.0)}, input_signature=[spec])
        tf.saved_model.save(module, str(tmp_path / "model"), signatures=module.call)
    with pytest.raises(ConversionError) as caught:
        load_source(tmp_path / "model", tmp_path / "work")
    assert caught.value.code == "model/not-freezable"


def test_an_op_that_tensorflow_lite_lacks_is_named(tf: Any, tmp_path: Path) -> None:
    with tensorflow():
        module = tf.Module()
        spec = tf.TensorSpec((1, 3, 3), tf.float32, name="x")
        module.call = tf.function(lambda x: {"y": tf.linalg.inv(x)}, input_signature=[spec])
        tf.saved_model.save(module, str(tmp_path / "model"), signatures=module.call)
    with pytest.raises(ConversionError, match="MatrixInverse") as caught:
        load_source(tmp_path / "model", tmp_path / "work")
    assert caught.value.code == "model/unsupported-op"


def test_something_that_is_no_model_is_refused_with_what_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"found builtins\.dict") as caught:
        load_source({}, tmp_path)
    assert caught.value.code == "model/not-a-model"


def test_importing_the_converters_does_not_import_tensorflow() -> None:
    script = "import sys, satchel_converters.sources, satchel_converters.tflite, satchel_converters.tfjs\n"
    script += "print(sorted({'tensorflow', 'keras', 'tf_keras', 'litert_quantizer', 'h5py'} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert run.stdout == "[]\n"
