"""Tables to try the small models with: what training left out, the true class beside it, offered where they fit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import satchel
from satchel import zoo
from satchel.zoo.sample_tables import sample_tables
from satchel.zoo.trained import TrainedModel
from satchel_metadata.csv_rows import read_signal
from satchel_metadata.errors import InputError
from satchel_server.app import create_app
from satchel_server.compressed import Compressor

NAMES = ("iris", "sensor-series")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables as files, and beside them two that fit nothing."""
    made = tmp_path_factory.mktemp("samples")
    for name, text in {**sample_tables(), "empty.csv": "", "other.csv": "a,b\n1,2\n"}.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both small models, in float32 alone."""
    made = tmp_path_factory.mktemp("bundles")
    for name in NAMES:
        model = zoo.get(name)
        assert isinstance(model, TrainedModel)
        options = {"variants": ["float32"], "tfjs": (), "golden": model.evaluation[0][:3]}
        satchel.pack(model.model, model.description(), made / f"{name}.satchel", **options)
    return {name: made / f"{name}.satchel" for name in NAMES}


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_the_held_out_flowers_are_answered_as_well_as_the_card_says(folder: Path, bundles: dict[str, Path]) -> None:
    bundle = satchel.open(bundles["iris"])
    header, *flowers = rows(folder / "iris-held-out.csv")
    assert header == ["sepal_length", "sepal_width", "petal_length", "petal_width", "class"]
    tops = [bundle.run(dict(zip(header, flower, strict=True))).top for flower in flowers]
    right = sum(top is not None and top.label == flower[-1] for top, flower in zip(tops, flowers, strict=True))
    assert (len(flowers), right) == (30, 29)


def test_five_rows_are_bad_and_the_others_are_those_held_out(folder: Path, bundles: dict[str, Path]) -> None:
    bundle = satchel.open(bundles["iris"])
    header, *flowers = rows(folder / "iris-bad-rows.csv")
    _, *good = rows(folder / "iris-held-out.csv")
    bad = []
    for place, flower in enumerate(flowers):
        try:
            bundle.run(dict(zip(header, flower, strict=False)))
        except InputError:
            bad.append(place)
        else:
            assert flower == good[place]
    assert bad == [3, 7, 12, 18, 22]


def test_the_recording_is_400_seconds_of_four_activities_in_turn(folder: Path) -> None:
    header, *samples = rows(folder / "sensor-series-recording.csv")
    assert header == ["time", "acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z", "class"]
    np.testing.assert_array_equal([float(each[0]) for each in samples], np.arange(4000) / 10)
    changes = [place for place in range(1, 4000) if samples[place][-1] != samples[place - 1][-1]]
    assert changes == list(range(500, 4000, 500))
    assert [samples[place][-1] for place in (0, 500, 1000, 1500)] == ["Standing", "Running", "Walking", "Badminton"]


def test_there_is_an_answer_every_second_and_it_is_right_where_one_thing_is_done(
    folder: Path, bundles: dict[str, Path]
) -> None:
    bundle = satchel.open(bundles["sensor-series"])
    path = folder / "sensor-series-recording.csv"
    labels = [each[-1] for each in rows(path)[1:]]
    windows = bundle.run(path).windows
    assert windows is not None
    assert [each.start for each in windows] == list(range(0, 3901, 10))
    alone = [each for each in windows if len(set(labels[each.start : each.start + 100])) == 1]
    tops = [each.answer.top for each in alone]
    right = sum(top is not None and top.label == labels[each.start] for top, each in zip(tops, alone, strict=True))
    assert len(alone) == 8 * 41
    assert right / len(alone) > 0.97


def test_the_spec_says_the_rate_and_how_windows_overlap(bundles: dict[str, Path]) -> None:
    spec = satchel.open(bundles["sensor-series"]).spec
    steps = {step.op: step for step in spec.inputs[0].steps}
    assert (steps["resample"].from_rate, steps["resample"].to_rate) == (10, 10)
    assert (steps["window"].length, steps["window"].hop) == (100, 10)


def test_each_bundle_is_offered_the_tables_that_have_its_columns(
    folder: Path, bundles: dict[str, Path], tmp_path: Path
) -> None:
    host = {"base_url": "http://127.0.0.1:8000"}
    client = create_app(list(bundles.values()), samples=folder, compressor=Compressor(tmp_path)).test_client()
    offered = {each["id"]: each["samples"] for each in client.get("/bundles", **host).json}
    golden = {name: [f"{name}-{kind}-{number}.csv" for number in (1, 2, 3)] for name, kind in KINDS.items()}
    assert offered == {
        "iris": ["iris-bad-rows.csv", "iris-held-out.csv", *golden["iris"]],
        "sensor-series": ["sensor-series-recording.csv", *golden["sensor-series"]],
    }
    table = client.get("/samples/sensor-series-recording.csv", **host)
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert read_signal(table.data, ["gyro_z"]).shape == (4000, 1)
    assert client.get("/samples/other.csv", **host).status_code == 404


KINDS = {"iris": "row", "sensor-series": "signal"}
