"""Models that the zoo trains when they are asked for: small, in seconds, the same every time on one machine."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from satchel.progress import Progress
from satchel.zoo.catalog import Trained
from satchel.zoo.packages import read_weights
from satchel_metadata.errors import EnvironmentProblem
from satchel_metadata.values import Signal

if TYPE_CHECKING:
    from satchel.describe import Description

Floats = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows or signals with the class of each.

    Attributes:
        things: rows (column name -> text) or Signals.
        values: the same as numbers, binary64 [n, columns] or [n, samples, channels].
        classes: the index of each one's class.
    """

    things: tuple[Any, ...]
    values: Floats
    classes: Floats


@dataclass(frozen=True)
class Recipe:
    """How a model of the zoo is made.

    Attributes:
        read: gives the training examples and those held out, of the bytes of the entry's files.
        build: gives the untrained Keras model; its weights begin with fixed seeds.
        describe: gives the description, of a label list, the mean and scale of training, and changes.
        labels: the classes in the order of the output.
        channels: names of the columns, or channels.
        rounds: how often all examples are shown at once.
        rate: Adam's learning rate.
    """

    read: Callable[[Sequence[bytes]], tuple[Examples, Examples]]
    build: Callable[[], Any]
    describe: Callable[..., Description]
    labels: tuple[str, ...]
    channels: tuple[str, ...]
    rounds: int
    rate: float


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model that was just trained, with all that packing it needs.

    Attributes:
        name: its name in the zoo.
        model: a Keras 3 model; input float32 [batch, ...] as the description prepares it, output `probabilities`.
        preparation: mean and scale of training, column by column or channel by channel.
        labels: the classes in the order of the output.
        license: the licence of the data, its notice in full.
        card: a model card, in Markdown.
        training: what it was trained with, and what int8 variants are calibrated with.
        held_out: what it never saw.
        right: how many of the latter it puts into the right class.
        recipe: how it was made.
    """

    name: str
    model: Any
    preparation: Mapping[str, Any]
    labels: tuple[str, ...]
    license: str
    card: str
    training: Examples
    held_out: Examples
    right: int
    recipe: Recipe

    def description(self, **changes: Any) -> Description:
        """Gives the description to pack the model with; `changes` are arguments of the task's builder."""
        return self.recipe.describe(name=self.name, labels=self.labels, **{**self.preparation, **changes})

    @property
    def calibration(self) -> tuple[Any, ...]:
        """Rows or signals to calibrate with: those of training."""
        return self.training.things

    @property
    def evaluation(self) -> tuple[tuple[Any, ...], tuple[str, ...]]:
        """Rows or signals that the model never saw, and a name for each."""
        return self.held_out.things, tuple(str(place) for place in range(len(self.held_out.things)))

    @property
    def accuracy(self) -> str:
        """Gives how good it is, in words: `29 of 30 rows held out are put into the right class`."""
        what = "series" if isinstance(self.held_out.things[0], Signal) else "rows"
        return f"{self.right} of {len(self.held_out.things)} {what} held out are put into the right class"

    def write_examples(self, folder: Path) -> None:
        """Writes CSV files into folders `calibration`, `evaluation` and `samples` (one of each class, by its name)."""
        firsts = [int(np.argmax(self.held_out.classes == index)) for index in range(len(self.labels))]
        samples = [(self.labels[index], self.held_out.things[place]) for index, place in enumerate(firsts)]
        for part, examples in (("calibration", self.training), ("evaluation", self.held_out)):
            (folder / part).mkdir()
            if isinstance(examples.things[0], Signal):
                for place, thing in enumerate(examples.things):
                    self._write(folder / part / f"{place:03}.csv", thing.values)
            else:
                self._write(folder / part / "rows.csv", [list(row.values()) for row in examples.things])
        (folder / "samples").mkdir()
        for label, thing in samples:
            lines = thing.values if isinstance(thing, Signal) else [list(thing.values())]
            self._write(folder / "samples" / f"{label.lower()}.csv", lines)

    def _write(self, path: Path, lines: Any) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.recipe.channels)
            writer.writerows([[str(each) for each in line] for line in lines])


def train(found: Trained, cache: Path | None, progress: Progress | None) -> TrainedModel:
    """Gives a model of the zoo, trained.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash, env/not-writable.
    """
    tell = progress or (lambda done, total, what: None)
    recipe = _recipe(found.name)
    training, held_out = recipe.read([read_weights(each, cache, progress) for each in found.data])
    flat = training.values.reshape(-1, training.values.shape[-1])
    mean, scale = flat.mean(axis=0), flat.std(axis=0)
    model = _fitted(recipe, (training.values - mean) / scale, training.classes, found.name, tell)
    scores = np.asarray(model.predict_on_batch(((held_out.values - mean) / scale).astype(np.float32)))
    right = int((scores.argmax(axis=1) == held_out.classes).sum())
    preparation = {"mean": mean.tolist(), "scale": scale.tolist()}
    made = TrainedModel(
        found.name, model, preparation, recipe.labels, found.notice, "", training, held_out, right, recipe
    )
    return _with_card(made, found)


def _recipe(name: str) -> Recipe:
    from satchel.zoo import iris, sensor_series

    return {"iris": iris.RECIPE, "sensor-series": sensor_series.RECIPE}[name]


def _fitted(recipe: Recipe, values: Floats, classes: Floats, name: str, tell: Progress) -> Any:
    """Shows all examples at once, a fixed number of times: no chance takes part but the seeds of the first weights."""
    try:
        import keras
    except ImportError as error:
        raise EnvironmentProblem(
            "env/package-missing",
            f"training a model of the zoo needs Keras and TensorFlow ({error})",
            where=name,
            hint='Run pip install "satchel[author]".',
        ) from None
    model = recipe.build()
    model.compile(optimizer=keras.optimizers.Adam(recipe.rate), loss="sparse_categorical_crossentropy")
    shown = values.astype(np.float32)
    for done in range(recipe.rounds):
        if done % 20 == 0:
            tell(done, recipe.rounds, f"training {name}")
        model.train_on_batch(shown, classes)
    tell(recipe.rounds, recipe.rounds, f"training {name}")
    return model


def _with_card(made: TrainedModel, found: Trained) -> TrainedModel:
    from dataclasses import replace

    files = "\n".join(f"- {each.requirement}, `{each.path}`, SHA-256 `{each.sha256}`" for each in found.data)
    text = f"""# {made.name}

{found.about}

## How it was made
Trained with Keras on this machine, from fixed seeds and without shuffling: {len(made.training.things)} examples, all
shown at once, {made.recipe.rounds} times. Each column is scaled by its mean and standard deviation in training.

## How good it is
{made.accuracy}. That is a small test: do not expect the same of other data.

## Data
{files}

{found.notice}
"""
    return replace(made, card=text)
