"""The wheel alone, installed with [web], serves the page: no checkout, no Node, no network."""

from __future__ import annotations

import os
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
NOT_SOURCE = (".*", "*.so", "target", "build", "dist", "out", "node_modules", "*.egg-info", "__pycache__", "tests")
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout, so that nothing from an earlier build slips in."""
    folder = tmp_path_factory.mktemp("wheel") / "source"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_SOURCE))
    (folder / "web_demo" / "node_modules").symlink_to(ROOT / "web_demo" / "node_modules")
    return folder


def built(source: Path, place: Path, **environment: str) -> Path:
    """Gives the wheel that is built of the source, with nothing of the build before."""
    shutil.rmtree(source / "build", ignore_errors=True)
    build = [str(BIN / "uv"), "build", "-q", "--wheel", "--python", sys.executable, "--out-dir", str(place)]
    subprocess.run([*build, str(source)], env=os.environ | environment, check=True)
    return next(place.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(source, tmp_path_factory.mktemp("dist"))


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


LIBRARIES = {"satchel_metadata/ops/_weighing.so", "satchel_metadata/_entropy.so"}
COUNTED = """
import numpy
from satchel_metadata.ops import compiled, geometry, resize_tf
photo = numpy.arange(48 * 64 * 3, dtype=numpy.uint8).reshape(48, 64, 3)
made = resize_tf.resize(photo, 20, 30, "tf.bicubic", geometry.Window(0, 0, 20, 30))
print(compiled.library is not None, made.shape)
"""


@pytest.mark.long
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")
def test_the_wheel_carries_the_compiled_library_for_this_platform_and_any_python(wheel: Path, installed: Path) -> None:
    assert "-py3-none-linux_" in wheel.name or "-py3-none-macosx_" in wheel.name
    assert set(zipfile.ZipFile(wheel).namelist()) >= LIBRARIES
    ran = subprocess.run([installed / "python", "-c", COUNTED], check=True, capture_output=True, text=True)
    assert ran.stdout == "True (30, 20, 3)\n"


@pytest.mark.long
def test_a_wheel_made_without_a_compiler_is_for_every_platform(source: Path, tmp_path: Path) -> None:
    wheel = built(source, tmp_path, CC="/nowhere/cc")
    assert wheel.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert not any(name.endswith(".so") for name in archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "unpacked")}
    ran = subprocess.run([sys.executable, "-c", COUNTED], env=environment, check=True, capture_output=True, text=True)
    assert ran.stdout == "False (30, 20, 3)\n"


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
