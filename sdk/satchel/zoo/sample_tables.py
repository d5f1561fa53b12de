"""Tables to try the trained models of the zoo with: what none of them was trained with, its true class beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from satchel.zoo import iris, sensor_series
from satchel.zoo.catalog import Trained, Weights, entry
from satchel.zoo.packages import read_weights
from satchel.zoo.trained import Examples, Recipe

CLASS, TIME = "class", "time"
STAY = 5
"""Series of one class that follow each other in the recording, 50 seconds."""
_SPOILT = {3: {2: ""}, 7: {0: "5.1 cm"}, 12: {1: "n/a"}, 18: {3: "two"}}
"""Row -> column -> what stands there instead of the number."""
_CUT_OFF = 22


def sample_tables(cache: Path | None = None) -> dict[str, str]:
    """Gives CSV files, name -> text; only the data is fetched, nothing is trained.

    `iris-held-out.csv` holds the 30 flowers that training leaves out; `iris-bad-rows.csv` the same with five rows that
    cannot be read; `sensor-series-recording.csv` the 40 series held out, one behind another: 400 seconds, with the time
    in seconds in the first column. In each the last column, `class`, is the true class.

    Args:
        cache: where to keep what is downloaded; `satchel/zoo` in the user's cache folder when not given.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash, env/not-writable.
    """
    flowers, series = _held_out(iris.RECIPE, "iris", cache), _held_out(sensor_series.RECIPE, "sensor-series", cache)
    rows = [[*row.values(), iris.LABELS[label]] for row, label in zip(flowers.things, flowers.classes, strict=True)]
    header = [*iris.COLUMNS, CLASS]
    return {
        "iris-held-out.csv": _table(header, rows),
        "iris-bad-rows.csv": _table(header, _spoilt(rows)),
        "sensor-series-recording.csv": _table([TIME, *sensor_series.CHANNELS, CLASS], _recording(series)),
    }


def _held_out(recipe: Recipe, name: str, cache: Path | None) -> Examples:
    found = entry(name)
    assert isinstance(found, Trained)
    files = [each for each in found.data if isinstance(each, Weights)]
    return recipe.read([read_weights(each, cache) for each in files])[1]


def _spoilt(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    found = [list(row) for row in rows]
    for place, cells in _SPOILT.items():
        for column, text in cells.items():
            found[place][column] = text
    found[_CUT_OFF] = found[_CUT_OFF][:3]
    return found


def _recording(series: Examples) -> Iterable[list[str]]:
    """Gives the series of each class in turn, a few at a time, so that there are several changes to find."""
    places = [np.flatnonzero(series.classes == label) for label in range(len(sensor_series.LABELS))]
    turns = range(0, max(map(len, places)), STAY)
    order = [place for turn in turns for each in places for place in each[turn : turn + STAY]]
    for number, place in enumerate(order):
        label = sensor_series.LABELS[series.classes[place]]
        for sample, values in enumerate(series.values[place]):
            time = (number * sensor_series.SAMPLES + sample) / sensor_series.RATE
            yield [f"{time:g}", *(repr(float(value)) for value in values), label]


def _table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([header, *rows])
    return written.getvalue()
