"""What a search has measured so far, in a folder: a search that was stopped, or killed, goes on from there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from satchel_metadata.bundle_place import beside, put, write_synced
from satchel_metadata.errors import EnvironmentProblem


@dataclass(frozen=True)
class State:
    """A folder with two files for each candidate: its .tflite, and what was measured of it.

    Attributes:
        folder: where they are.
        fingerprint: of everything that a measurement follows from but the recipe (the model, the spec, the sets, the
            training, the machine): another search may keep its candidates in the same folder.
    """

    folder: Path
    fingerprint: str

    @classmethod
    def opened(cls, folder: Path, *parts: Any) -> State:
        """Gives the state in a folder, which is made when it is not there.

        Raises:
            EnvironmentProblem: env/cannot-write.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EnvironmentProblem(
                "env/cannot-write",
                f"the folder that a stopped search goes on from cannot be made ({error.strerror})",
                where=str(folder),
                hint="Name another with state= (--state).",
            ) from None
        return cls(folder, hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest())

    def read(self, recipe: list[dict[str, Any]]) -> dict[str, Any] | None:
        """Gives what was measured of a recipe; None where that is not there, or not whole."""
        place = self._place(recipe)
        try:
            found = json.loads(place.with_suffix(".json").read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(found, dict) or found.get("fingerprint") != self.fingerprint:
            return None
        return found if found.get("sha256") in (None, self._digest(place)) else None

    def write(self, recipe: list[dict[str, Any]], told: dict[str, Any], tflite: bytes | None) -> None:
        """Keeps what was measured of a recipe; the .tflite first, so that no measurement stands without its file.

        Raises:
            EnvironmentProblem: env/disk-full, env/cannot-write.
        """
        place = self._place(recipe)
        if tflite is not None:
            _write(place.with_suffix(".tflite"), tflite)
            told = {**told, "sha256": hashlib.sha256(tflite).hexdigest()}
        document = {**told, "recipe": recipe, "fingerprint": self.fingerprint}
        _write(place.with_suffix(".json"), json.dumps(document, indent=1).encode())

    def tflite(self, recipe: list[dict[str, Any]]) -> bytes:
        """Gives the .tflite of a recipe that `read` knows."""
        return self._place(recipe).with_suffix(".tflite").read_bytes()

    def _place(self, recipe: list[dict[str, Any]]) -> Path:
        key = hashlib.sha256(f"{self.fingerprint} {json.dumps(recipe, sort_keys=True)}".encode()).hexdigest()
        return self.folder / f"{'-'.join(each['pass'] for each in recipe) or 'float32'}-{key[:16]}"

    def _digest(self, place: Path) -> str:
        try:
            return hashlib.sha256(place.with_suffix(".tflite").read_bytes()).hexdigest()
        except OSError:
            return ""


def _write(path: Path, content: bytes) -> None:
    with beside(path, folder=False) as place:
        write_synced(place, content)
        # Two searches may come to the same candidate at once: either's file is as good.
        put(place, path, overwrite=True)
