"""A description that cannot be right for a model is refused before the model is converted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import satchel
from satchel_converters import frozen
from satchel_metadata.errors import InputError, ModelError, SpecError


@pytest.fixture(scope="module")
def channels_first() -> Any:
    import keras

    image = keras.Input((3, 32, 32), name="image")
    turned = keras.layers.Permute((2, 3, 1))(image)
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(turned))
    return keras.Model(image, keras.layers.Dense(3, activation="softmax")(pooled))


def refused_unconverted(
    model: Any, description: satchel.Description, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> SpecError:
    def freeze(*_: Any) -> None:
        raise AssertionError("the model is converted")

    monkeypatch.setattr(frozen, "freeze", freeze)
    with pytest.raises(SpecError) as caught:
        satchel.pack(model, description, folder / "out.satchel", variants=["float32"], tfjs=())
    assert list(folder.iterdir()) == []
    return caught.value


def test_the_wrong_picture_size(model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = satchel.image_classification(labels=["a", "b", "c"], size=48)
    error = refused_unconverted(model, described, tmp_path, monkeypatch)
    assert (error.code, error.hint) == ("spec/shape-mismatch", "Make it 32 wide and 32 high.")


def test_the_wrong_number_of_labels(model: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = satchel.image_classification(labels=["a", "b"], size=32)
    error = refused_unconverted(model, described, tmp_path, monkeypatch)
    assert error.code == "spec/label-count"
    assert "has 2 labels, the output has 3" in error.message


def test_the_wrong_order_of_axes(channels_first: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    described = satchel.image_classification(labels=["a", "b", "c"], size=32)
    error = refused_unconverted(channels_first, described, tmp_path, monkeypatch)
    assert (error.code, error.hint) == ("spec/shape-mismatch", "Change layout to NCHW.")
    assert "[1, 32, 32, 3] (NHWC), the model takes [1, 3, 32, 32]" in error.message


@pytest.fixture(scope="module")
def any_size() -> Any:
    import keras

    keras.utils.set_random_seed(1)
    image = keras.Input((None, None, 3), name="picture")
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(image))
    return keras.Model(image, keras.layers.Dense(3, activation="softmax")(pooled))


def test_a_model_of_any_size_takes_the_size_that_the_spec_says(any_size: Any, tmp_path: Path, photos: Path) -> None:
    described = satchel.image_classification(labels=["a", "b", "c"], size=(24, 40), range="-1..1")
    bundle = satchel.pack(any_size, described, tmp_path / "out.satchel", calibration=photos)
    shapes = {name: tensor.shape for name, tensor in bundle.spec.inputs[0].tensor.items()}
    assert set(shapes) == {"float32/tflite", "float32/tfjs", "int8/tflite"}
    assert set(shapes.values()) == {(1, 24, 40, 3)}
    assert bundle.check().ok


def test_a_model_of_any_size_with_a_spec_of_none(
    any_size: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = satchel.image_classification(labels=["a", "b", "c"], resize_shorter=32)
    with pytest.raises(ModelError) as caught:
        satchel.pack(any_size, described, tmp_path / "out.satchel", variants=["float32"], tfjs=())
    assert (caught.value.code, caught.value.where) == ("model/dynamic-shape", "picture")
    assert "add a resize to a size, or a crop" in str(caught.value.hint)
    assert list(tmp_path.iterdir()) == []


def test_a_cut_tflite_is_named(tmp_path: Path) -> None:
    cut = tmp_path / "cut.tflite"
    cut.write_bytes(b"\x1c\0\0\0TFL3" + bytes(40))
    described = satchel.image_classification(labels=["a", "b", "c"], size=32)
    with pytest.raises(ModelError) as caught:
        satchel.pack(cut, described, tmp_path / "out.satchel")
    assert (caught.value.code, caught.value.where) == ("model/damaged", str(cut))


@pytest.mark.parametrize("precision", ["int8", "dynamic_range"])
def test_a_quantised_tflite_is_packed_as_what_it_is(precision: str, packed: satchel.Bundle, tmp_path: Path) -> None:
    file = tmp_path / "model.tflite"
    file.write_bytes(packed.reader.model(precision))
    described = satchel.Description(packed.spec, packed.labels)
    assert satchel.pack(file, described, tmp_path / "again.satchel").variants == (precision,)


def test_a_variant_that_needs_calibration_says_how_to_do_without(model: Any, tmp_path: Path) -> None:
    described = satchel.image_classification(labels=["a", "b", "c"], size=32)
    with pytest.raises(InputError) as caught:
        satchel.pack(model, described, tmp_path / "out.satchel")
    assert caught.value.code == "input/no-photos"
    assert "--variants float32" in str(caught.value.hint)
