"""Three sets that share no sample: to calibrate with, to search with, and to test what was found; split by hash."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel.evaluation import labelled
from satchel.samples import Kind, hash_of, kind_of
from satchel.training.data import Examples
from satchel_metadata.errors import InputError, SatchelWarning
from satchel_metadata.pipeline import Pipeline

LEAST = 10
"""Samples below which nothing can be split and said."""
MOST_CALIBRATION = 200
Role = Literal["calibration", "search", "test"]


@dataclass(frozen=True)
class Sample:
    """One sample as it was given, the SHA-256 of what it says once read, and the index of its class, if it has one."""

    thing: Any
    sha256: str
    label: int | None

    @property
    def name(self) -> str:
        """What the sample is called in an error."""
        return str(self.thing) if isinstance(self.thing, (str, Path)) else f"sample {self.sha256[:12]}"


@dataclass(frozen=True)
class Sets:
    """The three sets, and how a sample of them is read; none is kept in memory."""

    kind: Kind
    calibration: tuple[Sample, ...]
    search: tuple[Sample, ...]
    test: tuple[Sample, ...]

    def role(self, role: Role) -> tuple[Sample, ...]:
        """Gives one of the sets."""
        return {"calibration": self.calibration, "search": self.search, "test": self.test}[role]

    @cached_property
    def digests(self) -> dict[str, dict[str, Any]]:
        """The number of samples of each set, and one SHA-256 over all of theirs and their classes."""
        return {
            role: {"samples": len(each), "sha256": _digest(each)}
            for role, each in (("calibration", self.calibration), ("search", self.search), ("test", self.test))
        }


def three_sets(description: Any, data: Any, calibration: Any, test: Any, agreement: bool) -> Sets:
    """Gives the three sets of what a search is given.

    Args:
        description: a Description: its steps say what a sample is, its labels what the classes are.
        data: labelled: a folder with one subfolder a class, or (samples, classes); with `agreement` only samples. Of
            five samples two are searched with, two tested with and one is calibrated with, in the order of their
            hashes, class by class; of `calibration` and `test` that are given, none are taken from here.
        calibration: samples without classes.
        test: like `data`.
        agreement: whether classes are left out of account.

    Raises:
        InputError: input/no-samples, input/too-few-photos, input/labels-misfit, input/unknown-class, a sample that
            cannot be read; input/sets-overlap for one that is in two sets.
    """
    kind = kind_of(description.spec)
    labels = next(iter(description.labels.values()), ())
    given = _once(_samples(kind, data, labels, agreement, "data"), kind, "data")
    apart: dict[Role, list[Sample] | None] = {
        "calibration": None if calibration is None else _samples(kind, calibration, labels, True, "calibration"),
        "test": None if test is None else _samples(kind, test, labels, agreement, "test"),
    }
    if len(given) < LEAST:
        raise InputError(
            "input/too-few-photos",
            f"expected at least {LEAST} different {kind.plural} to search and test with, found {len(given)}",
            where="data",
            hint="Give more: some hundred tell differences of a percentage point.",
        )
    split = _split(given, [name for name, each in apart.items() if each is not None])
    found = {name: tuple(each if each is not None else split[name]) for name, each in apart.items()}
    sets = Sets(kind, found["calibration"], tuple(split["search"]), found["test"])
    _require_apart(sets)
    return sets


def _samples(kind: Kind, given: Any, labels: Sequence[str], agreement: bool, where: str) -> list[Sample]:
    pairs: Iterable[tuple[Any, int | None]]
    if agreement:
        pairs = [(thing, None) for thing in kind.listed(given)]
    elif isinstance(given, (str, Path)):
        pairs = labelled(Path(given), labels)
    else:
        pairs = _paired(given, labels, where)
    found = [Sample(thing, hash_of(kind.load(thing)), label) for thing, label in pairs]
    if not found:
        raise InputError(
            "input/no-samples",
            f"expected {kind.plural}, found none",
            where=where,
            hint="Give some that took no part in training.",
        )
    return found


def _paired(given: Any, labels: Sequence[str], where: str) -> list[tuple[Any, int | None]]:
    if not isinstance(given, tuple) or len(given) != 2 or len(given[0]) != len(given[1]):
        raise _misfit("expected a labelled folder, or samples and as many classes", where)
    classes = np.asarray(given[1])
    most = max(len(labels), 2)
    if classes.size and (
        classes.ndim != 1 or classes.dtype.kind not in "iu" or not 0 <= classes.min() <= classes.max() < most
    ):
        raise _misfit(f"expected a class from 0 to {most - 1} for each sample", where)
    return [(thing, int(each)) for thing, each in zip(given[0], classes, strict=True)]


def _misfit(message: str, where: str) -> InputError:
    hint = "Give (samples, classes), the place of each class in the spec's labels; or compare with agreement=True."
    return InputError("input/labels-misfit", message, where=where, hint=hint)


def _once(samples: Sequence[Sample], kind: Kind, where: str) -> list[Sample]:
    """Gives each picture once, with a warning; rows and signals may rightly be equal."""
    if not kind.is_picture:
        return list(samples)
    found: dict[str, Sample] = {}
    for each in samples:
        first = found.setdefault(each.sha256, each)
        if first.label != each.label:
            message = f"the same picture is of class {first.label} and, as {first.name}, of class {each.label}"
            hint = "Keep it in one class: nothing can be measured by both."
            raise InputError("input/labels-misfit", message, where=each.name, hint=hint)
    if len(found) < len(samples):
        text = f"{len(samples) - len(found)} of {len(samples)} {kind.plural} of {where} are copies, which count once"
        warnings.warn(text, SatchelWarning, stacklevel=4)
    return list(found.values())


_TURNS: dict[tuple[str, ...], tuple[Role, ...]] = {
    (): ("search", "test", "calibration", "search", "test"),
    ("calibration",): ("search", "test"),
    ("test",): ("search", "search", "calibration", "search"),
    ("calibration", "test"): ("search",),
}


def _split(samples: Sequence[Sample], given: Sequence[str]) -> dict[Role, list[Sample]]:
    """Deals samples out class by class in the order of their hashes; equal ones stay together."""
    turns, found = _TURNS[tuple(given)], {role: list[Sample]() for role in ("search", "test", "calibration")}
    groups: dict[tuple[int, str], list[Sample]] = {}
    for each in samples:
        groups.setdefault((-1 if each.label is None else each.label, each.sha256), []).append(each)
    # Samples of one hash go to one set, also where their classes differ.
    places: dict[str, Any] = {}
    for turn, key in enumerate(sorted(groups)):
        role = turns[turn % len(turns)]
        if role == "calibration" and len(found[role]) >= MOST_CALIBRATION:
            role = "search"
        found[places.setdefault(key[1], role)] += groups[key]
    return found  # type: ignore[return-value]


def _require_apart(sets: Sets) -> None:
    seen: dict[str, tuple[str, Sample]] = {}
    both: list[tuple[str, str, Sample]] = []
    for role in ("calibration", "search", "test"):
        for each in sets.role(role):
            before, _ = seen.setdefault(each.sha256, (role, each))
            if before != role:
                both.append((before, role, each))
    if both:
        before, role, each = both[0]
        raise overlap(f"{len(both)} {sets.kind.plural} of the {role} set are in the {before} set too", each.name)


def overlap(message: str, where: str) -> InputError:
    """Gives the error for samples that are in two sets."""
    hint = "What a model was fitted to or chosen by says nothing of others: keep the sets apart."
    return InputError("input/sets-overlap", message, where=where, hint=hint)


def require_untrained(sets: Sets, examples: Examples, pipeline: Pipeline) -> None:
    """Refuses samples to search or test with that are among those to train with, as they are prepared.

    Raises:
        InputError: input/sets-overlap.
    """
    first = np.asarray(next(iter(examples.inputs.values())))
    trained = {_tensor_hash(each) for each in first}
    for role in (sets.search, sets.test):
        found = [each for each in role if not trained.isdisjoint(_prepared(sets.kind.load(each.thing), pipeline))]
        if found:
            raise overlap(f"{len(found)} of the training samples are to be searched or tested with too", found[0].name)


def _prepared(loaded: Any, pipeline: Pipeline) -> set[str]:
    first: list[NDArray[Any]] = [next(iter(each.tensors.values())) for each in pipeline.windows(loaded)]
    return {_tensor_hash(each) for tensor in first for each in tensor}


def _tensor_hash(values: NDArray[Any]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values, np.float32).tobytes()).hexdigest()


def _digest(samples: Sequence[Sample]) -> str:
    return hashlib.sha256("".join(f"{each.sha256} {each.label};" for each in samples).encode()).hexdigest()


def prepared(samples: Sequence[Sample], sets: Sets, pipeline: Pipeline) -> list[Mapping[str, NDArray[Any]]]:
    """Gives the prepared inputs of samples: input name -> float32 tensor with batch 1, a dict a window."""
    return [window.tensors for each in samples for window in pipeline.windows(sets.kind.load(each.thing))]
