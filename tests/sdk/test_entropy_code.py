"""What was shared travels as code books and indexes, and is the same model again when the bundle is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import satchel
from satchel.recipes.entropy_code import EntropyCode, handle, sizes
from satchel.recipes.work import Context, Work
from satchel_metadata.bundle import BundleReader
from satchel_metadata.entropy_parts import parts_of
from satchel_metadata.tflite_model import inspect_model


@pytest.fixture(scope="module")
def shared_model() -> Any:
    """A model whose large layer has 8 values, nine in ten of them zero."""
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input((32, 32, 3), name="image")
    value = keras.layers.Dense(40, activation="relu", name="large")(keras.layers.Flatten()(inputs))
    made = keras.Model(inputs, keras.layers.Dense(3, activation="softmax", name="probabilities")(value))
    rng = np.random.default_rng(3)
    values = np.linspace(-0.1, 0.1, 7)[rng.integers(0, 7, (3072, 40))]
    made.get_layer("large").set_weights([values * (rng.random((3072, 40)) < 0.1), np.zeros(40)])
    return made


@pytest.fixture(scope="module")
def packed(shared_model: Any, tmp_path_factory: pytest.TempPathFactory) -> satchel.Bundle:
    spec = satchel.image_classification(labels=["a", "b", "c"], size=32, name="shared")
    out = tmp_path_factory.mktemp("entropy") / "shared.satchel"
    return satchel.pack(shared_model, spec, out, variants=["float32"], tfjs=(), compress=True)


def test_a_shared_model_is_stored_entropy_coded_and_gives_its_golden_answers(packed: satchel.Bundle) -> None:
    artefact = packed.reader.artefact("float32/tflite")
    assert artefact.file == "variants/float32/model.tflite.rz"
    assert artefact.stored_bytes < artefact.bytes / 15
    assert packed.manifest.satchel == "1.1"
    assert packed.check().ok


def test_the_code_book_is_stored_once_and_every_weight_as_an_index(packed: satchel.Bundle) -> None:
    model = packed.reader.model("float32")
    large = max(parts_of(model), key=lambda part: len(part.data))
    assert (large.width, large.rows, large.columns) == (4, 40, 3072)
    assert large.count <= 8
    found = sizes(model)
    assert found["memory"] == len(model)
    assert found["entropy"] < 0.9 * found["deflate"]


def test_a_bundle_without_it_stays_readable_for_the_first_readers(packed: satchel.Bundle, tmp_path: Path) -> None:
    model = tmp_path / "model.tflite"
    model.write_bytes(packed.reader.model("float32"))
    assert inspect_model(model.read_bytes()).ops
    spec = satchel.image_classification(labels=["a", "b", "c"], size=32, name="shared")
    plain = satchel.pack(model, spec, tmp_path / "plain.satchel", variants=["float32"], tfjs=(), compress="deflate")
    assert BundleReader.open(plain.path).manifest.satchel == "1.0"


def test_a_recipe_notes_its_bytes_in_memory_and_over_the_wire(packed: satchel.Bundle) -> None:
    model = packed.reader.model("float32")
    work = handle(EntropyCode(), Work(tflite=model), Context())
    assert work == Work(tflite=model, facts=(("entropy_code", sizes(model)),))


def test_the_pass_has_no_settings_and_is_of_the_last_stage() -> None:
    EntropyCode().validate()
    assert (EntropyCode.kind, EntropyCode.stage) == ("entropy_code", "storage")
