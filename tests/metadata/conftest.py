"""A bundle, as a folder and as one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundle_samples import (
    Files,
    put_folder,
    put_zip,
    sample_files,
)
from metadata.bundle_places import Place


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return sample_files(tmp_path_factory.mktemp("sample") / "whole")


@pytest.fixture
def files(written: Files) -> Files:
    return dict(written)


@pytest.fixture(params=["folder", "zip"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return lambda files: put_folder(files, tmp_path / "bundle")
    return lambda files: put_zip(files, tmp_path / "bundle.satchel")
