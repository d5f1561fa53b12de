"""The iris classifier: four measurements of a flower in centimetres -> one of three species (Fisher, 1936)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from satchel.zoo.trained import Examples, Recipe

if TYPE_CHECKING:
    from satchel.describe import Description

COLUMNS = ("sepal_length", "sepal_width", "petal_length", "petal_width")
LABELS = ("setosa", "versicolor", "virginica")
EVERY = 5
"""Every fifth flower of each species is held out."""


def read(files: Sequence[bytes]) -> tuple[Examples, Examples]:
    """Gives the flowers to train with and those held out, of scikit-learn's iris.csv."""
    lines = files[0].decode("ascii").splitlines()[1:]
    rows = [line.split(",") for line in lines]
    held = [place % EVERY == EVERY - 1 for place in range(len(rows))]
    return _examples(rows, [not each for each in held]), _examples(rows, held)


def build() -> Any:
    """Gives the untrained network: 16 units, then one for each species."""
    import keras

    first, last = (keras.initializers.GlorotUniform(seed=seed) for seed in (1, 2))
    inputs = keras.Input((len(COLUMNS),), name="row")
    hidden = keras.layers.Dense(16, activation="relu", kernel_initializer=first)(inputs)
    outputs = keras.layers.Dense(len(LABELS), activation="softmax", kernel_initializer=last, name="probabilities")
    return keras.Model(inputs, outputs(hidden), name="iris")


def describe(**given: Any) -> Description:
    """Gives the description; `given` are arguments of `satchel.tabular_classification`."""
    from satchel.describe_tables import tabular_classification

    about = {"columns": COLUMNS, "license": "BSD-3-Clause", "author": "R. A. Fisher (data)"}
    about["description"] = "Species of an iris of four measurements in centimetres, softmax inside"
    return tabular_classification(**{**about, **given})


RECIPE = Recipe(read, build, describe, LABELS, COLUMNS, rounds=300, rate=0.02)


def _examples(rows: Sequence[Sequence[str]], chosen: Sequence[bool]) -> Examples:
    kept = [row for row, wanted in zip(rows, chosen, strict=True) if wanted]
    things = tuple(dict(zip(COLUMNS, row, strict=False)) for row in kept)
    values = np.array([[float(cell) for cell in row[:-1]] for row in kept])
    return Examples(things, values, np.array([int(row[-1]) for row in kept]))
