"""`satchel pack` and `satchel zoo`."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import satchel
from colours import COLOURS
from satchel import cli
from satchel.zoo.catalog import ENTRIES

INPUT = ("--resize-shorter", "36", "--crop", "32", "--resize", "pillow.bicubic", "--mean", "127", "--std", "128")


@pytest.fixture(scope="module")
def author(model: Any, description: satchel.Description, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an author has: model.keras, labels.txt, and spec.json with its label file."""
    folder = tmp_path_factory.mktemp("author")
    model.save(folder / "model.keras")
    (folder / "labels.txt").write_text("\n".join(COLOURS))
    description.save(folder)
    return folder


def pack(*arguments: object) -> int:
    """Runs `satchel pack ...` and gives its exit code."""
    return cli.main(["pack", *map(str, arguments)])


def test_the_options_and_python_pack_the_same_bytes(
    author: Path, photos: Path, description: satchel.Description, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = (*INPUT, "--labels", author / "labels.txt", "--top-k", "3", "--name", "colours")
    photo = photos / "red/00.png"
    common = ("--variants", "float32,int8", "--tfjs", "none", "--calibration", photos / "blue", "--golden", photo)
    assert pack(author / "model.keras", "-o", tmp_path / "options.satchel", *options, *common) == 0
    told = capsys.readouterr()
    expected = satchel.pack(
        str(author / "model.keras"),
        description,
        tmp_path / "python.satchel",
        variants=("float32", "int8"),
        tfjs=(),
        calibration=photos / "blue",
        golden=(str(photo),),
    )
    assert (tmp_path / "options.satchel").read_bytes()[:4] == b"PK\x03\x04"
    assert satchel.open(tmp_path / "options.satchel").digest == expected.digest
    assert told.out.endswith(f"digest  {expected.digest}\n")
    assert [told.err.count(word) for word in ("note: ", "names no method of scaling", "warning:")] == [1, 1, 0]
    assert [line.split()[0] for line in told.out.splitlines()[2:4]] == ["float32", "int8"]


def test_a_spec_file_stands_for_the_options(author: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "folder"
    assert pack(author / "model.keras", "-o", out, "--spec", author / "spec.json", "--variants", "float32") == 0
    bundle = satchel.open(out)
    assert (bundle.spec.name, bundle.labels) == ("colours", {"classes": tuple(COLOURS)})
    assert "Applying" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "Give --spec, or --labels with --resize-shorter or --size."),
        (("--spec", "spec.json", "--mean", "1", "--model-version", "2.0.0"), "leave out --mean, --model-version"),
        (("--labels", "labels.txt", "--mean", "1,2,x"), "'--mean': expected finite numbers with commas between them"),
        (("--labels", "labels.txt", "--mean", "nan"), "'--mean': expected finite numbers with commas between them"),
        (("--labels", "labels.txt", "--std", "1,inf,1"), "'--std': expected finite numbers with commas between them"),
        (("--labels", "labels.txt", "--threshold", "nan"), "'--threshold': expected a finite number"),
        (("--labels", "labels.txt", "--central-fraction", "-inf"), "'--central-fraction': expected a finite number"),
        (("--labels", "labels.txt", "--size", "1x2x3"), "expected a side, or height x width"),
        (("--labels", "labels.txt", "--size", "32", "--crop", "32"), "crop goes with resize_shorter"),
        (("--labels", "labels.txt"), "exactly one of resize_shorter and size is needed"),
        (("--labels", "none.txt", "--size", "32"), "none.txt"),
        (("--spec", "none.json"), "none.json"),
        (("--labels", "labels.txt", "--size", "32", "--variants", "int4"), "int4"),
        (("--labels", "labels.txt", "--size", "32", "--variants", "int8"), "calibration"),
        (("--labels", "labels.txt", "--size", "32", "--calibration", "nowhere"), "nowhere"),
    ],
)
def test_a_description_that_does_not_hold_together_is_refused(
    options: tuple[str, ...],
    says: str,
    author: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(author)
    assert pack("model.keras", "-o", tmp_path / "out.satchel", *options) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_model_is_refused(author: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("none.keras", "labels.txt"):
        options = ("-o", tmp_path / "out.satchel", "--spec", author / "spec.json", "--variants", "float32")
        assert pack(author / name, *options) == 2
        assert name in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_escapes_in_a_models_name_are_written_out(
    author: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "m\x1b[31m.keras"
    model.write_bytes(b"no model")
    assert pack(model, "-o", tmp_path / "out.satchel", "--spec", author / "spec.json") == 2
    told = capsys.readouterr()
    assert "packing" in told.err
    assert "m\\x1b[31m.keras" in told.err
    assert "\x1b" not in told.out + told.err


def test_an_existing_bundle_is_kept_unless_told_otherwise(
    author: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.satchel"
    out.write_text("precious")
    assert pack(author / "model.keras", "-o", out, "--spec", author / "spec.json", "--variants", "float32") == 2
    assert out.read_text() == "precious"
    assert str(out) in capsys.readouterr().err


def test_the_zoo_lists_its_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["zoo", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[2:-1]] == list(ENTRIES)
    assert cli.main(["zoo", "list", "--json"]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == list(ENTRIES)


@pytest.fixture
def small_zoo(
    model: Any, photos: Path, description: satchel.Description, monkeypatch: pytest.MonkeyPatch
) -> list[np.ndarray]:
    """Puts the colour classifier in the place of a large model; gives its calibration pictures."""
    pictures = [np.asarray(Image.open(path)) for path in sorted(photos.rglob("*.png"))]
    known = [types.SimpleNamespace(photo=photos / "red/00.png")]
    found = types.SimpleNamespace(
        model=model,
        description=lambda: description,
        license="the licence",
        card="# the card",
        calibration=tuple(pictures[:4]),
        evaluation=(tuple(pictures[4:8]), ("a", "a", "b", "c")),
        known_answers=tuple(known),
    )
    monkeypatch.setattr("satchel.zoo.get", lambda name, progress=None: found)
    return pictures


def test_a_model_of_the_zoo_is_got_ready_to_be_packed(
    small_zoo: list[np.ndarray], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lite0"
    assert cli.main(["zoo", "get", "efficientnet-lite0", "-o", str(out)]) == 0
    assert f"Pack it with: satchel pack {out}/model.keras --spec {out}/spec.json" in capsys.readouterr().out
    calibration = [np.asarray(Image.open(path)) for path in sorted((out / "calibration").iterdir())]
    assert all(np.array_equal(found, given) for found, given in zip(calibration, small_zoo[:4], strict=True))
    assert len(list((out / "evaluation").iterdir())) == 3
    assert (out / "LICENSE.txt").read_text() == "the licence"
    assert [path.name for path in (out / "samples").iterdir()] == ["00.png"]
    assert pack(out / "model.keras", "--spec", out / "spec.json", "-o", tmp_path / "b", "--variants", "float32") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "lite0"]


def test_the_zoo_overwrites_nothing_unless_asked(
    small_zoo: list[np.ndarray], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lite0.keras"
    get = ["zoo", "get", "efficientnet-lite0", "-o", str(out)]
    assert cli.main(get) == 0
    before = out.stat().st_ino
    assert cli.main(get) == 2
    assert "Give --overwrite to replace it." in capsys.readouterr().err
    assert out.stat().st_ino == before
    assert cli.main([*get, "--overwrite"]) == 0
    assert out.stat().st_ino != before


def test_a_folder_that_is_not_the_zoos_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letters.txt").write_text("precious")
    assert cli.main(["zoo", "get", "efficientnet-lite0", "-o", str(tmp_path), "--overwrite"]) == 2
    assert "expected a folder of the zoo, found another" in capsys.readouterr().err
    assert (tmp_path / "letters.txt").read_text() == "precious"


def test_a_place_that_cannot_be_written_is_refused_before_a_model_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satchel.zoo.get", lambda *_, **__: pytest.fail("a model was made"))
    (tmp_path / "file").write_text("precious")
    assert cli.main(["zoo", "get", "iris", "-o", str(tmp_path / "file" / "iris")]) == 2
    assert f"{tmp_path}/file: expected a folder that can be written" in capsys.readouterr().err


def test_an_unknown_model_names_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["zoo", "get", "resnet", "-o", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert all(name in told for name in ENTRIES)
