"""Packed models of the zoo, made once and kept in out/zoo: the same files that the app's and Kotlin's tests run."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "out" / "zoo"


def zoo_bundle(name: str) -> Path:
    """Gives a bundle of the zoo, packed first where it is missing or older than Satchel's own sources."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f".{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several test processes one packs, the others wait
        command = [sys.executable, str(ROOT / "scripts" / "zoo.py"), str(FOLDER), name]
        packing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert packing.returncode == 0, packing.stderr
    return FOLDER / f"{name}.satchel"
