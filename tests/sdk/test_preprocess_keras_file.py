"""The preparation of a .keras file is that of the model it holds, and nothing of the file is run to find it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

import satchel
from satchel_metadata.errors import SatchelError


@pytest.fixture(scope="module")
def models() -> dict[str, Any]:
    import keras

    layers, image = keras.layers, keras.Input((32, 32, 3))
    base = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(32, 32, 3), alpha=0.35)
    prepared = keras.applications.mobilenet_v2.preprocess_input(image)
    return {
        "rescaling": keras.Sequential([keras.Input((24, 32, 3)), layers.Rescaling(1 / 255), layers.Flatten()]),
        "built-later": keras.Sequential([layers.Rescaling(1 / 255), layers.Flatten()]),
        "grey": keras.Sequential([keras.Input((8, 8, 1)), layers.Normalization(mean=3.0, variance=2.0)]),
        "resizing": keras.Sequential(
            [keras.Input((None, None, 3)), layers.Resizing(20, 30), layers.Rescaling(1 / 255)]
        ),
        "augmented": keras.Sequential([keras.Input((8, 8, 3)), layers.RandomFlip(), layers.Rescaling(1 / 255)]),
        "arithmetic": keras.Model(image, layers.Flatten()(base(prepared))),
        "application": keras.Model(image, layers.Flatten()(base(image))),
    }


@pytest.mark.parametrize(
    "name", ["rescaling", "built-later", "grey", "resizing", "augmented", "arithmetic", "application"]
)
def test_a_file_is_prepared_as_the_model_it_holds(models: dict[str, Any], name: str, tmp_path: Path) -> None:
    model, path = models[name], tmp_path / "model.keras"
    if name == "built-later":
        model.build((None, 24, 32, 3))
    model.save(path)
    alive, file = satchel.Preprocess.from_keras(model), satchel.Preprocess.from_keras(path)
    assert (file.steps, file.notes) == (alive.steps, alive.notes)
    assert file.source == str(path)
    assert satchel.Preprocess.from_keras(str(path)).steps == file.steps


def test_what_the_model_does_itself_is_not_repeated(models: dict[str, Any], tmp_path: Path) -> None:
    models["rescaling"].save(tmp_path / "model.keras")
    made = satchel.Preprocess.from_keras(tmp_path / "model.keras")
    assert [step["op"] for step in made.steps] == ["decode", "resize", "layout"]
    assert made.notes == ("the model does Rescaling itself",)


def changed(source: Path, target: Path, change: Any) -> Path:
    """A .keras file with its description changed."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as out:
        for entry in archive.infolist():
            data = archive.read(entry)
            if entry.filename == "config.json":
                config = json.loads(data)
                change(config)
                data = json.dumps(config).encode()
            out.writestr(entry.filename, data)
    return target


def lambda_layer(config: dict[str, Any]) -> None:
    config["config"]["layers"][1]["class_name"] = "Lambda"


def aspect_ratio(config: dict[str, Any]) -> None:
    config["config"]["layers"][1]["config"]["crop_to_aspect_ratio"] = True


def no_fields(config: dict[str, Any]) -> None:
    del config["config"]["layers"][1]["config"]


def two_inputs(config: dict[str, Any]) -> None:
    config["config"]["layers"].append(config["config"]["layers"][0])


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda_layer, "model/unsafe-layer", "Lambda"),
        (aspect_ratio, "spec/not-expressible", "keeps the aspect ratio"),
        (no_fields, "spec/unknown-preparation", "not of the form"),
        (two_inputs, "spec/not-expressible", "no single picture"),
    ],
)
def test_a_file_that_holds_what_no_step_says_is_refused(
    models: dict[str, Any], tmp_path: Path, change: Any, code: str, words: str
) -> None:
    models["resizing"].save(tmp_path / "model.keras")
    path = changed(tmp_path / "model.keras", tmp_path / "changed.keras", change)
    with pytest.raises(SatchelError, match=words) as caught:
        satchel.Preprocess.from_keras(path)
    assert caught.value.code == code
    assert caught.value.where == str(path)


def test_other_files_are_refused(models: dict[str, Any], tmp_path: Path) -> None:
    models["rescaling"].save(tmp_path / "model.h5")
    (tmp_path / "text.keras").write_text("no model")
    for name, code in (
        ("model.h5", "model/unsupported-input"),
        ("text.keras", "model/not-a-model"),
        ("none.keras", "model/not-found"),
    ):
        with pytest.raises(SatchelError) as caught:
            satchel.Preprocess.from_keras(str(tmp_path / name))
        assert caught.value.code == code
