"""What a reader refuses in a folder itself: whatever is not a plain file of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from bundle_samples import sample_files
from satchel_metadata.bundle import BundleReader
from satchel_metadata.errors import SatchelError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sample_files(tmp_path / "bundle")
    return tmp_path / "bundle"


def refused(folder: Path) -> str:
    with pytest.raises(SatchelError) as caught:
        BundleReader.open(folder)
    return caught.value.code


@pytest.mark.parametrize("path", ["labels.txt", "card.md", "manifest.json", "measurements/latency.json"])
def test_a_symbolic_link_to_the_very_file_is_refused(folder: Path, path: str) -> None:
    (folder / path).rename(folder.parent / "elsewhere")
    (folder / path).symlink_to(folder.parent / "elsewhere")
    assert refused(folder) == "bundle/link"


def test_a_link_to_a_folder_is_refused(folder: Path) -> None:
    shutil.move(folder / "golden", folder.parent / "golden")
    (folder / "golden").symlink_to(folder.parent / "golden", target_is_directory=True)
    assert refused(folder) == "bundle/link"


def test_a_link_that_leads_nowhere_is_refused(folder: Path) -> None:
    (folder / "measurements" / "dangling").symlink_to("nowhere")
    assert refused(folder) == "bundle/link"


def test_a_second_name_of_a_file_elsewhere_is_refused(folder: Path) -> None:
    os.link(folder / "labels.txt", folder.parent / "elsewhere")
    assert refused(folder) == "bundle/link"


@pytest.mark.parametrize("path", ["measurements/pipe", "manifest.json"])
def test_a_pipe_is_refused_and_does_not_hang(folder: Path, path: str) -> None:
    (folder / path).unlink(missing_ok=True)
    os.mkfifo(folder / path)
    assert refused(folder) == "bundle/not-a-file"


def test_a_link_put_there_after_opening_is_not_followed(folder: Path) -> None:
    reader = BundleReader.open(folder)
    (folder / "labels.txt").rename(folder.parent / "elsewhere")
    (folder / "labels.txt").symlink_to(folder.parent / "elsewhere")
    with pytest.raises(SatchelError) as caught:
        reader.read("labels.txt")
    assert caught.value.code == "bundle/link"


def test_the_folder_itself_may_be_reached_by_a_link(folder: Path) -> None:
    (folder.parent / "link").symlink_to(folder, target_is_directory=True)
    BundleReader.open(folder.parent / "link").verify()


def test_folders_without_end_are_not_walked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("satchel_metadata.bundle_folder.MAX_FILES", 30)
    deep = folder / "measurements"
    for _ in range(31):
        deep = deep / "d"
        deep.mkdir()
    assert refused(folder) == "bundle/too-many-files"
