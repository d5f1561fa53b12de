"""What `satchel doctor` finds, and how progress is told."""

from __future__ import annotations

import io
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console

from satchel import cli
from satchel.cli import doctor, terminal
from satchel.progress import progress_bar


def test_doctor_tells_the_versions_that_are_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--json"]) == 0
    found = {each["name"]: each["version"] for each in json.loads(capsys.readouterr().out)["findings"]}
    installed = ("satchel", "numpy", "Pillow", "ai-edge-litert", "tensorflow", "tflite-support", "Flask")
    assert {name: found[name] for name in installed} == {name: version(name) for name in installed}
    assert found["Python"] == platform.python_version()


def test_doctor_imports_no_tensorflow() -> None:
    import subprocess

    code = "import sys; from satchel.cli import main; main(['doctor']); sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_what_is_missing_is_told_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_program", lambda command: "1.0")
    known = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name in ("tensorflow", "Flask") else known(name))
    assert cli.main(["doctor"]) == 0
    shown = capsys.readouterr().out
    assert "tensorflow" in shown
    assert shown.count("missing") == 2
    assert shown.endswith('To pack: pip install "satchel[author]"\nTo serve: pip install "satchel[web]"\n')


def test_a_machine_that_cannot_run_bundles_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "_program", lambda command: "1.0")
    known = doctor._version
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "ai-edge-litert" else known(name))
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().out.endswith("For run, inspect, check: pip install satchel\n")


def test_a_program_that_does_not_answer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._program(("no-program-has-this-name",)) is None
    assert doctor._program((sys.executable,)) == platform.python_version()


def test_a_version_between_codes_of_colours_is_told_without_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "colourful"
    program.write_text("#!/bin/sh\nprintf '\\033[1mApache Maven 3.8.7\\033[m\\nJava version: 17.0.15\\n'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert doctor._program(("colourful",)) == "3.8.7"


def test_progress_in_a_file_is_a_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("packing") as progress:
        for done, total, what in [(0, 2, "converting"), (1, 64, "calibrate"), (2, 64, "calibrate"), (1, 2, "writing")]:
            progress(done, total, what)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" s ")[-1].strip() for line in lines] == ["packing", "converting", "calibrate", "writing"]


def test_progress_on_a_terminal_shows_the_stage_and_what_is_done_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100, color_system=None)
    monkeypatch.setattr(terminal, "errors", lambda: console)
    with progress_bar("packing") as progress:
        progress(2, 7, "making variants")
        progress(3, 64, "calibrate")
        import time

        time.sleep(0.3)
    assert "packing: making variants" in shown.getvalue()
    assert "calibrate 3/64" in shown.getvalue()
