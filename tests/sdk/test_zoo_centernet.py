"""CenterNet, a TF.js graph model: what it finds in photos, and that every form of it finds the same."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import satchel
from converters.tfjs_in_node import in_node
from satchel import zoo
from satchel.cli import main
from satchel.zoo.photos import photo_path
from satchel.zoo.tflite_models import TFLiteModel, coco_labels

OUTPUT = "tower_0_detections"
FOUND = {
    "chelsea": {"cat"},
    "coffee": {"cup", "dining table"},
    "astronaut": {"person"},
    "camera": {"person"},
    "motorcycle_left": {"motorcycle"},
    "rocket": set(),
}
"""What is in scikit-image's photos, of the kinds that the model knows."""


@dataclass(frozen=True)
class Ready:
    model: TFLiteModel
    folder: Path
    bundle: satchel.Bundle


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    """The model as `satchel zoo get` writes it, packed by the very command that it says."""
    folder = tmp_path_factory.mktemp("zoo") / "centernet"
    assert main(["zoo", "get", "centernet", "-o", str(folder)]) == 0
    packed = folder.parent / "centernet.satchel"
    golden = [argument for photo in sorted((folder / "samples").iterdir()) for argument in ("--golden", str(photo))]
    options = ["--variants", "float16", "--tfjs", "float16", *golden]
    assert main(["pack", str(folder), "--spec", str(folder / "spec.json"), "-o", str(packed), *options]) == 0
    model = zoo.get("centernet")
    assert isinstance(model, TFLiteModel)
    return Ready(model, folder, satchel.open(packed))


def path(name: str) -> Path:
    return photo_path(f"skimage/data/{name}.{'jpg' if name == 'rocket' else 'png'}")


@pytest.mark.parametrize("name", FOUND)
def test_it_finds_what_is_in_the_photo(ready: Ready, name: str) -> None:
    objects = ready.bundle.run(path(name)).objects
    assert objects is not None
    assert {each.label for each in objects} == FOUND[name]


def test_a_box_lies_where_the_cat_is(ready: Ready) -> None:
    (cat,) = ready.bundle.run(path("chelsea")).objects or ()
    left, top, right, bottom = cat.box
    assert left < 60 < 380 < right <= 451
    assert 0 <= top < 30
    assert 270 < bottom <= 300


def test_the_bundle_gives_its_golden_answers_and_knows_where_it_came_from(ready: Ready) -> None:
    assert ready.bundle.check().ok
    assert ready.bundle.variants == ("float16",)
    assert sorted(ready.bundle.manifest.artefacts()) == ["float16/tfjs", "float16/tflite"]
    assert ready.bundle.manifest.provenance.source_format == "tfjs"
    assert [each.label for each in (ready.bundle.run(ready.folder / "samples" / "chelsea.png").objects or ())] == [
        "cat"
    ]


@pytest.mark.parametrize("name", ["chelsea", "motorcycle_left"])
def test_tfjs_itself_gives_the_same_boxes(ready: Ready, name: str, tmp_path: Path) -> None:
    """The original in TF.js' plain JavaScript kernels, on the very tensor, against LiteRT."""
    runner = ready.bundle.runner("float16")
    tensors = runner.pipeline.prepare(path(name))
    for file in ("model.json", "centernet.bin"):
        (tmp_path / file).write_bytes((ready.folder / file).read_bytes())
    (expected,) = in_node(tmp_path, tensors["image"], ["tower_0/detections"])
    found = runner.infer(tensors)[OUTPUT]
    assert found.shape == expected.shape == (1, 100, 6)
    assert float(np.abs(found[0, :10] - expected[0, :10]).max()) <= 1e-5 * float(np.abs(expected).max())
    assert np.abs(np.sort(found[0, :, 4]) - np.sort(expected[0, :, 4])).max() <= 1e-5


def test_the_scores_of_golden_inputs_lie_further_apart_than_runtimes_do(ready: Ready) -> None:
    """The model sorts its boxes: were two scores as near as rounding, another runtime would swap their rows."""
    for case in ready.bundle.reader.golden().cases:
        rows = case.artefacts["float16/tflite"].outputs[OUTPUT].array().reshape(100, 6)
        assert np.diff(rows[:, 4]).max() < -5e-6


def test_labels_are_those_of_coco_in_their_order(ready: Ready) -> None:
    labels: Any = coco_labels()
    assert len(labels) == len(set(labels)) == 80
    assert [labels[place] for place in (0, 15, 41, 79)] == ["person", "cat", "cup", "toothbrush"]
    assert ready.model.labels == labels


def test_a_card_tells_whose_it_is_and_how_good(ready: Ready) -> None:
    for fact in ("0.251 on COCO val2017", "CC BY 4.0", "MIT", "centernet.bin", "15. cat"):
        assert fact in ready.model.card
    listed = json.loads((ready.folder / "spec.json").read_text())
    assert listed["license"] == "MIT"
