"""Builds the package; everything about it stands in pyproject.toml.

What is added here: wherever there is a C compiler, weighing.c and entropy.c become shared libraries, for which
Python's own headers are not needed, and a wheel with them is for that platform; one made without a compiler is for
all, and resizes and opens entropy coded models more slowly. And a wheel carries the demo (pages, JavaScript library,
and the runtimes that web_demo/runtimes.json lists) as data of satchel_server, so that `satchel serve` needs neither
Node nor a network. A source archive carries the same files, so that a wheel can be built of it alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

WEB_DEMO = Path(__file__).parent / "web_demo"
COMPILED = [
    Extension(name, [source], extra_compile_args=["-O3", "-ffp-contract=off"], optional=True)
    for name, source in (
        ("satchel_metadata.ops._weighing", "metadata/satchel_metadata/ops/weighing.c"),
        ("satchel_metadata._entropy", "metadata/satchel_metadata/entropy.c"),
    )
]


def demo_files() -> dict[str, Path]:
    """Gives place below satchel_server/assets -> file."""
    own = {
        path.relative_to(WEB_DEMO).as_posix(): path
        for part in ("pages", "lib")
        for path in sorted((WEB_DEMO / part).rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    return own | runtime_files()


def runtime_files() -> dict[str, Path]:
    """Gives place -> file of the runtimes, which `npm ci` installs first where they are missing."""
    listed = json.loads((WEB_DEMO / "runtimes.json").read_text(encoding="utf-8"))
    files = {
        f"runtimes/{name}/{url}": WEB_DEMO / "node_modules" / source
        for name, runtime in listed.items()
        for url, source in runtime["files"].items()
    }
    if not all(path.is_file() for path in files.values()):
        install_runtimes()
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise SystemExit(f"The runtimes are installed but lack {missing[0]}. Run `npm ci` in {WEB_DEMO}.")
    return files


def install_runtimes() -> None:
    """Runs `npm ci`, or says what is missing."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(
            f"The browser runtimes are not in {WEB_DEMO}/node_modules, and npm, which fetches them, is missing."
        )
    subprocess.run([npm, "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WEB_DEMO, check=True)


class BuildLibrary(build_ext):
    """Names the shared library the same for every Python, none of which it knows of."""

    def get_ext_filename(self, ext_name: str) -> str:
        return str(Path(*ext_name.split(".")).with_suffix(".so"))


class WheelOfPlatform(bdist_wheel):
    """Makes the wheel for this platform if it carries the library, else for all."""

    def run(self) -> None:
        self.run_command("build_ext")
        if not all(Path(path).is_file() for path in self.get_finalized_command("build_ext").get_outputs()):
            self.distribution.ext_modules = []
            self.root_is_pure = True
        super().run()

    def get_tag(self) -> tuple[str, str, str]:
        return ("py3", "none", super().get_tag()[2])


class BuildWithDemo(build_py):
    """Copies the demo into the build; an editable install serves it from the checkout instead."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        assets = Path(self.build_lib) / "satchel_server" / "assets"
        shutil.rmtree(assets, ignore_errors=True)
        for place, source in demo_files().items():
            (assets / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, assets / place)


class ArchiveWithDemo(sdist):
    """Adds the demo to the source archive."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        lists = (WEB_DEMO / name for name in ("runtimes.json", "package.json", "package-lock.json"))
        demo = [path.relative_to(Path(__file__).parent).as_posix() for path in (*demo_files().values(), *lists)]
        super().make_release_tree(base_dir, sorted({*files, *demo}))


setup(
    ext_modules=COMPILED if os.name == "posix" else [],
    cmdclass={
        "bdist_wheel": WheelOfPlatform,
        "build_ext": BuildLibrary,
        "build_py": BuildWithDemo,
        "sdist": ArchiveWithDemo,
    },
)
