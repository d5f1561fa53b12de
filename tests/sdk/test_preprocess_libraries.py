"""Preparations of transformers, torchvision and timm: their own bytes, each in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import photos
import satchel
from outside.clients import LIBRARIES, make
from satchel_metadata.pipeline import Pipeline

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
READ = {
    "huggingface": satchel.Preprocess.from_huggingface,
    "torchvision": satchel.Preprocess.from_torchvision,
    "timm": satchel.Preprocess.from_timm,
}


@pytest.mark.parametrize(("name", "width", "height"), [("chelsea", 451, 300), ("coffee", 227, 401)])
def test_every_library_gives_the_bytes_that_the_spec_gives(name: str, width: int, height: int, tmp_path: Path) -> None:
    if not LIBRARIES.python.exists():
        make(LIBRARIES)
    photo, out = tmp_path / "photo.png", tmp_path / "tensors.npz"
    Image.open(photos.path(name)).convert("RGB").resize((width, height)).save(photo)
    paths = os.pathsep.join(str(ROOT / room) for room in ("sdk", "converters", "metadata"))
    done = subprocess.run(
        [str(LIBRARIES.python), str(ROOT / "tests" / "sdk" / "library_preparations.py"), str(photo), str(out)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": paths, "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    tensors = np.load(out)
    cases: list[dict[str, Any]] = json.loads(out.with_suffix(".json").read_text())
    assert len(cases) >= 30
    different = [case["name"] for case in cases if not same(case, photo, tensors[case["name"]])]
    assert different == []
    for case in cases:
        if case["plain"] is not None:
            assert list(READ[case["library"]](case["plain"]).steps) == case["steps"], case["name"]


def same(case: dict[str, Any], photo: Path, wanted: Any) -> bool:
    made = satchel.Preprocess(tuple(case["steps"]), case["name"])
    described = made.describe(labels=["a", "b"])
    ours = Pipeline(described.spec, described.labels).prepare(photo)["image"]
    return ours.shape == wanted.shape and bool(np.array_equal(ours, wanted.astype(np.float32)))
