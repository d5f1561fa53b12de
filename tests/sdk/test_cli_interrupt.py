"""Ctrl-C while `satchel pack` runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import satchel

SWALLOWING_PACK = """
import signal
import sys
from contextlib import suppress
from satchel import cli
from satchel_converters import frozen

def freeze(*given, before=frozen.freeze):
    with suppress(KeyboardInterrupt):
        print("freezing", file=sys.stderr, flush=True)
        while True:
            pass
    return before(*given)

frozen.freeze = freeze
# What the background of a shell starts ignores SIGINT.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(cli.main(["pack", *sys.argv[1:]]))
"""


def test_packing_stops_with_130_and_leaves_nothing_even_where_the_interrupt_is_swallowed(
    model: Any, description: satchel.Description, tmp_path: Path
) -> None:
    model.save(tmp_path / "model.keras")
    description.save(tmp_path)
    (tmp_path / "temporary").mkdir()
    before = sorted(tmp_path.rglob("*"))
    options = ("model.keras", "-o", "out.satchel", "--spec", "spec.json", "--variants", "float32")
    with subprocess.Popen(
        [sys.executable, "-c", SWALLOWING_PACK, *options],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
    ) as run:
        assert run.stderr is not None
        assert any(line == "freezing\n" for line in run.stderr)
        run.send_signal(signal.SIGINT)
        try:
            told = run.communicate(timeout=60)[1]
        finally:
            run.kill()
    assert run.returncode == 130
    assert "Traceback" not in told
    assert sorted(tmp_path.rglob("*")) == before
