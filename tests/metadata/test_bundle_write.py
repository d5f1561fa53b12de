"""What a writer writes: the same bytes every time, or nothing."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bundle_samples import LABELS, sample_parts, sample_spec
from satchel_metadata.bundle import BundleReader
from satchel_metadata.bundle_write import GoldenFiles, VariantFiles, write_bundle
from satchel_metadata.errors import BundleError, SatchelError, SpecError

TESTS = Path(__file__).parent.parent
METADATA = TESTS.parent / "metadata"


def refused(out: Path, **changes: Any) -> SatchelError:
    with pytest.raises(SatchelError) as caught:
        write_bundle(out, **{**sample_parts(), **changes})
    assert list(out.parent.iterdir()) == []
    return caught.value


def test_the_digest_is_the_hash_of_the_manifest(tmp_path: Path) -> None:
    digest = write_bundle(tmp_path / "bundle", **sample_parts())
    assert digest == hashlib.sha256((tmp_path / "bundle" / "manifest.json").read_bytes()).hexdigest()


def test_folder_and_zip_hold_the_same_files(tmp_path: Path) -> None:
    digests = {write_bundle(tmp_path / name, **sample_parts()) for name in ("bundle", "bundle.satchel")}
    with zipfile.ZipFile(tmp_path / "bundle.satchel") as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    folder = tmp_path / "bundle"
    assert zipped == {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(digests) == 1


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path[:0] = [{str(TESTS)!r}, {str(METADATA)!r}]\n"
        "from pathlib import Path\n"
        "from bundle_samples import sample_parts\n"
        "from satchel_metadata.bundle_write import write_bundle\n"
        "write_bundle(Path(sys.argv[1]), **sample_parts(compress=True))\n"
    )
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
        subprocess.run([sys.executable, "-c", script, str(tmp_path / f"{seed}.satchel")], check=True, env=environment)
    assert (tmp_path / "1.satchel").read_bytes() == (tmp_path / "2.satchel").read_bytes()


def test_zip_entries_are_stored_sorted_and_bear_one_time(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle.satchel", **sample_parts())
    with zipfile.ZipFile(tmp_path / "bundle.satchel") as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.compress_type, entry.external_attr >> 16) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0o100644)
    }


def test_the_manifest_is_canonical(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", **sample_parts())
    raw = (tmp_path / "bundle" / "manifest.json").read_bytes()
    manifest = json.loads(raw)
    assert raw == json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert [file["path"] for file in manifest["files"]] == sorted(file["path"] for file in manifest["files"])
    assert manifest["variants"][0]["artefacts"]["tflite"]["ops"] == ["CONV_2D", "SOFTMAX"]
    assert manifest["variants"][0]["artefacts"]["tflite"]["runtimes"] == ["litert-js", "litert-python"]


def test_measurements_and_card_do_not_change_the_digest(tmp_path: Path) -> None:
    first = write_bundle(tmp_path / "a", **sample_parts())
    second = write_bundle(tmp_path / "b", **{**sample_parts(), "measurements": {}, "card": ""})
    assert first == second


def test_labels_keep_their_script_and_their_repetitions(tmp_path: Path) -> None:
    labels = ("кошка", "鶴", "鶴")
    write_bundle(tmp_path / "bundle", **{**sample_parts(), "labels": {"classes": labels}})
    assert (tmp_path / "bundle" / "labels.txt").read_bytes() == "кошка\n鶴\n鶴\n".encode()
    assert BundleReader.open(tmp_path / "bundle").labels == {"classes": labels}


def test_a_blank_label_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path / "bundle", labels={"classes": ("tabby", "  ", "crane")})
    assert (error.code, error.where) == ("spec/blank-label", "labels.txt, line 2")


def test_a_label_list_that_the_spec_does_not_name_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "bundle", labels={"others": LABELS}).code == "bundle/inconsistent"


def test_golden_inputs_beyond_their_share_are_refused(tmp_path: Path) -> None:
    golden = sample_parts()["golden"]
    noise = np.random.default_rng(0).bytes(256 * 1024)
    error = refused(
        tmp_path / "bundle", golden=GoldenFiles(golden.golden, {**golden.files, "golden/more.rgb.z": noise})
    )
    assert error.code == "bundle/golden-too-large"


def test_more_than_a_zip_holds_is_refused_as_a_file_and_written_as_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satchel_metadata.bundle_write.MAX_ZIP", 10_000)
    assert refused(tmp_path / "bundle.satchel").code == "bundle/too-large"
    write_bundle(tmp_path / "bundle", **sample_parts())


def test_a_spec_without_a_tensor_for_an_artefact_is_refused(tmp_path: Path) -> None:
    spec = sample_spec()
    lone = spec.model_copy(update={"inputs": (spec.inputs[0].model_copy(update={"tensor": {}}),)})
    assert refused(tmp_path / "bundle", spec=lone).code == "bundle/inconsistent"


@pytest.mark.parametrize("path", ["../labels.txt", "/labels.txt", "a\\labels.txt", "spec.json/labels.txt"])
def test_a_label_file_in_an_unsafe_place_is_refused(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path / "bundle", spec=sample_spec(labels={"classes": path})).code in (
        "bundle/climbing-path",
        "bundle/absolute-path",
        "bundle/unsafe-name",
        "bundle/duplicate-name",
    )


def test_a_label_file_in_the_place_of_another_file_is_refused(tmp_path: Path) -> None:
    for path in ("spec.json", "manifest.json", "card.md", "golden/labels.txt", "measurements/labels.txt"):
        assert refused(tmp_path / "bundle", spec=sample_spec(labels={"classes": path})).code == "bundle/inconsistent"


@pytest.mark.parametrize("name", ["../up", "a/../../up", "nul"])
def test_a_measurement_with_an_unsafe_name_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(tmp_path / "bundle", measurements=lambda _: {name: b""}).code in (
        "bundle/climbing-path",
        "bundle/unsafe-name",
    )


def test_two_variants_of_one_name_are_refused(tmp_path: Path) -> None:
    variants = sample_parts()["variants"]
    twins = [*variants, VariantFiles("FLOAT32", [], tflite=variants[0].tflite)]
    with pytest.raises((SpecError, BundleError)):
        write_bundle(tmp_path / "bundle", **{**sample_parts(), "variants": twins})
    assert list(tmp_path.iterdir()) == []
