"""Trained models that can be packed at once: `satchel.zoo.get("efficientnet-lite0")`.

Importing this package loads neither TensorFlow nor numpy; `get` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from satchel.zoo.catalog import ENTRIES, entry
from satchel.zoo.model import ZooModel, get, labels

if TYPE_CHECKING:
    from satchel.zoo.photos import KnownAnswer

__all__ = ["ZooModel", "describe", "get", "known_answers", "labels", "names"]


def names() -> tuple[str, ...]:
    """Gives the names that `get` takes."""
    return tuple(ENTRIES)


def describe(name: str) -> str:
    """Gives one line about a model: what it does, its input, its size and its licence.

    Raises:
        ModelError: model/not-in-zoo.
    """
    return entry(name).line


def known_answers() -> tuple[KnownAnswer, ...]:
    """Gives photos and their right answers, the same for every model of the zoo that looks at photos.

    Raises:
        EnvironmentProblem: env/package-missing without `satchel[zoo]`, env/wrong-hash.
    """
    from satchel.zoo.photos import known_answers

    return known_answers()
