"""A description that cannot be right for a model is refused before the model is converted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import satchel
from satchel_converters import frozen
from satchel_metadata.errors import SpecError


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
