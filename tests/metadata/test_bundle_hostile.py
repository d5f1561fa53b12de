"""Names, sizes and compressed data that are meant to harm are refused, in a folder and in a .satchel file alike."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path
from typing import Any

import pytest

from bundle_samples import (
    MODEL,
    Files,
    relisted,
    sample_files,
    with_manifest,
)
from metadata.bundle_places import Place, code_of, opened, peak_memory
from satchel_metadata import manifest as limits
from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import BundleError

HOSTILE = {
    "/etc/passwd": "bundle/absolute-path",
    "\\\\host\\share": "bundle/absolute-path",
    "C:/windows": "bundle/absolute-path",
    "c:x": "bundle/absolute-path",
    "../up": "bundle/climbing-path",
    "a/../../up": "bundle/climbing-path",
    "a/..": "bundle/climbing-path",
    "a\\..\\up": "bundle/climbing-path",
    "a\\b": "bundle/unsafe-name",
    "a//b": "bundle/unsafe-name",
    "./a": "bundle/unsafe-name",
    "a/": "bundle/unsafe-name",
    "a/.": "bundle/unsafe-name",
    "a\x00b": "bundle/unsafe-name",
    "a\nb": "bundle/unsafe-name",
    "a\x1b[2Jb": "bundle/unsafe-name",
    "a\x9bb": "bundle/unsafe-name",
    "ab:c": "bundle/unsafe-name",
    "what?": "bundle/unsafe-name",
    "a|b": "bundle/unsafe-name",
    "aux": "bundle/unsafe-name",
    "x/NUL.txt": "bundle/unsafe-name",
    "com1.json": "bundle/unsafe-name",
    "trailing.": "bundle/unsafe-name",
    "trailing ": "bundle/unsafe-name",
    "x" * 201: "bundle/unsafe-name",
}


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_in_the_manifest_is_refused(place: Place, files: Files, path: str) -> None:
    def change(manifest: dict[str, Any]) -> None:
        record = next(file for file in manifest["files"] if file["path"] == "labels.txt")
        record["path"] = path

    assert opened(place, with_manifest(files, change)) == HOSTILE[path]


@pytest.mark.parametrize("path", ["a\\b", "a\nb", "a\x1b[2Jb", "aux", "trailing.", "a\\..\\up", "c:x"])
def test_a_hostile_name_in_the_bundle_is_refused(place: Place, files: Files, path: str) -> None:
    with pytest.raises(BundleError) as caught:
        BundleReader.open(place({**files, path: b"x"}))
    assert caught.value.code == HOSTILE[path]
    assert not any(ord(character) < 32 for character in str(caught.value))


@pytest.mark.parametrize(
    "pair",
    [("Labels.txt", "labels.txt"), ("stra\xdfe", "STRASSE"), ("\xe9", "e\u0301"), ("a", "a/b"), ("A", "a/b")],
)
def test_two_paths_that_are_one_name_somewhere_are_refused(place: Place, files: Files, pair: tuple[str, str]) -> None:
    def change(manifest: dict[str, Any]) -> None:
        record = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest(), "role": "labels"}
        manifest["files"] = [file for file in manifest["files"] if file["path"] != "labels.txt"]
        manifest["files"] += [{**record, "path": path} for path in pair]

    assert opened(place, with_manifest(files, change)) == "bundle/duplicate-name"


def test_a_file_outside_the_manifest_with_the_name_of_another_is_refused(place: Place, files: Files) -> None:
    assert opened(place, {**files, "Card.md": b"x"}) == "bundle/duplicate-name"


def test_more_than_the_limit_of_files_is_refused(place: Place, files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("satchel_metadata.bundle_folder.MAX_FILES", 40)
    monkeypatch.setattr("satchel_metadata.bundle_zip.MAX_FILES", 40)
    assert opened(place, {**files, **{f"measurements/{n}": b"" for n in range(41)}}) == "bundle/too-many-files"


def test_more_unlisted_bytes_than_the_limit_are_refused(
    place: Place, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("satchel_metadata.bundle_listing.MAX_OUTSIDE", 100)
    assert opened(place, {**files, "measurements/big": bytes(101)}) == "bundle/too-large"


def test_a_manifest_beyond_the_limit_is_refused(place: Place, files: Files) -> None:
    files["manifest.json"] += b" " * limits.MAX_MANIFEST
    assert opened(place, files) == "bundle/too-large"


def test_files_that_claim_more_together_than_a_bundle_holds_are_refused(place: Place, files: Files) -> None:
    def change(manifest: dict[str, Any]) -> None:
        for record in manifest["files"][:2]:
            record["bytes"] = limits.MAX_TOTAL

    assert opened(place, with_manifest(files, change)) == "bundle/too-large"


def bomb(files: Files, stored: bytes, stated: int) -> Files:
    """The compressed sample with other compressed bytes, said to hold `stated` bytes."""

    def change(manifest: dict[str, Any]) -> None:
        artefact = manifest["variants"][0]["artefacts"]["tflite"]
        artefact.update(bytes=stated, stored_bytes=len(stored))

    return with_manifest(relisted(files, "variants/float32/model.tflite.z", stored), change)


def test_a_model_that_inflates_past_its_stated_size_is_stopped(place: Place, tmp_path: Path) -> None:
    files = sample_files(tmp_path / "compressed", compress="deflate")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = packer.compress(bytes(300_000_000)) + packer.flush()
    reader = BundleReader.open(place(bomb(files, stored, len(MODEL))))
    with peak_memory() as peak:
        assert code_of(lambda: reader.model("float32")) == "bundle/bomb"
        assert code_of(reader.verify) == "bundle/bomb"
    assert peak() < 20_000_000


def test_a_model_that_claims_to_inflate_a_thousandfold_is_refused_unread(place: Place, tmp_path: Path) -> None:
    files = sample_files(tmp_path / "compressed", compress="deflate")
    assert opened(place, bomb(files, b"1234", 2**31)) == "bundle/bomb"


@pytest.mark.parametrize("stored", [b"", b"\x00\xff", b"\x03\x00", b"\x03\x00more"])
def test_damaged_compressed_data_is_refused(place: Place, tmp_path: Path, stored: bytes) -> None:
    files = sample_files(tmp_path / "compressed", compress="deflate")
    reader = BundleReader.open(place(bomb(files, stored, len(MODEL))))
    assert code_of(lambda: reader.model("float32")) in ("bundle/changed-file", "bundle/wrong-length")


def test_a_golden_picture_that_is_a_bomb_is_stopped(place: Place, files: Files) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    stored = packer.compress(bytes(10_000_000)) + packer.flush()
    reader = BundleReader.open(place(relisted(files, "golden/one.rgb.z", stored)))
    assert code_of(reader.verify) == "bundle/bomb"
