"""The door of the command line: what every command shares. Nothing here needs a model."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import click
import pytest

from satchel import cli
from satchel_metadata.errors import CHECK_PATH, InputError, SatchelWarning

SPEC = [["spec", "init"], ["spec", "validate"], ["spec", "explain"]]
COMMANDS = ["spec", "pack", "sensitivity", "optimize", "run", "inspect", "check", "diagnose", "zoo", "serve", "doctor"]


def run_alone(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `satchel` as a process of its own, with a terminal's default width and no terminal."""
    command = [sys.executable, "-c", "import sys; from satchel.cli import main; sys.exit(main())", *arguments]
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "SATCHEL_DEBUG")}
    return subprocess.run(command, capture_output=True, text=True, env={**kept, **environment}, check=False)


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Makes `satchel doctor` raise an error."""

    def raise_it(as_json: bool) -> None:
        raise error

    monkeypatch.setattr(importlib.import_module("satchel.cli.doctor").command, "callback", raise_it)


def test_help_names_the_commands_in_one_line_each() -> None:
    done = run_alone("--help")
    lines = done.stdout.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines] == COMMANDS
    assert done.returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_the_help_page_says_of_it(name: str) -> None:
    command = cli.group.get_command(click.Context(cli.group), name)
    assert command is not None
    assert command.get_short_help_str(200) == cli.SUMMARIES[name]


@pytest.mark.parametrize("arguments", [*[[name] for name in COMMANDS], ["zoo", "list"], ["zoo", "get"], *SPEC])
def test_every_help_page_has_an_example(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*arguments, "--help"]) == 0
    page = capsys.readouterr().out
    assert "Example" in page
    assert f"satchel {' '.join(arguments)}" in page.split("Example")[1]


def test_help_imports_nothing_heavy() -> None:
    heavy = ["numpy", "pydantic", "rich", "PIL", "ai_edge_litert", "tensorflow", "satchel_metadata"]
    code = (
        f"import sys; from satchel.cli import main; main(['--help']); print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_the_packages() -> None:
    from importlib.metadata import version

    assert run_alone("--version").stdout == f"satchel {version('satchel')}\n"


@pytest.mark.parametrize(
    "arguments", [["pakc"], ["run"], ["spec", "init"], ["run", "model", "photo", "--top", "0"], ["pack", "m"]]
)
def test_a_wrong_command_line_is_one_paragraph(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.endswith("--help`.\n")
    assert told.err.count("\n") == 1


def test_a_mistake_is_one_paragraph_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, InputError("input/not-found", "there is no such file", where="cat.jpg", hint="Look there."))
    assert cli.main(["doctor"]) == 2
    assert capsys.readouterr() == ("", "error: cat.jpg: there is no such file. Look there.\n")


def test_a_mistake_shows_its_traceback_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SATCHEL_DEBUG", "1")
    failing(monkeypatch, InputError("input/not-found", "there is no such file", where="cat.jpg"))
    assert cli.main(["doctor"]) == 2
    assert capsys.readouterr().err.startswith("Traceback")


def test_escapes_and_markup_in_an_error_are_shown_as_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, InputError("input/not-found", "no such file", where="[red]\x1b[31m\u202egpj.jpg"))
    cli.main(["doctor"])
    assert capsys.readouterr().err == "error: [red]\\x1b[31m\\u202egpj.jpg: no such file.\n"


def test_a_bug_is_called_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing(monkeypatch, ZeroDivisionError("division by zero"))
    assert cli.main(["doctor"]) == cli.BUG
    told = capsys.readouterr().err
    assert told.startswith("error: this is a bug in Satchel, not your mistake: ZeroDivisionError: division by zero\n")
    assert "--debug" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            PermissionError(13, "Permission denied", "out.satchel"),
            "error: out.satchel: permission denied. Check the path, its permissions and the room on the disk.\n",
        ),
        (
            OSError(28, "No space left on device"),
            "error: no space left on device. Check the path, its permissions and the room on the disk.\n",
        ),
        (
            MemoryError(),
            "error: this machine has too little memory for that. Close other programs, or give it less at once.\n",
        ),
        (
            ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow"),
            "error: this needs the Python package tensorflow, which is not installed. "
            'Install it with `pip install "satchel[author]"`.\n',
        ),
        (
            ModuleNotFoundError("No module named 'h5py'", name="h5py"),
            "error: this needs the Python package h5py, which is not installed. "
            'Install it with `pip install "satchel[author]"`.\n',
        ),
    ],
)
def test_what_the_machine_lacks_is_no_bug(
    error: Exception, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, error)
    assert cli.main(["doctor"]) == 2
    assert capsys.readouterr().err == told


def test_an_interrupt_ends_quietly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    assert cli.main(["doctor"]) == cli.INTERRUPTED
    assert capsys.readouterr().err.strip() == ""


def test_a_closed_pipe_ends_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", "import sys; from satchel.cli import main; sys.exit(main())", "zoo", "list"]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (cli.PIPE_CLOSED, b"")


def test_warnings_of_satchel_are_told_and_those_of_libraries_are_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def warn(as_json: bool) -> None:
        warnings.warn("three photos were left out", SatchelWarning, stacklevel=2)
        warnings.warn("old", DeprecationWarning, stacklevel=2)

    monkeypatch.setattr(importlib.import_module("satchel.cli.doctor").command, "callback", warn)
    with warnings.catch_warnings():
        assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().err == "warning: three photos were left out\n"


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_terminal_without_unicode_gets_plain_lines(environment: dict[str, str]) -> None:
    done = run_alone("zoo", "list", **environment, PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert done.stdout.splitlines()[0].split()[:2] == ["name", "input"]


def test_what_is_no_terminal_is_neither_folded_nor_filled_up_nor_coloured() -> None:
    for line in run_alone("doctor").stdout.splitlines():
        assert line == line.rstrip()
        assert "\x1b" not in line


def test_a_narrow_terminal_loses_nothing() -> None:
    wide, narrow = (run_alone("zoo", "list", COLUMNS=width).stdout for width in ("100", "50"))
    assert max(map(len, narrow.splitlines())) <= 50
    letters = [sorted(text.replace("─", "").replace(" ", "").replace("\n", "")) for text in (wide, narrow)]
    assert letters[0] == letters[1]


def test_serving_a_bundle_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["serve", str(tmp_path / "none.satchel")]) == 2
    told = f"error: {tmp_path}/none.satchel: there is no such file or folder. {CHECK_PATH}\n"
    assert capsys.readouterr().err == told


def test_serving_without_flask_says_how_to_get_it() -> None:
    code = (
        "import sys; sys.modules['flask'] = None; from satchel import cli; sys.exit(cli.main(['serve', 'a.satchel']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.endswith('flask, which is not installed. Install it with `pip install "satchel[web]"`.\n')


def test_the_server_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import satchel_server

    asked: list[Any] = []
    monkeypatch.setattr(satchel_server, "serve", lambda *given, **named: asked.append((given, named)))
    options = ["--host", "::1", "--port", "0", "--allow-host", "a.test", "--allow-host", "b.test", "--samples", "s"]
    assert cli.main(["serve", "one.satchel", "two", *options]) == 0
    named = {"host": "::1", "port": 0, "allow_hosts": ["a.test", "b.test"], "samples": Path("s"), "open_browser": False}
    assert asked == [(([Path("one.satchel"), Path("two")],), named)]
