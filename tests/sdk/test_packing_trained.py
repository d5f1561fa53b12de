"""Recipes that train are packed from a Keras model, and say what they lack before anything begins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import satchel
from colours import COLOURS
from satchel import cli
from satchel.recipes import Cluster, EntropyCode, Float16, Prune, Recipe
from satchel.training import Training, labelled_folder
from satchel_metadata.errors import SpecError

INPUT = ("--resize-shorter", "36", "--crop", "32", "--resize", "pillow.bicubic", "--mean", "127", "--std", "128")
SHRUNK = Recipe("shrunk", (Prune(0.8), Cluster(8), Float16(), EntropyCode()))


def test_a_recipe_that_trains_becomes_a_variant_with_its_facts(
    model: Any, photos: Path, description: satchel.Description, tmp_path: Path
) -> None:
    training = Training(labelled_folder(photos, description), epochs=1, seed=3)
    satchel.pack(model, description, tmp_path / "a", variants=("float32", SHRUNK), tfjs=(), training=training)
    assert (tmp_path / "a/variants/shrunk/model.tflite.rz").is_file()
    told = json.loads((tmp_path / "a/measurements/measurements.json").read_text())["passes"]["shrunk"]
    facts = {each.pop("pass"): each for each in told}
    assert list(facts) == ["prune", "cluster", "entropy_code", "kept"]
    assert sum(each["zeros"] for each in facts["kept"].values()) >= facts["prune"]["zeros"] > 0
    assert json.loads((tmp_path / "a/manifest.json").read_text())["provenance"]["options"]["training"] == {
        "samples": 18,
        "digest": training.examples.digest,
        "epochs": 1,
        "batch": 32,
        "rate": 1e-3,
        "seed": 3,
    }
    assert satchel.open(tmp_path / "a").check().ok
    page = (tmp_path / "a/measurements/report.html").read_text()
    assert "How the variants were made" in page
    assert f"{facts['prune']['zeros']} of {facts['prune']['weights']} weights are zero" in page


def test_the_command_trains_with_a_folder_and_goes_on_from_its_checkpoints(
    model: Any, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model.save(tmp_path / "model.keras")
    (tmp_path / "labels.txt").write_text("\n".join(COLOURS))
    (tmp_path / "shrunk.json").write_text(json.dumps(SHRUNK.to_json()))
    made = []
    for name in ("once", "again"):
        out = tmp_path / f"{name}.satchel"
        told = ["-o", out, *INPUT, "--labels", tmp_path / "labels.txt", "--tfjs", "none", "--variants", "float32"]
        told += [
            "--recipe",
            tmp_path / "shrunk.json",
            "--training",
            photos,
            "--epochs",
            1,
            "--resume",
            tmp_path / "kept",
        ]
        assert cli.main(["pack", str(tmp_path / "model.keras"), *map(str, told), "--name", "colours"]) == 0
        made.append(satchel.open(out).digest)
    assert made[0] == made[1]
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert "shrunk" in capsys.readouterr().out


def test_what_a_recipe_lacks_is_said(
    model: Any, photos: Path, description: satchel.Description, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SpecError, match="there is no training data"):
        satchel.pack(model, description, tmp_path / "a.satchel", variants=[SHRUNK], tfjs=())
    satchel.pack(model, description, tmp_path / "b", variants="float32", tfjs=())
    float32 = tmp_path / "b/variants/float32/model.tflite"
    training = Training(labelled_folder(photos, description), epochs=1)
    with pytest.raises(SpecError, match="there is no Keras model"):
        satchel.pack(float32, description, tmp_path / "c.satchel", variants=[SHRUNK], training=training)
    assert not (tmp_path / "a.satchel").exists()
    assert not (tmp_path / "c.satchel").exists()
    assert (
        cli.main(
            ["pack", str(float32), "-o", str(tmp_path / "d"), "--epochs", "2", "--spec", str(tmp_path / "b/spec.json")]
        )
        == 2
    )
    assert "--epochs is of a training" in capsys.readouterr().err
