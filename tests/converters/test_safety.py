"""What could run code or fill the memory in a .keras or .h5 file is refused by name, before any of it is loaded."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from converters.refusals import refused
from satchel_converters.quiet import tensorflow
from satchel_converters.safety import scan
from satchel_converters.sources import load_source


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Writes a .keras archive anew after `change` has changed its entries."""
    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target


def with_config(source: Path, target: Path, change: Callable[[Any], None]) -> Path:
    def edit(entries: dict[str, bytes]) -> None:
        config = json.loads(entries["config.json"])
        change(config)
        entries["config.json"] = json.dumps(config).encode()

    return rewritten(source, target, edit)


def layer(config: Any, name: str) -> Any:
    return next(each for each in config["config"]["layers"] if each["config"]["name"] == name)


class TestKerasFiles:
    def test_a_lambda_in_a_keras_file_is_refused_by_its_name(self, keras: Any, tmp_path: Path) -> None:
        with tensorflow():
            model = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(lambda x: x * 2, name="twice")])
            model.save(tmp_path / "model.keras")
        error = refused(tmp_path / "model.keras", tmp_path / "work")
        assert error.code == "model/unsafe-layer"
        assert "'twice'" in str(error)

    @pytest.mark.parametrize("name", ["model.h5", "model.keras"])
    def test_a_lambda_of_tf_keras_is_refused_before_its_bytecode_is_run(
        self, name: str, tf_keras: Any, tmp_path: Path
    ) -> None:
        witness = tmp_path / "witness"
        writes = eval(f"lambda x: (__import__('pathlib').Path({str(witness)!r}).write_text('x'), x)[1]")
        with tensorflow():
            layer = tf_keras.layers.Lambda(writes, name="writes")
            tf_keras.Sequential([tf_keras.layers.Input((2,)), layer]).save(tmp_path / name)
            witness.unlink()
            tf_keras.models.load_model(tmp_path / name, safe_mode=False)
        assert witness.exists()  # Loading it is enough.
        witness.unlink()
        error = refused(tmp_path / name, tmp_path / "work")
        assert error.code == "model/unsafe-layer"
        assert "'writes'" in str(error)
        assert not witness.exists()

    def test_an_unknown_layer_is_named_with_its_class(self, keras: Any, tmp_path: Path) -> None:
        with tensorflow():

            @keras.saving.register_keras_serializable("mine")
            class Swirl(keras.layers.Layer):  # type: ignore[misc]
                def call(self, x: Any) -> Any:
                    return x

            keras.Sequential([keras.Input((2,)), Swirl(name="swirl_3")]).save(tmp_path / "model.keras")
        error = refused(tmp_path / "model.keras", tmp_path / "work")
        assert error.code == "model/unknown-layer"
        assert "Swirl" in str(error)
        assert "'swirl_3'" in str(error)

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"module": "os", "class_name": "system"}, "model/unknown-layer"),
            ({"module": "keras.src.utils.file_utils", "class_name": "Dense"}, "model/unknown-layer"),
            ({"module": "keras.layers", "class_name": "NoSuchLayer"}, "model/unknown-layer"),
            ({"registered_name": "evil>Dense"}, "model/unknown-layer"),
            ({"module": "keras.layers", "class_name": "TFSMLayer"}, "model/unsafe-layer"),
            ({"module": "keras.layers", "class_name": "TorchModuleWrapper"}, "model/unsafe-layer"),
            ({"class_name": "__lambda__"}, "model/unsafe-layer"),
            ({"module": "tf_keras.src.layers.core.tf_op_layer", "class_name": "TFOpLambda"}, "model/unsafe-layer"),
        ],
    )
    def test_a_class_from_elsewhere_is_refused(
        self, change: dict[str, str], code: str, models: dict[str, Path], tmp_path: Path
    ) -> None:
        path = with_config(
            models["three.keras"], tmp_path / "model.keras", lambda config: layer(config, "zebra").update(change)
        )
        error = refused(path, tmp_path / "work")
        assert error.code == code
        assert "'zebra'" in str(error)

    @pytest.mark.parametrize("module", ["keras.utils", "builtins", "os"])
    def test_a_function_that_is_no_activation_is_refused(
        self, module: str, models: dict[str, Path], tmp_path: Path
    ) -> None:
        function = {"module": module, "class_name": "function", "config": "get_file", "registered_name": "get_file"}
        path = with_config(
            models["three.keras"],
            tmp_path / "model.keras",
            lambda config: layer(config, "zebra")["config"].update(activation=function),
        )
        error = refused(path, tmp_path / "work")
        assert error.code == "model/unknown-layer"
        assert "get_file" in str(error)

    def test_a_tensorflow_function_that_writes_is_refused_and_arithmetic_is_not(
        self, tf: Any, tf_keras: Any, tmp_path: Path
    ) -> None:
        with tensorflow():
            image = tf_keras.Input((4, 4, 3), name="image")
            tf_keras.Model(image, tf.nn.relu(image) * 2 + 1).save(tmp_path / "fine.h5")
        assert load_source(tmp_path / "fine.h5", tmp_path / "fine").outputs[0].shape == (1, 4, 4, 3)
        shutil.copy(tmp_path / "fine.h5", tmp_path / "writes.h5")
        with h5py.File(tmp_path / "writes.h5", "a") as file:
            text = file.attrs["model_config"]
            file.attrs["model_config"] = text.replace('"nn.relu"', '"io.write_file"')
        error = refused(tmp_path / "writes.h5", tmp_path / "work")
        assert error.code == "model/unsafe-layer"
        assert "tf.io.write_file" in str(error)

    def test_a_vocabulary_read_from_a_file_is_refused(self, models: dict[str, Path], tmp_path: Path) -> None:
        lookup = {
            "module": "keras.layers",
            "class_name": "StringLookup",
            "config": {"name": "words", "vocabulary": "/etc/passwd"},
        }
        path = with_config(
            models["three.keras"],
            tmp_path / "model.keras",
            lambda config: config["config"]["layers"].append(lookup),
        )
        assert "/etc/passwd" in str(refused(path, tmp_path / "work"))

    def test_what_the_file_says_of_training_is_not_loaded_and_so_not_refused(self, keras: Any, tmp_path: Path) -> None:
        with tensorflow():
            model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
            model.compile("adam", lambda y, p: p)
            model.save(tmp_path / "model.keras")
        scan(tmp_path / "model.keras", "keras")
        assert load_source(tmp_path / "model.keras", tmp_path / "work").outputs[0].shape == (1, 2)

    @pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a\\..\\evil.txt", "C:evil.txt"])
    def test_a_climbing_entry_is_refused(self, name: str, models: dict[str, Path], tmp_path: Path) -> None:
        path = rewritten(models["three.keras"], tmp_path / "model.keras", lambda entries: entries.update({name: b"x"}))
        assert refused(path, tmp_path / "work").code == "model/unsafe-file"

    def test_a_link_in_the_archive_is_refused(self, models: dict[str, Path], tmp_path: Path) -> None:
        path = Path(shutil.copy(models["three.keras"], tmp_path / "model.keras"))
        link = zipfile.ZipInfo("assets")
        link.external_attr = 0o120777 << 16
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(link, "/etc")
        assert "is a link" in str(refused(path, tmp_path / "work"))

    def test_a_bomb_is_refused_before_it_is_unpacked(self, models: dict[str, Path], tmp_path: Path) -> None:
        path = Path(shutil.copy(models["three.keras"], tmp_path / "model.keras"))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("assets/zeros", "w") as stream:
            for _ in range(300):
                stream.write(bytes(1024 * 1024))
        assert path.stat().st_size < 1024 * 1024
        assert "unpack to" in str(refused(path, tmp_path / "work"))

    def test_weights_that_link_to_another_file_are_refused(self, models: dict[str, Path], tmp_path: Path) -> None:
        def link(entries: dict[str, bytes]) -> None:
            stream = io.BytesIO(entries["model.weights.h5"])
            with h5py.File(stream, "a") as file:
                file["outside"] = h5py.ExternalLink("/etc/passwd", "/x")
            entries["model.weights.h5"] = stream.getvalue()

        path = rewritten(models["three.keras"], tmp_path / "model.keras", link)
        assert "ExternalLink" in str(refused(path, tmp_path / "work"))

    @pytest.mark.parametrize("kind", ["external", "virtual", "huge"])
    def test_a_dataset_that_is_not_in_the_file_is_refused(
        self, kind: str, models: dict[str, Path], tmp_path: Path
    ) -> None:
        path = Path(shutil.copy(models["two.h5"], tmp_path / "model.h5"))
        with h5py.File(path, "a") as file:
            if kind == "external":
                file.create_dataset("stolen", (4,), "u1", external=[("/etc/passwd", 0, 4)])
            elif kind == "virtual":
                layout = h5py.VirtualLayout((4,), "u1")
                layout[:] = h5py.VirtualSource("/etc/passwd", "x", (4,))
                file.create_virtual_dataset("stolen", layout)
            else:
                file.create_dataset("zeros", (1 << 40,), "u1", chunks=(1 << 20,))
        assert refused(path, tmp_path / "work").code == "model/unsafe-file"

    def test_weights_alone_are_refused(self, model: Any, tmp_path: Path) -> None:
        with h5py.File(tmp_path / "only.h5", "w") as file:
            file["weights"] = np.zeros(3)
        assert refused(tmp_path / "only.h5", tmp_path / "work").code == "model/weights-only"


class TestFilesThatAreNoModels:
    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("model.keras", b"", "model/empty"),
            ("model.keras", b"hello, I am a text file", "model/not-a-model"),
            ("model.h5", b"\x89HDF\r\n\x1a\n" + bytes(200), "model/damaged"),
            ("model.keras", b"PK\x03\x04" + bytes(100), "model/damaged"),
            ("model.tflite", b"\x1c\x00\x00\x00TFL3" + bytes(30), "model/damaged"),
            ("model.pb", b"\x80\x04\x95", "model/pickle"),
            ("weights.pth", b"PK\x03\x04", "model/pickle"),
            ("model.joblib", b"\x78\x9c", "model/pickle"),
        ],
    )
    def test_it_is_refused_in_one_paragraph(self, name: str, content: bytes, code: str, tmp_path: Path) -> None:
        (tmp_path / name).write_bytes(content)
        error = refused(tmp_path / name, tmp_path / "work")
        assert (error.code, error.where) == (code, str(tmp_path / name))

    def test_a_path_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        assert refused(tmp_path / "nothing.keras", tmp_path / "work").code == "model/not-found"

    def test_a_folder_without_saved_model_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        assert refused(tmp_path / "folder", tmp_path / "work").code == "model/not-a-model"

    def test_a_zip_that_is_no_keras_archive_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
            archive.writestr("readme.txt", "hello")
        assert refused(tmp_path / "model.keras", tmp_path / "work").code == "model/not-a-model"

    @pytest.mark.parametrize("name", ["three.keras", "three.h5", "two.h5"])
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
    def test_a_truncated_file_is_refused(
        self, name: str, share: float, models: dict[str, Path], tmp_path: Path
    ) -> None:
        content = models[name].read_bytes()
        (tmp_path / name).write_bytes(content[: int(len(content) * share)])
        assert refused(tmp_path / name, tmp_path / "work").code == "model/damaged"

    def test_a_truncated_saved_model_is_refused(self, models: dict[str, Path], tmp_path: Path) -> None:
        shutil.copytree(models["two_saved"], tmp_path / "model")
        graph = tmp_path / "model" / "saved_model.pb"
        graph.write_bytes(graph.read_bytes()[:1000])
        assert refused(tmp_path / "model", tmp_path / "work").code == "model/damaged"

    def test_a_saved_model_without_its_variables_is_refused(self, models: dict[str, Path], tmp_path: Path) -> None:
        shutil.copytree(models["two_saved"], tmp_path / "model")
        shutil.rmtree(tmp_path / "model" / "variables")
        assert refused(tmp_path / "model", tmp_path / "work").code == "model/not-loadable"
