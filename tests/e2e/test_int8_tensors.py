"""A .tflite whose own tensors are int8 runs in the browser, to the bit as in Python."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from playwright.sync_api import Browser

import satchel
from e2e.conftest import visiting
from satchel_server import listen
from tiny_tflite import ADD, Node, Slot, tflite


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives twice the colour of one pixel as scores."""
    folder, kind = tmp_path_factory.mktemp("int8"), schema.TensorType.INT8
    slots = [Slot("pixel", (1, 1, 1, 3), kind, (0.5,), (3,)), Slot("twice", (1, 1, 1, 3), kind, (1.0,), (-2,))]
    (folder / "model.tflite").write_bytes(tflite(slots, [Node(ADD, (0, 0), (1,))], (0,), (1,)))
    described = satchel.image_classification(
        labels=["red", "green", "blue"], size=1, mean=127, std=4, activation="softmax", name="twice"
    )
    pixels = np.random.default_rng(8).integers(0, 256, (3, 5, 5, 3), np.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", satchel.SatchelWarning)  # of what TFLite Metadata cannot say
        satchel.pack(folder / "model.tflite", described, folder / "twice.satchel", golden=list(pixels))
    return folder / "twice.satchel"


def test_int8_tensors_are_offered_and_give_the_golden_answers(browser: Browser, bundle: Path) -> None:
    opened = satchel.open(bundle)
    (artefact,) = opened.manifest.artefacts()
    assert opened.spec.inputs[0].tensor[artefact].dtype == opened.spec.outputs[0].tensor[artefact].dtype == "int8"
    assert opened.check().ok
    with listen([bundle], port=0) as listening, visiting(browser, listening.url) as visit:
        visit.open()
        assert visit.page.get_attribute("#proof", "data-artefact") == artefact
        assert visit.page.get_attribute("#seal", "data-state") == "good"
    assert visit.complaints == []
