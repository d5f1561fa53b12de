"""Packing warns of a spec that can hardly be meant for its model, and refuses one that cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import satchel


@pytest.fixture(scope="module")
def scaling() -> Any:
    """A model that begins with Rescaling, as `image_dataset_from_directory` models do."""
    import keras

    keras.utils.set_random_seed(1)
    image = keras.Input((16, 16, 3))
    scaled = keras.layers.Rescaling(1 / 127.5, -1)(image)
    features = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(scaled)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    outputs = [keras.layers.Dense(2, activation="softmax", name="scores")(pooled)]
    return keras.Model(image, [*outputs, keras.layers.Dense(3, name="features")(pooled)])


def test_values_scaled_twice_and_outputs_unread_are_warned_of(scaling: Any, tmp_path: Path) -> None:
    described = satchel.image_classification(labels=["a", "b"], size=16, range="-1..1")
    spec = described.spec.model_copy(
        update={"outputs": (described.spec.outputs[0].model_copy(update={"name": "scores"}),)}
    )
    with pytest.warns(satchel.SatchelWarning) as caught:
        satchel.pack(
            scaling,
            satchel.Description(spec, described.labels),
            tmp_path / "twice.satchel",
            variants=["float32"],
            tfjs=(),
        )
    told = [str(each.message) for each in caught]
    assert any(text.startswith("$.inputs[0].steps[2]: ") and "scaled already" in text for text in told)
    assert any("is read by no step" in text for text in told)
    assert all(Path(each.filename) == Path(__file__) for each in caught if "$." in str(each.message)[:2])


def test_a_size_that_the_model_does_not_take_is_refused_at_its_step(scaling: Any, tmp_path: Path) -> None:
    described = satchel.image_classification(labels=["a", "b"], resize_shorter=20, crop=18)
    spec = described.spec.model_copy(
        update={"outputs": (described.spec.outputs[0].model_copy(update={"name": "scores"}),)}
    )
    with pytest.raises(satchel.SatchelError, match="18 x 18"):
        satchel.pack(scaling, satchel.Description(spec, described.labels), tmp_path / "no", variants=["float32"])
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize(
    ("classes", "activation", "wanted"), [(2, "none", "softmax"), (1, "none", "sigmoid"), (2, "softmax", "")]
)
def test_logits_that_nothing_makes_shares_of_are_warned_of(
    classes: int, activation: Any, wanted: str, tmp_path: Path
) -> None:
    import keras

    keras.utils.set_random_seed(1)
    image = keras.Input((16, 16, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(image))
    bias = keras.initializers.Constant(-1.5)
    model = keras.Model(image, keras.layers.Dense(classes, bias_initializer=bias)(pooled))
    labels = ["a", "b"][:classes]
    described = satchel.image_classification(labels=labels, size=16, range="-1..1", activation=activation)
    with pytest.warns(satchel.SatchelWarning) as caught:
        satchel.pack(model, described, tmp_path / "out.satchel", variants=["float32"], tfjs=())
    told = [str(each.message) for each in caught if "logits" in str(each.message)]
    assert len(told) == bool(wanted)
    assert all(each.startswith("$.outputs[0].steps: ") and f"activation='{wanted}'" in each for each in told)
