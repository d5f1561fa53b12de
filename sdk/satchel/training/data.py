"""What a pass trains with: prepared inputs and labels, from arrays, a tf.data.Dataset or a folder of classes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError, SpecError

Arrays = Mapping[str, NDArray[Any]]
ONLY = ""
"""Name of the only input, or of the only output, where the caller gave none."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Prepared inputs and their labels, in one order.

    Attributes:
        inputs: name of the model's input -> float32 [n, ...]; `ONLY` names a single one.
        labels: name of the model's output -> classes int [n, ...] (0 is the first label) or targets float [n, ...] of
            the output's own shape; `ONLY` names the first output.
    """

    inputs: Arrays
    labels: Arrays

    def __post_init__(self) -> None:
        """Refuses none at all, and inputs and labels that are not as many (input/no-samples, input/labels-misfit)."""
        sizes = {len(each) for each in (*self.inputs.values(), *self.labels.values())}
        if len(sizes) > 1:
            raise InputError(
                "input/labels-misfit",
                f"expected a label for every input, found arrays of {', '.join(map(str, sorted(sizes)))} samples",
                where="training",
                hint="Give inputs and labels of the same samples, in the same order.",
            )
        if not self.inputs or not self.labels or sizes == {0}:
            raise InputError(
                "input/no-samples",
                "expected samples to train with, found none",
                where="training",
                hint="Give inputs with their labels: some hundred of each class do for fine-tuning.",
            )

    def __len__(self) -> int:
        return len(next(iter(self.inputs.values())))

    @cached_property
    def digest(self) -> str:
        """The SHA-256, in hex, of every name, type, shape and value."""
        found = hashlib.sha256()
        for part in (self.inputs, self.labels):
            for name, each in sorted(part.items()):
                found.update(f"{name} {each.dtype} {each.shape};".encode())
                found.update(np.ascontiguousarray(each).view(np.uint8).data)
        return found.hexdigest()


@dataclass(frozen=True, eq=False)
class Training:
    """How a pass trains.

    Attributes:
        examples: what to train with.
        validation: what the trained model is judged by after every epoch; none when not given. It must not be what the
            finished variant is tested on.
        epochs: times that each pass which trains goes through the examples.
        batch: samples of one step.
        rate: learning rate at the start (Adam); it falls to zero by a cosine.
        seed: of the order of samples, of dropout and of what else is drawn: one seed, one result.
        resume: folder of checkpoints, one an epoch: a run that was stopped goes on there, and ends as if it never was.
    """

    examples: Examples
    validation: Examples | None = None
    epochs: int = 3
    batch: int = 32
    rate: float = 1e-3
    seed: int = field(default=0, kw_only=True)
    resume: Path | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuses numbers that no training can have (spec/out-of-range)."""
        for name, least in (("epochs", 1), ("batch", 1), ("rate", 0.0), ("seed", 0)):
            value = getattr(self, name)
            if not value >= least or (name == "rate" and not 0 < value <= 1):
                raise SpecError(
                    "spec/out-of-range",
                    f"found {name} {value!r}",
                    where="Training",
                    hint="Give at least one epoch and one sample a batch, a rate in (0, 1], and a seed from 0 on.",
                )

    def to_json(self) -> dict[str, Any]:
        """Gives what this training is, as JSON values: its settings, and its examples by number and digest."""
        return {
            "samples": len(self.examples),
            "digest": self.examples.digest,
            "epochs": self.epochs,
            "batch": self.batch,
            "rate": self.rate,
            "seed": self.seed,
        }


def arrays(inputs: NDArray[Any] | Arrays, labels: Any) -> Examples:
    """Gives examples of arrays: prepared inputs [n, ...] and labels [n, ...], each one array or one by name.

    Arrays that numpy maps from a file (`np.load(..., mmap_mode="r")`) stay there.

    Raises:
        InputError: input/no-samples, input/labels-misfit.
    """
    return Examples(_by_name(inputs), _by_name(labels))


def _by_name(given: Any) -> dict[str, NDArray[Any]]:
    named = given if isinstance(given, Mapping) else {ONLY: given}
    return {name: np.asanyarray(each) for name, each in named.items()}


def dataset(data: Any) -> Examples:
    """Gives examples of a finite tf.data.Dataset of (inputs, labels) in batches, as `fit` takes it.

    It is read once, and kept in memory: the order of every epoch follows the seed alone, so that a stopped run goes on
    to the same result, whatever shuffling the data set does.

    Raises:
        InputError: input/no-samples, input/endless for one that repeats without end, input/labels-misfit.
    """
    if int(data.cardinality()) == -1:
        raise InputError(
            "input/endless",
            "expected a data set that ends, found one that repeats",
            where="training",
            hint="Leave out .repeat(): the number of epochs is the training's.",
        )
    inputs: dict[str, list[NDArray[Any]]] = {}
    labels: dict[str, list[NDArray[Any]]] = {}
    for batch in data.as_numpy_iterator():
        if not isinstance(batch, tuple) or len(batch) != 2:
            raise InputError(
                "input/labels-misfit",
                "expected a data set of (inputs, labels)",
                where="training",
                hint="Map it to pairs of a batch of inputs and a batch of labels.",
            )
        for part, given in zip((inputs, labels), batch, strict=True):
            for name, each in _by_name(given).items():
                part.setdefault(name, []).append(each)
    return Examples(*({name: np.concatenate(each) for name, each in part.items()} for part in (inputs, labels)))


def labelled_folder(folder: str | Path, description: Any) -> Examples:
    """Gives the photos of a folder with one subfolder a class, prepared as the spec says.

    Args:
        folder: its subfolders are named by label or by index, as `satchel.evaluate` takes them.
        description: a Description, or an open Bundle: whatever has `spec` and `labels`.

    Raises:
        InputError: input/not-found, input/no-photos, input/unknown-class, an unreadable photo.
    """
    from satchel.evaluation import labelled
    from satchel.samples import kind_of
    from satchel_metadata.pipeline import Pipeline

    pipeline, kind = Pipeline(description.spec, description.labels), kind_of(description.spec)
    cases = labelled(Path(folder), next(iter(description.labels.values()), ()))
    prepared = [pipeline.prepare(kind.load(path)) for path, _ in cases]
    inputs = {name: np.concatenate([each[name] for each in prepared]) for name in prepared[0]}
    return arrays(inputs, np.array([place for _, place in cases], np.int64))
