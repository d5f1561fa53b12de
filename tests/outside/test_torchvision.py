"""torchvision itself gives what the vectors say that are named after it, or that its arithmetic is the source of."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outside.clients import LIBRARIES, make
from vectors.cases import VECTORS, unpacked

pytestmark = pytest.mark.long
LEAST = {"convert_boxes/torchvision.json": 27, "nms/tensorflow.json": 20, "crop/centre.json": 15, "resize/fit.json": 3}
"""Cases of each file that torchvision has words for."""


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What torchvision makes of the vectors, in an environment of its own."""
    if not LIBRARIES.python.exists():
        make(LIBRARIES)
    script = Path(__file__).with_name("client_torchvision.py")
    done = subprocess.run(
        [str(LIBRARIES.python), str(script), str(VECTORS)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.mark.parametrize("path", sorted(LEAST))
def test_torchvision_gives_what_the_vectors_say(path: str, found: dict[str, Any]) -> None:
    file = json.loads((VECTORS / path).read_text())
    expected = {case["id"]: told(unpacked(case["expected"])) for case in file["cases"] if case["result"] == "valid"}
    assert len(found[path]) >= LEAST[path]
    assert {name: value for name, value in found[path].items() if value != expected[name]} == {}


def test_the_files_name_the_version_that_they_are_held_against(found: dict[str, Any]) -> None:
    for path in LEAST:
        assert json.loads((VECTORS / path).read_text())["held_against"] == f"torchvision {found['version']}"


def told(expected: Any) -> Any:
    """Gives an expected value as the client tells it: detections as numbers, an array by its hash."""
    if isinstance(expected, dict) and "boxes" in expected:
        return [expected[name].tolist() for name in ("boxes", "scores", "classes")]
    if isinstance(expected, dict):
        return [expected["dtype"], expected["shape"], expected["sha256"]]
    little = np.ascontiguousarray(expected)
    return [str(little.dtype), list(little.shape), hashlib.sha256(little.tobytes()).hexdigest()]
