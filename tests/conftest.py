"""Fixtures that several rooms share: the packed demo model, and small models that pack in seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from satchel_metadata.ops import compiled

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

ROOT = Path(__file__).parent.parent
DEMO = ROOT / "out" / "efficientnet-lite0.satchel"


@pytest.fixture(scope="session")
def demo_bundle() -> Path:
    """EfficientNet-Lite0 as `make demo-bundle` packs it; packed now when it is not there yet."""
    if not DEMO.exists():
        subprocess.run(["make", "demo-bundle"], cwd=ROOT, check=True)
    return DEMO


@pytest.fixture(autouse=True)
def no_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of a parallel run has COLUMNS set, as if each test had a terminal of that width."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(params=["compiled", "numpy"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resizing by the library that weighing.c is built to, and as where there is no C compiler."""
    if request.param == "numpy":
        monkeypatch.setattr("satchel_metadata.ops.compiled.library", None)
    elif compiled.library is None:
        assert shutil.which("cc") is None, "weighing.c is not built, and could be: install the project again"
        pytest.skip("weighing.c is not built: there is no C compiler here")
