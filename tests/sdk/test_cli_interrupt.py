"""Ctrl-C while `satchel pack` runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import satchel

PACK = """
import signal
import sys
from contextlib import suppress
from satchel import cli
from satchel_converters import frozen

def wait():
    print("freezing", file=sys.stderr, flush=True)
    while True:
        pass

class Waiting:
    def __del__(self):
        wait()

def swallowed():
    with suppress(KeyboardInterrupt):
        wait()

def freeze(*given, before=frozen.freeze):
    if where == "block":
        swallowed()
    elif where == "destructor":
        Waiting()
    return before(*given)

frozen.freeze = freeze
where = sys.argv[1]
# What the background of a shell starts ignores SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(cli.main(["pack", *sys.argv[2:]]))
"""


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("block", "freezing"),
        ("destructor", "freezing"),
        *(
            pytest.param("", line, marks=pytest.mark.long)
            for line in ("reading inputs", "converting", "making variants", "running golden inputs", "measuring")
        ),
    ],
)
def test_packing_stops_with_130_and_without_a_word_and_leaves_nothing_wherever_it_is_interrupted(
    where: str, line: str, model: Any, description: satchel.Description, tmp_path: Path
) -> None:
    model.save(tmp_path / "model.keras")
    description.save(tmp_path)
    (tmp_path / "temporary").mkdir()
    before = sorted(tmp_path.rglob("*"))
    options = ("model.keras", "-o", "out.satchel", "--spec", "spec.json", "--variants", "float32")
    with subprocess.Popen(
        [sys.executable, "-c", PACK, where, *options],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
    ) as run:
        assert run.stderr is not None
        assert any(told.endswith(f"{line}\n") for told in run.stderr)
        run.send_signal(signal.SIGINT)
        try:
            told = run.communicate(timeout=60)[1]
        finally:
            run.kill()
    assert run.returncode == 130
    assert [word for word in ("Traceback", "Exception ignored", "KeyboardInterrupt") if word in told] == []
    assert sorted(tmp_path.rglob("*")) == before
