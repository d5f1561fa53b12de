"""`satchel run`: answers as a table and as JSON, photos that cannot be read, models that are no bundle."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import satchel
from satchel import cli
from tiny_tflite import two_by_two


@pytest.fixture
def ask(packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs `satchel run BUNDLE ...`; gives exit code, output and errors."""

    def run(*arguments: object, model: Path | None = None) -> tuple[int, str, str]:
        code = cli.main(["run", str(model or packed.path), *map(str, arguments)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def single(packed: satchel.Bundle, tmp_path: Path) -> Path:
    """The int8 variant as a .tflite of its own."""
    path = tmp_path / "int8.tflite"
    path.write_bytes(packed.reader.model("int8"))
    return path


def test_json_is_one_object_a_line_with_the_bundles_own_answers(ask: Any, packed: satchel.Bundle, photos: Path) -> None:
    given = [photos / "red/00.png", photos / "blue/01.png"]
    code, out, err = ask(*given, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    for each, photo in zip(found, given, strict=True):
        timings = each.pop("timings")
        assert set(timings) == {"decode", "prepare", "infer", "read", "total"}
        expected = packed.run(photo).to_json()["classes"]
        assert each == {"photo": str(photo), "classes": expected, "variant": packed.variants[0]}


def test_the_table_names_photo_variant_score_label_and_index(ask: Any, packed: satchel.Bundle, photos: Path) -> None:
    photo = photos / "green/02.png"
    code, out, _ = ask(photo, "--variant", "int8")
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    assert rows[0] == [str(photo)]
    assert rows[1][0] == "int8,"
    best = packed.run(photo, "int8").top
    assert best is not None
    assert (rows[2][0], rows[2][-2:]) == (f"{100 * best.score:.1f}", [best.label, str(best.index)])


def test_a_folder_is_answered_in_the_order_of_its_paths(ask: Any, photos: Path) -> None:
    code, out, _ = ask(photos, "--json")
    assert code == 0
    assert [json.loads(line)["photo"] for line in out.splitlines()] == sorted(map(str, photos.rglob("*.png")))


def test_photos_that_cannot_be_read_are_named_and_the_others_answered(ask: Any, photos: Path, tmp_path: Path) -> None:
    good = photos / "red/00.png"
    cut, text = tmp_path / "cut.png", tmp_path / "text.jpg"
    cut.write_bytes(good.read_bytes()[:900])
    text.write_text("no photo")
    code, out, err = ask(tmp_path / "none.jpg", cut, good, text, tmp_path / "", "--json")
    assert code == 2
    assert [json.loads(line)["photo"] for line in out.splitlines()] == [str(good)]
    named = [tmp_path / "none.jpg", cut, text, cut, text]
    assert [line.split(": ")[1] for line in err.splitlines()] == list(map(str, named))


def test_an_empty_folder_does_not_keep_the_others_from_their_answers(ask: Any, photos: Path, tmp_path: Path) -> None:
    code, out, err = ask(tmp_path, photos / "red/00.png", "--json")
    assert (code, len(out.splitlines())) == (2, 1)
    assert "the folder holds none" in err


def test_a_photo_comes_from_standard_input(ask: Any, photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = photos / "red/00.png"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(photo.read_bytes())))
    _, by_pipe, _ = ask("-", "--json")
    _, by_path, _ = ask(photo, "--json")
    assert json.loads(by_pipe)["photo"] == "-"
    assert json.loads(by_pipe)["classes"] == json.loads(by_path)["classes"]


def test_a_drawing_goes_into_a_folder_that_is_there_and_is_named(ask: Any, photos: Path, tmp_path: Path) -> None:
    photo = photos / "red/00.png"
    code, out, err = ask(photo, "--draw", tmp_path / "none" / "seen.png")
    assert (code, out) == (2, "")
    assert f"the picture cannot be written (there is no folder {tmp_path / 'none'})" in err
    assert list(tmp_path.iterdir()) == []
    assert ask(photo, "--json", "--draw", tmp_path / "seen.png")[::2] == (0, f"note: drew {tmp_path / 'seen.png'}\n")
    assert ask(photo, photo, "--draw", tmp_path / "seen")[0] == 0
    assert sorted(each.name for each in (tmp_path / "seen").iterdir()) == ["00-2.png", "00.png"]


@pytest.mark.parametrize("top", [1, 2, 3])
def test_top_says_how_many_classes(top: int, ask: Any, photos: Path) -> None:
    _, everything, _ = ask(photos / "red/00.png", "--json")
    _, out, _ = ask(photos / "red/00.png", "--json", "--top", top)
    assert json.loads(out)["classes"] == json.loads(everything)["classes"][:top]


def test_another_digest_is_refused(ask: Any, packed: satchel.Bundle, photos: Path) -> None:
    photo = photos / "red/00.png"
    assert ask(photo, "--digest", packed.digest)[0] == 0
    code, out, err = ask(photo, "--digest", "0" * 64)
    assert (code, out) == (2, "")
    assert f"expected the digest {'0' * 64}, found {packed.digest}" in err


def test_an_unknown_variant_names_those_there_are(ask: Any, photos: Path) -> None:
    code, _, err = ask(photos / "red/00.png", "--variant", "int4")
    assert code == 2
    assert "float32, float16, dynamic_range, int8" in err


def test_a_tflite_that_carries_its_spec_gives_the_bundles_answer(
    ask: Any, packed: satchel.Bundle, photos: Path, single: Path
) -> None:
    photo = photos / "blue/00.png"
    code, out, _ = ask(photo, "--json", model=single)
    found = json.loads(out)
    assert code == 0
    assert found["classes"] == packed.run(photo, "int8").to_json()["classes"]
    assert found["variant"] == "model"


def test_a_tflite_without_a_spec_is_refused(ask: Any, photos: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.tflite"
    bare.write_bytes(two_by_two())
    code, out, err = ask(photos / "red/00.png", model=bare)
    assert (code, out) == (2, "")
    assert "does not say what its input is made from" in err


def test_a_single_tflite_has_no_variants_to_choose(ask: Any, photos: Path, single: Path) -> None:
    code, _, err = ask(photos / "red/00.png", "--variant", "int8", model=single)
    assert code == 2
    assert "Leave out --variant." in err


@pytest.mark.parametrize("name", ["none.satchel", "text.satchel", "folder"])
def test_what_is_no_bundle_is_refused(name: str, ask: Any, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.satchel").write_text("no bundle")
    code, out, err = ask(photos / "red/00.png", model=tmp_path / name)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {tmp_path / name}: ")


@pytest.mark.parametrize("name", ["model.keras", "model.h5", "saved"])
def test_a_model_that_was_not_packed_says_that_it_is_packed_first(
    name: str, model: Any, ask: Any, photos: Path, tmp_path: Path
) -> None:
    if name == "saved":
        (tmp_path / name).mkdir()
        (tmp_path / name / "saved_model.pb").write_bytes(b"")
    else:
        model.save(tmp_path / name)
    code, out, err = ask(photos / "red/00.png", model=tmp_path / name)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {tmp_path / name}: expected a folder with manifest.json or a .satchel file, found ")
    assert "A model becomes a bundle with `satchel pack MODEL -o OUT`" in err


def test_labels_that_hold_escapes_and_markup_are_shown_as_text(
    model: Any, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = ["[bold red]red[/]", "\x1b]0;owned\x07green", "bl\u202eue<script>"]
    described = satchel.image_classification(labels=labels, resize_shorter=36, crop=32, mean=127, std=128, top_k=3)
    bundle = satchel.pack(model, described, tmp_path / "hostile.satchel", variants=["float32"], tfjs=())
    for arguments in (["run", str(bundle.path), str(photos / "red/00.png")], ["inspect", str(bundle.path)]):
        assert cli.main(arguments) == 0
        shown = capsys.readouterr().out
        for label in ("[bold red]red[/]", "\\x1b]0;owned\\x07green", "bl\\u202eue<script>"):
            assert label in shown
        assert not set("\x1b\x07\u202e") & set(shown)
