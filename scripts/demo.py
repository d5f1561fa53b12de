"""The demo's two steps: `demo.py pack FILE.satchel` and `demo.py samples FOLDER`. `make demo` calls them."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

import satchel
from satchel.cli.failures import tell_warnings
from satchel.progress import progress_bar
from satchel.zoo.sample_tables import sample_tables

MODEL = "efficientnet-lite0"
VARIANTS = ("float32", "float16", "dynamic_range", "int8")


def pack(out: Path) -> None:
    """Packs the demo model with every standard variant."""
    started = time.perf_counter()
    tell_warnings()
    with progress_bar(f"packing {MODEL}") as progress:
        model = satchel.zoo.get(MODEL)
        evaluation, groups = model.evaluation
        satchel.pack(
            model.model,
            model.description(),
            out,
            variants=VARIANTS,
            tfjs=("float32", "float16", "uint8"),
            calibration=model.calibration,
            evaluation=evaluation,
            evaluation_groups=groups,
            golden=[each.photo for each in model.known_answers],
            card=model.card,
            overwrite=True,
            progress=progress,
        )
    print(f"packed {out} in {time.perf_counter() - started:.0f} s")


def samples(folder: Path) -> None:
    """Writes the demo's samples: photos with a known answer, and tables of what the small models never saw."""
    folder.mkdir(parents=True, exist_ok=True)
    for known in satchel.zoo.known_answers():
        shutil.copyfile(known.photo, folder / known.photo.name)
    for name, text in sample_tables().items():
        (folder / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    {"pack": pack, "samples": samples}[sys.argv[1]](Path(sys.argv[2]))
