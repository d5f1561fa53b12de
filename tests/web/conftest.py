"""A bundle small enough to write in a moment, for what the server does with any bundle."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from satchel_metadata.bundle_write import GoldenFiles, ModelFiles, VariantFiles, write_bundle
from satchel_metadata.golden import (
    Case,
    Expected,
    Golden,
    GoldenAnswer,
    golden_prepared,
    golden_values,
)
from satchel_metadata.golden_pictures import golden_picture
from satchel_metadata.manifest import Provenance
from satchel_metadata.spec import parse_spec
from satchel_server import create_app
from satchel_server.compressed import Compressor

HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""What a program does first that a test stops by SIGINT: what a shell starts in its background ignores it."""
HOST = {"base_url": "http://127.0.0.1:8000"}
REPORT = b"<!doctype html><script>fetch('/bundles')</script><p>Report</p>"
MODEL = b"no server runs this " * 100
PIXELS = np.random.default_rng(5).integers(0, 256, (12, 9, 3), np.uint8)


def ended(running: subprocess.Popen[str]) -> tuple[str, str]:
    """Gives what a program wrote that is about to end; one that does not is killed, and the test fails."""
    try:
        return running.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        running.kill()
        raise


def write_small(out: Path, name: str = "Small Model") -> str:
    """Writes the bundle and gives its digest."""
    tensor = {"name": "x", "index": 0, "shape": [1, 8, 8, 3], "dtype": "float32"}
    scores = {"name": "y", "index": 0, "shape": [1, 2], "dtype": "float32"}
    spec = parse_spec(
        {
            "satchel": "1.0",
            "name": name,
            "task": "image_classification",
            "inputs": [{"name": "image", "steps": [{"op": "decode"}], "tensor": {"float32/tflite": tensor}}],
            "outputs": [
                {
                    "name": "scores",
                    "steps": [{"op": "top_k", "k": 2}, {"op": "label", "labels": "classes"}],
                    "tensor": {"float32/tflite": scores},
                }
            ],
            "labels": {"classes": "labels.txt"},
        }
    )
    picture, stored = golden_picture("one", PIXELS)
    expected = Expected(
        prepared={"image": golden_prepared(np.zeros((1, 8, 8, 3), np.float32))},
        outputs={"scores": golden_values(np.zeros((1, 2), np.float32))},
        answer=GoldenAnswer(classes=()),
    )
    cases = tuple(
        Case(id=name, input={"image": picture}, artefacts={"float32/tflite": expected})
        for name in ("one", "two", "three")
    )
    golden = Golden(cases=cases, bounds={"float32/tflite": 1e-5})
    return write_bundle(
        out,
        spec=spec,
        labels={"classes": ["cat", "<b>dog</b>"]},
        variants=[
            VariantFiles("float32", [], tflite=ModelFiles({"model.tflite": MODEL}, ["CONV_2D"], ["litert-js"])),
        ],
        golden=GoldenFiles(golden, {picture.file: stored}),
        provenance=Provenance(source_sha256="0" * 64, source_format="keras", versions={}, options={}),
        measurements=lambda _: {"report.html": REPORT},
        card="# Card",
    )


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small bundle as a file; nothing changes it."""
    out = tmp_path_factory.mktemp("small") / "small.satchel"
    write_small(out)
    return out


@pytest.fixture
def compressor(tmp_path: Path) -> Iterator[Compressor]:
    made = Compressor(tmp_path / "compressed")
    yield made
    made.close()


@pytest.fixture
def app(small: Path, compressor: Compressor) -> Flask:
    return create_app([small], compressor=compressor)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Calls the server as a browser on this machine does."""
    return app.test_client()
