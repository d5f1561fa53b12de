"""The models that the zoo trains: from scikit-learn's iris and aeon's sensor series to answers of a packed bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import satchel
from satchel import zoo
from satchel.cli import main
from satchel.cli.zoo import _write
from satchel.zoo.catalog import ENTRIES
from satchel.zoo.trained import TrainedModel
from satchel_metadata.csv_rows import read_rows, read_signal
from satchel_metadata.errors import InputError


@dataclass(frozen=True)
class Ready:
    zoo: TrainedModel
    folder: Path
    bundle: satchel.Bundle


@pytest.fixture(scope="module", params=["iris", "sensor-series"])
def ready(request: Any, tmp_path_factory: Any) -> Ready:
    model = zoo.get(request.param)
    assert isinstance(model, TrainedModel)
    folder = tmp_path_factory.mktemp("zoo") / request.param
    _write(model, folder)
    calibration, evaluation = folder / "calibration", folder / "evaluation"
    options = {"calibration": calibration, "evaluation": evaluation}
    return Ready(model, folder, satchel.pack(model.model, model.description(), folder / "model.satchel", **options))


def test_it_is_as_good_as_the_list_says(ready: Ready) -> None:
    share = ready.zoo.right / len(ready.zoo.held_out.things)
    assert round(100 * share, 1) == ENTRIES[ready.zoo.name].top1
    assert ready.zoo.model.count_params() == ENTRIES[ready.zoo.name].parameters


def test_the_bundle_answers_what_the_keras_model_answers(ready: Ready) -> None:
    right = 0
    for thing, label in zip(ready.zoo.held_out.things, ready.zoo.held_out.classes, strict=True):
        top = ready.bundle.run(thing).top
        right += top is not None and top.index == label
    assert right == ready.zoo.right


def test_int8_and_float_give_the_golden_answers(ready: Ready) -> None:
    assert ready.bundle.variants == ("float32", "int8")
    assert ready.bundle.check().ok


def test_the_folder_holds_a_sample_of_every_class_that_is_answered_with_it(ready: Ready) -> None:
    for label in ready.zoo.labels:
        top = ready.bundle.run(ready.folder / "samples" / f"{label.lower()}.csv").top
        assert top is not None
        assert top.label == label


def test_training_again_gives_the_same_weights(ready: Ready) -> None:
    again = zoo.get(ready.zoo.name).model
    pairs = zip(ready.zoo.model.get_weights(), again.get_weights(), strict=True)
    assert all(np.array_equal(first, second) for first, second in pairs)


def test_the_examples_are_written_as_they_are(ready: Ready) -> None:
    if ready.zoo.name == "iris":
        assert tuple(read_rows(ready.folder / "calibration" / "rows.csv")) == ready.zoo.calibration
        return
    files = sorted((ready.folder / "calibration").iterdir())
    assert len(files) == 40
    assert read_signal(files[7]).tolist() == ready.zoo.calibration[7].values.tolist()


def test_a_file_with_a_decimal_comma_is_answered_when_told(ready: Ready, tmp_path: Path, capfd: Any) -> None:
    text = (ready.folder / "samples" / f"{ready.zoo.labels[1].lower()}.csv").read_text()
    (tmp_path / "comma.csv").write_text(text.replace(",", ";").replace(".", ","))
    arguments = ["run", str(ready.bundle.path), str(tmp_path / "comma.csv"), "--json"]
    assert main([*arguments, "--decimal-comma"]) == 0
    assert json.loads(capfd.readouterr().out)["classes"][0]["label"] == ready.zoo.labels[1]
    assert main(arguments) == 2
    assert "--decimal-comma" in capfd.readouterr().err


def test_a_file_without_a_row_is_a_mistake(ready: Ready, tmp_path: Path, capfd: Any) -> None:
    header = (ready.folder / "samples" / f"{ready.zoo.labels[0].lower()}.csv").read_text().splitlines()[0]
    (tmp_path / "none.csv").write_text(header + "\n")
    assert main(["run", str(ready.bundle.path), str(tmp_path / "none.csv")]) == 2
    assert "the table has no rows" in capfd.readouterr().err


def test_a_file_that_lacks_a_column_is_refused_by_its_name(ready: Ready, tmp_path: Path) -> None:
    lines = (ready.folder / "samples" / f"{ready.zoo.labels[0].lower()}.csv").read_text().splitlines()
    lines[0] = "first," + lines[0].split(",", 1)[1]
    (tmp_path / "other.csv").write_text("\n".join(lines))
    with pytest.raises(InputError, match=ready.zoo.recipe.channels[0]) as caught:
        ready.bundle.run(tmp_path / "other.csv")
    assert caught.value.code == "input/missing-column"
