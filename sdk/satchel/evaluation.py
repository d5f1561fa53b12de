"""How often a bundle is right on photos whose class is known."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from satchel.bundle import Bundle
from satchel.photos import listed
from satchel.statistics import wilson
from satchel_metadata.errors import InputError


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """How often one variant is right.

    Attributes:
        variant: its name.
        n: photos.
        top1, top5: share of photos whose class is the best, or among the five best; with 95 % intervals (Wilson).
        mistakes: (photo, expected index, found index) of every photo whose best class is another.
    """

    variant: str
    n: int
    top1: float
    top1_interval: tuple[float, float]
    top5: float
    top5_interval: tuple[float, float]
    mistakes: tuple[tuple[str, int, int], ...]

    def to_json(self) -> dict[str, Any]:
        """Gives the measures as JSON values."""
        return dataclasses.asdict(self)


def evaluate(
    bundle: Bundle,
    folder: str | Path,
    variant: str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Evaluation:
    """Gives how often a variant is right on a folder that holds one folder of photos a class.

    Args:
        bundle: the open bundle.
        folder: its subfolders are named by label (`tabby`) or, where labels repeat, by index (`281`).
        variant: the bundle's default when not given.
        progress: called with (done, total, what).

    Raises:
        InputError: a subfolder that names no class or several (input/unknown-class), no photos, an unreadable photo.
    """
    folder, variant = Path(folder), variant or bundle.default
    cases = labelled(folder, next(iter(bundle.labels.values()), ()))
    ranks: list[int] = []
    mistakes: list[tuple[str, int, int]] = []
    for done, (path, expected) in enumerate(cases, 1):
        scores = bundle.scores(bundle.kind.load(path), variant)
        order = np.argsort(-scores, kind="stable")
        ranks.append(int(np.flatnonzero(order == expected)[0]))
        if ranks[-1]:
            mistakes.append((str(path.relative_to(folder)), expected, int(order[0])))
        if progress:
            progress(done, len(cases), "evaluate")
    n = len(ranks)
    top1, top5 = sum(rank < 1 for rank in ranks) / n, sum(rank < 5 for rank in ranks) / n
    return Evaluation(variant, n, top1, wilson(top1, n), top5, wilson(top5, n), tuple(mistakes))


def labelled(folder: Path, labels: Sequence[str]) -> list[tuple[Path, int]]:
    """Gives the photos of a folder that holds one folder a class, each with the index of its class.

    Raises:
        InputError: input/not-found, input/no-photos, input/unknown-class.
    """
    if not folder.is_dir():
        raise InputError(
            "input/not-found", "expected a folder with one subfolder a class", where=str(folder), hint="Check the path."
        )
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    cases = [(path, _index(each, labels)) for each in classes for path in listed(each)]
    if not cases:
        raise InputError(
            "input/no-photos",
            "expected one subfolder a class, found none",
            where=str(folder),
            hint="Make a subfolder for each class, named by its label, and put its photos there.",
        )
    return cases


def _index(folder: Path, labels: Sequence[str]) -> int:
    name = folder.name
    found = [place for place, label in enumerate(labels) if label == name]
    if not found and name.isdecimal() and int(name) < len(labels):
        found = [int(name)]
    if len(found) != 1:
        several = (
            f"the label {name!r} stands at {', '.join(map(str, found))}" if found else f"no class is named {name!r}"
        )
        raise InputError(
            "input/unknown-class", several, where=str(folder), hint="Name the folder by label, or by index."
        )
    return found[0]
