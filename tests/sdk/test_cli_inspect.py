"""`satchel inspect` and `satchel check`."""

from __future__ import annotations

import base64
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

import satchel
from satchel import cli
from satchel.words import step_in_words
from satchel_metadata import canonical
from satchel_metadata.manifest import digest_of
from satchel_metadata.spec import parse_spec
from tiny_tflite import ADD, Node, Slot, quantised, tflite


@pytest.fixture
def folder(packed: satchel.Bundle, tmp_path: Path) -> Path:
    """The packed bundle as a folder, to be damaged."""
    with zipfile.ZipFile(packed.path) as archive:
        archive.extractall(tmp_path / "bundle")
    return tmp_path / "bundle"


def told(arguments: list[object], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Runs `satchel ...`; gives exit code, output and errors."""
    code = cli.main(list(map(str, arguments)))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_inspect_tells_all_of_a_bundle_as_json(packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(["inspect", packed.path, "--json"], capsys)
    found = json.loads(out)
    assert code == 0
    assert found["manifest"] == json.loads(packed.reader.raw_manifest)
    assert digest_of(canonical.dumps(found["manifest"])) == found["digest"] == packed.digest
    assert parse_spec(found["spec"]) == packed.spec
    assert found["labels"] == {name: list(labels) for name, labels in packed.labels.items()}
    assert found["measurements"] == json.loads(packed.reader.measurements()["measurements.json"])


def test_inspect_tells_a_bundle_in_words(packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(["inspect", packed.path], capsys)
    assert code == 0
    for text in (
        packed.digest,
        "  2  resize the shorter side to 36 (pillow.bicubic, side rounded floor)",
        "  3  keep the central 32 x 32 (offset rounded half_even)",
        "  4  (x - 127) / 128, of values 0..255",
        "3: red, green, blue",
        *(file.path for file in packed.manifest.files),
        *packed.variants,
    ):
        assert text in out


def test_the_table_alone_has_a_row_an_artefact(packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(["inspect", packed.path, "--table"], capsys)
    rows = [tuple(line.split()[:2]) for line in out.splitlines()]
    formats = {"tflite": "TFLite", "tfjs": "TF.js"}
    assert code == 0
    for artefact in packed.manifest.artefacts():
        variant, kind = artefact.split("/")
        assert (variant, formats[kind]) in rows


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (
            {"op": "decode", "background": [255, 255, 255]},
            "decode the photo, upright, RGB; transparent parts over white",
        ),
        ({"op": "color", "to": "BGR"}, "channels to BGR"),
        (
            {"op": "resize", "method": "tf.area", "fit": "stretch", "width": 20, "height": 10},
            "resize to 20 x 10 whatever the shape (tf.area)",
        ),
        (
            {
                "op": "resize",
                "method": "pillow.box",
                "fit": "contain",
                "width": 20,
                "height": 10,
                "side_rounding": "floor",
                "pad_value": [114],
            },
            "resize to fit into 20 x 10, margins of 114 (pillow.box, side rounded floor)",
        ),
        ({"op": "crop", "central_fraction": 0.875}, "keep the central 87.5 % of both sides"),
        ({"op": "rescale", "divisor": 127.5, "offset": -1}, "x / 127.5 - 1"),
        ({"op": "rescale", "factor": 0.5}, "x * 0.5"),
        (
            {"op": "normalize", "mean": [123.68, 116.28, 103.53], "std": [58.4, 58.4, 58.4], "range": "0..255"},
            "(x - [123.68, 116.28, 103.53]) / 58.4, of values 0..255",
        ),
        ({"op": "flip", "axis": "horizontal"}, "mirror horizontally"),
        (
            {"op": "pad", "left": 1, "top": 2, "right": 3, "bottom": 4, "value": [0]},
            "add margins of black: left 1, top 2, right 3, bottom 4",
        ),
    ],
)
def test_a_step_is_told_in_words(step: dict[str, Any], words: str) -> None:
    steps = [step] if step["op"] == "decode" else [{"op": "decode"}, step]
    output = {"name": "out", "steps": [{"op": "softmax"}]}
    spec = parse_spec(
        {
            "satchel": "1.0",
            "name": "m",
            "task": "generic",
            "inputs": [{"name": "in", "steps": steps}],
            "outputs": [output],
        }
    )
    assert step_in_words(spec.inputs[0].steps[-1]) == words


def test_inspect_tells_what_a_tflite_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "quantised.tflite"
    path.write_bytes(quantised())
    code, out, _ = told(["inspect", path], capsys)
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    assert ["input", "q", "1", "x", "4", "uint8", "(q", "-", "10)", "*", "0.5"] in rows
    assert ["output", "twice", "1", "x", "4", "uint8", "(q", "-", "20)", "*", "1"] in rows
    assert ["ADD", "1"] in rows
    assert "It carries no TFLite Metadata" in out
    code, out, _ = told(["inspect", path, "--json"], capsys)
    assert json.loads(out)["model"]["ops"] == [{"name": "ADD", "custom": False, "version": 1, "count": 1}]


@pytest.mark.parametrize("option", [["--table"], ["--digest", "0" * 64]])
def test_what_only_bundles_have_is_not_asked_of_a_tflite(
    option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "quantised.tflite"
    path.write_bytes(quantised())
    code, out, err = told(["inspect", path, *option], capsys)
    assert (code, out) == (2, "")
    assert f"{option[0]} is for bundles" in err


def test_inspect_shows_the_metadata_and_the_spec_of_a_packed_tflite(
    packed: satchel.Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(packed.reader.model("int8"))
    code, out, _ = told(["inspect", path], capsys)
    assert code == 0
    assert "attached spec.json" in out
    assert "  3  keep the central 32 x 32 (offset rounded half_even)" in out
    _, out, _ = told(["inspect", path, "--json"], capsys)
    assert parse_spec(json.loads(out)["metadata"]["spec"]).inputs[0].steps == packed.spec.inputs[0].steps


def test_hostile_tensor_names_are_shown_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hostile.tflite"
    slots = [Slot("[red]in\x1b[2J", (1, 3)), Slot("out\r", (1, 3))]
    path.write_bytes(tflite(slots, [Node(ADD, (0, 0), (1,))], (0,), (1,)))
    code, out, _ = told(["inspect", path], capsys)
    assert code == 0
    assert "[red]in\\x1b[2J" in out
    assert not set("\x1b\r") & set(out)


@pytest.mark.parametrize("name", ["none.tflite", "cut.tflite", "text.txt", "folder"])
def test_what_cannot_be_inspected_is_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "cut.tflite").write_bytes(quantised()[:100])
    (tmp_path / "text.txt").write_text("neither model nor bundle")
    code, out, err = told(["inspect", tmp_path / name], capsys)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {tmp_path / name}: ")


def test_a_whole_bundle_passes_with_a_row_a_variant_and_golden_input(
    packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(["check", packed.path], capsys)
    rows = {tuple(line.split()[:2]) for line in out.splitlines()}
    expected = {(variant, case.id) for variant in packed.variants for case in packed.reader.golden().cases}
    assert code == 0
    assert expected <= rows
    assert f"The bundle is whole; {len(expected)} golden answers of {len(expected)} hold here." in out
    code, out, _ = told(["check", packed.path, "--json"], capsys)
    found = json.loads(out)
    assert (code, found["ok"], found["digest"]) == (0, True, packed.digest)
    assert {(case["artefact"].split("/")[0], case["case"]) for case in found["cases"]} == expected


@pytest.mark.parametrize("damage", ["changed byte", "missing file", "extra file", "manifest"])
def test_a_damaged_bundle_fails(damage: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = folder / "variants/int8/model.tflite"
    if damage == "changed byte":
        content = bytearray(model.read_bytes())
        content[-1] ^= 1
        model.write_bytes(content)
    elif damage == "missing file":
        model.unlink()
    elif damage == "extra file":
        (folder / "extra").touch()
    else:
        (folder / "manifest.json").write_text("{}")
    code, out, err = told(["check", folder], capsys)
    assert (code, err) == (1, "")
    assert out.endswith("The bundle is damaged.\n")
    code, out, _ = told(["check", folder, "--json"], capsys)
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_golden_answers_that_do_not_hold_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden = json.loads((folder / "golden/golden.json").read_bytes())
    output = next(iter(golden["cases"][0]["artefacts"]["int8/tflite"]["outputs"].values()))
    changed = bytes(value ^ 1 for value in base64.b64decode(output["data"]))
    output["data"] = base64.b64encode(changed).decode()
    replaced(folder, "golden/golden.json", canonical.dumps(golden))
    code, out, _ = told(["check", folder], capsys)
    assert code == 1
    assert out.splitlines()[-1].startswith("1 of ")
    _, out, _ = told(["check", folder, "--json"], capsys)
    failed = [case for case in json.loads(out)["cases"] if not case["ok"]]
    assert [(case["artefact"], case["case"]) for case in failed] == [("int8/tflite", golden["cases"][0]["id"])]


def replaced(folder: Path, path: str, content: bytes) -> None:
    """Puts a file in a bundle's folder as a hostile packer would: its length and hash in the manifest are right."""
    import hashlib

    (folder / path).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    entry = next(each for each in manifest["files"] if each["path"] == path)
    entry |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (folder / "manifest.json").write_bytes(canonical.dumps(manifest))


def test_another_digest_fails_the_check(packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(["check", packed.path, "--digest", packed.digest], capsys)[0] == 0
    code, out, _ = told(["check", packed.path, "--digest", "f" * 64], capsys)
    assert code == 1
    assert packed.digest in out


def test_there_must_be_a_bundle_to_check(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(folder / "spec.json", tmp_path / "spec.json")
    for path in (tmp_path / "none.satchel", tmp_path / "spec.json", tmp_path):
        code, out, err = told(["check", path], capsys)
        assert (code, out) == (2, "")
        assert err.startswith(f"error: {path}: ")
