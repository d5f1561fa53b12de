"""Programs that know nothing of Satchel, each in an environment of its own and without a network while it runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ENVIRONMENTS = Path(__file__).parents[2] / ".envs"
ALONE = ("unshare", "--map-root-user", "--net")
"""A network namespace with nothing in it: what a client wants to report goes nowhere."""
Found = list[tuple[int, str, float]]


@dataclass(frozen=True)
class Client:
    """A program that opens a .tflite and a picture; `packages` are what its environment holds."""

    name: str
    packages: tuple[str, ...]

    @property
    def python(self) -> Path:
        return ENVIRONMENTS / self.name / "bin" / "python"

    def classify(self, model: Path, count: int, pictures: list[Path]) -> list[Found]:
        """Gives the classes of each picture, best first: (index, label, score)."""
        script = Path(__file__).parent / f"client_{self.name.replace('-', '_')}.py"
        arguments = [str(self.python), str(script), str(model), str(count), *map(str, pictures)]
        done = subprocess.run([*ALONE, *arguments], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-2000:]
        answers: list[list[Any]] = json.loads(done.stdout.splitlines()[-1])
        return [[(index, label, score) for index, label, score in answer] for answer in answers]


CLIENTS = {
    "mediapipe": Client("mediapipe", ("mediapipe==1.2.2",)),
    "task-library": Client("task-library", ("tflite-support==0.4.4", "protobuf==3.20.3")),
}
LIBRARIES = Client(
    "huggingface",
    (
        *("torch>=2.8", "torchvision==0.29.2", "transformers==4.57.6", "timm==1.0.31", "pillow==12.3.0"),
        *("ai-edge-litert>=2.1,<3", "flatbuffers", "pydantic", "simplejpeg", "pyspng"),
    ),
)
"""Not a program that opens models, but the libraries that preparations and vectors are held against."""


def make(client: Client) -> None:
    """Makes a client's environment, or skips the test that needs it, saying why."""
    place = ENVIRONMENTS / client.name
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is None:
        pytest.skip("uv, which makes the clients' environments, is not installed")
    steps = (
        [uv, "venv", "--quiet", "--python", sys.executable, str(place)],
        [uv, "pip", "install", "--quiet", "--python", str(client.python), *client.packages],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True)
        if done.returncode != 0:
            shutil.rmtree(place, ignore_errors=True)
            pytest.skip(f"the environment of {client.name} cannot be made: {done.stderr.strip()[-500:]}")
