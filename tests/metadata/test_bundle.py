"""What a reader refuses, in a folder and in a .satchel file alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bundle_samples import (
    LABELS,
    MODEL,
    PIXELS,
    Files,
    put_folder,
    put_zip,
    relisted,
    sample_files,
    sample_parts,
    sample_spec,
    with_manifest,
)
from metadata.bundle_places import Place, code_of, opened, peak_memory
from satchel_metadata import manifest as limits
from satchel_metadata.bundle import BundleReader
from satchel_metadata.bundle_write import ModelFiles, VariantFiles, write_bundle
from satchel_metadata.errors import BundleError, SpecError


def test_an_open_bundle_gives_everything_that_was_written(place: Place, files: Files) -> None:
    reader = BundleReader.open(place(files))
    assert reader.spec == sample_spec()
    assert reader.labels == {"classes": LABELS}
    assert reader.model("float32") == MODEL
    assert reader.tfjs("float32") == {"model.json": b"{}", "group1-shard1of1.bin": b"1234"}
    assert reader.golden() == sample_parts()["golden"].golden
    assert np.array_equal(reader.golden_input(reader.golden().cases[0])["image"], PIXELS)
    assert reader.measurements() == {"latency.json": b"{}"}
    assert reader.card() == "# Sample\n"
    assert reader.digest == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert {path: reader.read(path) for path in files if not limits.outside(path)} == {
        path: data for path, data in files.items() if not limits.outside(path)
    }
    reader.verify()


def test_a_compressed_model_is_inflated_and_its_raw_hash_checked(place: Place, tmp_path: Path) -> None:
    files = sample_files(tmp_path / "compressed", compress="deflate")
    reader = BundleReader.open(place(files))
    record = reader.artefact("float32/tflite")
    assert (record.bytes, record.stored_bytes) == (len(MODEL), len(files["variants/float32/model.tflite.z"]))
    assert reader.model("float32") == MODEL
    reader.verify()


def test_a_missing_file_is_refused(place: Place, files: Files) -> None:
    del files["labels.txt"]
    assert opened(place, files) == "bundle/missing-file"


def test_a_bundle_without_spec_or_golden_inputs_is_refused(place: Place, files: Files) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["files"] = [file for file in manifest["files"] if file["role"] != "golden"]

    assert opened(place, with_manifest(files, change)) == "bundle/missing-file"


@pytest.mark.parametrize("path", ["extra.txt", "variants/float32/more.bin", "measurement/x", "CARD.txt"])
def test_a_file_that_the_manifest_does_not_list_is_refused(place: Place, files: Files, path: str) -> None:
    assert opened(place, {**files, path: b"x"}) == "bundle/extra-file"


def test_measurements_and_card_may_change_without_the_digest(place: Place, files: Files) -> None:
    reader = BundleReader.open(place({**files, "measurements/report.html": b"<p>", "card.md": b"\xff"}))
    assert reader.measurements() == {"latency.json": b"{}", "report.html": b"<p>"}
    assert reader.card() == "\N{REPLACEMENT CHARACTER}"
    assert reader.digest == hashlib.sha256(files["manifest.json"]).hexdigest()


@pytest.mark.parametrize("path", ["spec.json", "labels.txt", "variants/float32/model.tflite", "golden/one.rgb.z"])
def test_a_changed_byte_is_found_when_the_file_is_read(place: Place, files: Files, path: str) -> None:
    data = files[path]
    reader = BundleReader.open(place({**files, path: data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]}))
    assert code_of(lambda: reader.read(path)) == "bundle/changed-file"
    assert code_of(reader.verify) == "bundle/changed-file"


def test_a_changed_manifest_has_another_digest(place: Place, files: Files) -> None:
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    changed = with_manifest(files, lambda manifest: manifest.update(version="9.9.9"))
    path = place(changed)
    assert BundleReader.open(path).manifest.version == "9.9.9"
    assert code_of(lambda: BundleReader.open(path, digest)) == "bundle/digest"


def test_the_promised_digest_opens_in_either_case_of_letters(place: Place, files: Files) -> None:
    digest = hashlib.sha256(files["manifest.json"]).hexdigest()
    assert BundleReader.open(place(files), digest.upper()).digest == digest


@pytest.mark.parametrize("data", [b"tabby\n", b"tabby\ncrane\ncrane\nmore\n"])
def test_a_wrong_length_is_refused_when_opening(place: Place, files: Files, data: bytes) -> None:
    assert opened(place, {**files, "labels.txt": data}) == "bundle/wrong-length"


def test_a_newer_manifest_is_refused_before_every_other_check(place: Place, files: Files) -> None:
    newer = {**files, "manifest.json": b'{"satchel":"1.2","unknown":true}', "extra": b"x"}
    assert opened(place, newer) == "spec/newer-version"
    assert code_of(lambda: BundleReader.open(place(newer), "0" * 64)) == "spec/newer-version"


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (b"", "spec/not-json"),
        (b"\xff", "spec/not-json"),
        (b"[]", "spec/wrong-type"),
        (b"[" * 100_000, "spec/not-json"),
        (b'{"satchel":"1.0","satchel":"1.0"}', "spec/duplicate-key"),
        (b'{"satchel":NaN}', "spec/not-finite"),
        (b'{"satchel":"1.0"}', "spec/missing-key"),
    ],
)
def test_a_manifest_that_is_none_is_refused(place: Place, files: Files, manifest: bytes, code: str) -> None:
    assert opened(place, {**files, "manifest.json": manifest}) == code


def test_a_place_where_nothing_is_is_refused(tmp_path: Path) -> None:
    assert code_of(lambda: BundleReader.open(tmp_path / "none")) == "bundle/not-found"


def test_a_place_that_the_system_does_not_give_is_refused() -> None:
    assert code_of(lambda: BundleReader.open("x" * 5000)) == "bundle/unreadable"


@pytest.mark.parametrize("data", [b"", b"x", b"not a bundle" * 100, b"\x00" * 100])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "some.satchel"
    path.write_bytes(data)
    assert code_of(lambda: BundleReader.open(path)) == "bundle/not-a-bundle"


def test_an_empty_bundle_is_refused(place: Place, tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    assert opened(place, {}) == "bundle/not-a-bundle"


def test_a_zip_of_other_things_is_no_bundle(tmp_path: Path) -> None:
    path = put_zip({"readme.txt": b"hello"}, tmp_path / "other.zip")
    assert code_of(lambda: BundleReader.open(path)) == "bundle/not-a-bundle"


def test_a_device_is_no_bundle() -> None:
    assert code_of(lambda: BundleReader.open("/dev/null")) == "bundle/not-a-bundle"


def test_a_spec_for_other_artefacts_is_refused_when_it_is_read(place: Place, files: Files) -> None:
    spec = json.loads(files["spec.json"])
    del spec["inputs"][0]["tensor"]["float32/tfjs"]
    reader = BundleReader.open(place(relisted(files, "spec.json", json.dumps(spec).encode())))
    assert code_of(lambda: reader.spec) == "bundle/inconsistent"


def test_golden_cases_for_other_artefacts_are_refused_when_they_are_read(place: Place, files: Files) -> None:
    golden = json.loads(files["golden/golden.json"])
    golden["bounds"].pop("float32/tfjs")
    for case in golden["cases"]:
        case["artefacts"].pop("float32/tfjs")
    reader = BundleReader.open(place(relisted(files, "golden/golden.json", json.dumps(golden).encode())))
    assert code_of(reader.golden) == "bundle/inconsistent"


def _renamed(names: dict[str, Any], old: str) -> None:
    names["other"] = names.pop(old)


UNBOUND: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another input": lambda case: _renamed(case["input"], "image"),
    "no input": lambda case: case["input"].clear(),
    "another prepared tensor": lambda case: _renamed(case["artefacts"]["float32/tflite"]["prepared"], "image"),
    "no prepared tensor": lambda case: case["artefacts"]["float32/tfjs"]["prepared"].clear(),
    "another output": lambda case: _renamed(case["artefacts"]["float32/tflite"]["outputs"], "scores"),
    "no output": lambda case: case["artefacts"]["float32/tfjs"]["outputs"].clear(),
}


@pytest.mark.parametrize("what", UNBOUND)
def test_a_golden_case_with_other_names_than_the_specs_is_refused(what: str, place: Place, files: Files) -> None:
    golden = json.loads(files["golden/golden.json"])
    UNBOUND[what](golden["cases"][2])
    reader = BundleReader.open(place(relisted(files, "golden/golden.json", json.dumps(golden).encode())))
    assert code_of(reader.golden) == "bundle/inconsistent"
    assert code_of(reader.verify) == "bundle/inconsistent"


@pytest.mark.parametrize("path", [None, 3, b"bundle.satchel"])
def test_what_is_no_path_is_no_bundle(path: Any) -> None:
    assert code_of(lambda: BundleReader.open(path)) == "bundle/not-found"


def test_what_the_bundle_does_not_hold_is_named_with_what_it_holds(place: Place, files: Files) -> None:
    reader = BundleReader.open(place(files))
    with pytest.raises(BundleError, match="float32/tfjs, float32/tflite") as caught:
        reader.model("int8")
    assert caught.value.code == "bundle/unknown-artefact"
    assert code_of(lambda: reader.read("../secret")) == "bundle/unknown-path"


def test_a_file_that_vanishes_after_opening_is_an_error_of_the_bundle(place: Place, files: Files) -> None:
    path = place(files)
    reader = BundleReader.open(path)
    if path.is_dir():
        (path / "labels.txt").unlink()
    else:
        path.unlink()
    assert code_of(lambda: reader.read("labels.txt")) == "bundle/unreadable"


def test_a_file_that_grows_after_opening_is_an_error_of_the_bundle(tmp_path: Path, files: Files) -> None:
    folder = put_folder(files, tmp_path / "bundle")
    reader = BundleReader.open(folder)
    (folder / "labels.txt").write_bytes(files["labels.txt"] + b"more\n")
    assert code_of(lambda: reader.read("labels.txt")) == "bundle/wrong-length"


def test_opening_a_bundle_of_60_megabytes_reads_little_of_it(tmp_path: Path) -> None:
    parts = sample_parts()
    old = parts["variants"][0]
    model = ModelFiles({"model.tflite": bytes(60_000_000)}, [], ["litert-python"])
    parts["variants"] = [VariantFiles(old.name, old.recipe, model, old.tfjs)]
    write_bundle(tmp_path / "big.satchel", **parts)
    with peak_memory() as peak:
        reader = BundleReader.open(tmp_path / "big.satchel")
        assert (reader.labels, reader.spec.name) == ({"classes": LABELS}, "sample")
    assert peak() < 5_000_000


def test_a_manifest_error_names_the_place_in_the_document(place: Place, files: Files) -> None:
    changed = with_manifest(files, lambda manifest: manifest["files"][0].update(sha256="short"))
    with pytest.raises(SpecError) as caught:
        BundleReader.open(place(changed))
    assert (caught.value.code, caught.value.where) == ("spec/out-of-range", "manifest.json $.files[0].sha256")
