"""The wheel alone, installed with [web], serves the page: no checkout, no Node, no network."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .conftest import visiting

ROOT = Path(__file__).parents[2]
NOT_SOURCE = (".*", "build", "dist", "out", "node_modules", "*.egg-info", "__pycache__", "tests")
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built in a copy so that nothing from an earlier build slips in."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*NOT_SOURCE))
    (folder / "source" / "web_demo" / "node_modules").symlink_to(ROOT / "web_demo" / "node_modules")
    build = [str(BIN / "uv"), "build", "-q", "--wheel", "--python", sys.executable, "--out-dir", str(folder / "dist")]
    subprocess.run([*build, str(folder / "source")], check=True)
    return next((folder / "dist").glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment's bin folder, with the wheel and [web] installed."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    uv = str(BIN / "uv")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", str(folder / "bin" / "python"), f"{wheel}[web]"], check=True
    )
    return folder / "bin"


@contextmanager
def serving(command: list[str], home: Path) -> Iterator[str]:
    """Gives the URL that a running `satchel serve` prints."""
    environment = {"PATH": "/nowhere", "HOME": str(home)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=home, env=environment) as running:
        assert running.stdout is not None
        try:
            yield running.stdout.readline().removeprefix("Satchel is at ").split(" ")[0]
        finally:
            running.terminate()
            running.wait(10)


@pytest.mark.long
def test_the_wheel_carries_the_demo_and_nothing_of_the_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assets = "satchel_server/assets/"
    expected = {
        f"{assets}{path.relative_to(ROOT / 'web_demo').as_posix()}"
        for part in ("pages", "lib")
        for path in (ROOT / "web_demo" / part).rglob("*")
        if path.is_file()
    }
    found = {name for name in names if name.startswith((f"{assets}pages/", f"{assets}lib/"))}
    assert found == expected
    assert any(name.startswith(f"{assets}runtimes/") and name.endswith(".wasm") for name in names)
    assert not any("node_modules" in name or name.startswith("tests/") for name in names)


@pytest.mark.long
def test_the_installed_wheel_serves_a_working_page_without_node(
    installed: Path, demo_bundle: Path, sample_photos: dict[str, Path], browser: Browser, tmp_path: Path
) -> None:
    command = [str(installed / "satchel"), "serve", str(demo_bundle.resolve()), "--port", "0"]
    with serving(command, tmp_path) as url, visiting(browser, url) as visit:
        visit.open()
        visit.show(sample_photos["coffee"])
        assert visit.page.text_content("#best-label") == "espresso"
        assert visit.page.get_attribute("#seal", "data-state") == "good"
    assert visit.complaints == []
