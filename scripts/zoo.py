"""Packs models of the zoo: `zoo.py FOLDER NAME...`. Those that are newer than Satchel's own sources are kept."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import satchel
from satchel.cli.failures import tell_warnings

ROOT = Path(__file__).parents[1]
SOURCES = ("sdk", "converters", "metadata/satchel_metadata")


def pack(name: str, out: Path) -> None:
    """Packs a model with the variants that a phone can run."""
    started = time.perf_counter()
    model = satchel.zoo.get(name)
    satchel.pack(
        model.model,
        model.description(),
        out,
        variants=getattr(model, "variants", ("float32", "int8")),
        tfjs=getattr(model, "tfjs", None),
        calibration=list(model.calibration),
        golden=[each.photo for each in getattr(model, "known_answers", ())] or None,
        overwrite=True,
    )
    print(f"packed {out} in {time.perf_counter() - started:.0f} s")


def stale(bundle: Path) -> bool:
    """Says whether there is no bundle, or one that older sources packed."""
    if not bundle.exists():
        return True
    written = bundle.stat().st_mtime
    return any(path.stat().st_mtime > written for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))


def main(folder: Path, names: list[str]) -> None:
    """Packs those that are stale, one after the other."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    tell_warnings()
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        out = folder / f"{name}.satchel"
        if stale(out):
            pack(name, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
