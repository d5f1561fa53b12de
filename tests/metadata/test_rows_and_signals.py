"""Rows and signals: what is refused before anything runs, what a person may give, and what a window's answer is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from satchel_metadata.artefact_tensors import check_against_tensors
from satchel_metadata.errors import InputError, SpecError
from satchel_metadata.infer import check_steps
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.spec import parse_spec
from satchel_metadata.values import Signal

ARTEFACT = "float32/tflite"
NUMBERS = {"op": "columns", "missing": [""], "columns": [{"name": each, "kind": "number"} for each in "xyz"]}
COLOURS = {"op": "columns", "missing": [""], "columns": [{"name": "colour", "kind": "category"}]}
ENCODED = {"op": "one_hot", "column": "colour", "categories": ["red", "blue"], "unknown": "bucket"}
WINDOW = {"op": "window", "length": 8, "hop": 4, "tail": "drop"}
HALVED = {"op": "resample", "from_rate": 100, "to_rate": 50, "method": "polyphase"}


def spec_of(steps, shape=None, dtype="float32", **quantised):
    tensor = {"name": "in", "index": 0, "shape": [1, *shape], "dtype": dtype, **quantised} if shape else None
    scores = {"name": "out", "index": 0, "shape": [1, 2], "dtype": "float32"}
    return parse_spec(
        {
            "satchel": "1.0",
            "name": "test",
            "task": "signal_classification",
            "inputs": [{"name": "in", "steps": steps, "tensor": {ARTEFACT: tensor} if tensor else {}}],
            "outputs": [{"name": "out", "steps": [], "tensor": {ARTEFACT: scores} if tensor else {}}],
        }
    )


@pytest.mark.parametrize(
    ("steps", "shape", "words"),
    [
        ([NUMBERS], [4], r"\[1, 3\].*\[1, 4\]"),
        ([COLOURS, ENCODED], [2], r"\[1, 3\].*\[1, 2\]"),
        ([NUMBERS, WINDOW], [8, 4], r"\[1, 8, 3\].*\[1, 8, 4\]"),
        ([WINDOW], [9, 4], r"\[1, 8, 4\].*\[1, 9, 4\]"),
        ([WINDOW, {"op": "layout", "to": "NCL"}], [8, 4], r"\[1, 8, 8\].*\[1, 8, 4\]"),
        ([{"op": "detrend", "kind": "linear"}], [8, 4], "window"),
    ],
)
def test_another_shape_than_the_models_is_refused_before_anything_runs(steps, shape, words):
    with pytest.raises(SpecError, match=words) as caught:
        check_against_tensors(spec_of(steps, shape), ARTEFACT, {})
    assert (caught.value.code, caught.value.where) == ("spec/shape-mismatch", "$.inputs[0].steps")


def test_the_channels_that_no_step_names_are_those_of_the_model():
    check_against_tensors(spec_of([WINDOW], [8, 6]), ARTEFACT, {})
    pipeline = Pipeline(spec_of([WINDOW], [8, 6]), {}, ARTEFACT)
    with pytest.raises(InputError) as caught:
        pipeline.prepare(np.zeros((8, 5)))
    assert caught.value.code == "input/wrong-length"


def test_a_row_of_floats_is_no_integer_tensor_without_a_scale():
    with pytest.raises(SpecError) as caught:
        check_against_tensors(spec_of([NUMBERS], [3], "int32"), ARTEFACT, {})
    assert caught.value.code == "spec/dtype-mismatch"


def test_a_quantised_row_rounds_ties_away_from_zero():
    pipeline = Pipeline(spec_of([NUMBERS], [3], "int8", scale=2.0, zero_point=-1), {}, ARTEFACT)
    assert pipeline.prepare({"x": "1", "y": "-1", "z": 1000})["in"].tolist() == [[0, -2, 127]]


def test_every_step_says_in_words_what_it_gives():
    signal = spec_of([NUMBERS, HALVED, WINDOW, {"op": "standardize"}, {"op": "layout", "to": "NCL"}])
    assert [shape.words() for shape in check_steps(signal)[0]] == [
        "as many samples as there are, 3 channels, float32",
        "as many samples as there are, 3 channels, 50 samples a second, float32",
        "windows of 8 samples, 3 channels, 50 samples a second, float32",
        "windows of 8 samples, 3 channels, 50 samples a second, float32",
        "windows of 8 samples, 3 channels, 50 samples a second, float32, NCL",
    ]
    row = spec_of([COLOURS, ENCODED])
    assert [shape.words() for shape in check_steps(row)[0]] == [
        "1 column: colour (categories), float32",
        "3 columns: 3 indicators, float32",
    ]


def test_columns_make_a_row_unless_a_step_of_signals_follows():
    assert Pipeline(spec_of([NUMBERS]), {}).kinds == {"in": "row"}
    assert Pipeline(spec_of([NUMBERS, WINDOW]), {}).kinds == {"in": "signal"}


def test_a_picture_takes_no_layout_of_signals():
    steps = [{"op": "decode"}, {"op": "layout", "to": "NLC"}]
    with pytest.raises(SpecError, match="NHWC or NCHW") as caught:
        check_steps(spec_of(steps))
    assert (caught.value.code, caught.value.where) == ("spec/impossible-step", "$.inputs[0].steps[1]")


def test_a_signal_may_be_an_array_a_signal_or_a_file_with_its_columns_in_any_order(tmp_path: Path):
    values = np.random.default_rng(1).normal(size=(16, 3))
    lines = ["t,z,x,y", *(f"{place},{z!r},{x!r},{y!r}" for place, (x, y, z) in enumerate(values.tolist()))]
    (tmp_path / "signal.csv").write_text("\n".join(lines))
    pipeline = Pipeline(spec_of([NUMBERS, HALVED, WINDOW]), {})
    (first,) = pipeline.windows(values)
    for given in (Signal(values, 100), Signal(values), tmp_path / "signal.csv", str(tmp_path / "signal.csv")):
        (same,) = pipeline.windows(given)
        assert same.tensors["in"].tobytes() == first.tensors["in"].tobytes()


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (Signal(np.zeros((16, 3)), 50), "input/wrong-rate"),
        (np.zeros((16, 2)), "input/wrong-channels"),
        (np.zeros((16, 3, 1)), "input/wrong-array"),
        (np.array(["a"]), "input/wrong-array"),
        (np.zeros((0, 3)), "input/empty"),
        (np.full((16, 3), np.nan), "input/not-finite"),
        (np.zeros((64, 3)), "input/several-windows"),
        (np.zeros((8, 3)), "input/too-short"),
        (b"x,y,z\n1,2,\n", "input/empty-cell"),
        (b"x,y\n1,2\n", "input/missing-column"),
    ],
)
def test_a_signal_that_cannot_be_used_is_refused(thing, code):
    with pytest.raises(InputError) as caught:
        Pipeline(spec_of([NUMBERS, HALVED, WINDOW]), {}).prepare(thing)
    assert caught.value.code == code


def test_what_is_no_table_and_columns_of_other_names_are_refused_with_a_remedy():
    pipeline = Pipeline(spec_of([NUMBERS]), {})
    with pytest.raises(InputError, match=r"Give a table, saved as CSV UTF-8\."):
        pipeline.prepare(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    with pytest.raises(InputError, match=r"The columns are: 'a', 'y', 'z'\. Name them as the model does"):
        pipeline.prepare(b"a,y,z\n1,2,3\n")


@pytest.mark.parametrize("thing", [b"x,y,z\n1,2,3\n4,5,6\n", b"x,y,z\n", [1, 2, 3], None])
def test_a_row_is_a_mapping_or_the_only_row_of_a_file(thing):
    pipeline = Pipeline(spec_of([NUMBERS]), {})
    assert pipeline.prepare(b"z,y,x\n3,2,1\n")["in"].tolist() == [[1, 2, 3]]
    with pytest.raises(InputError) as caught:
        pipeline.prepare(thing)
    assert caught.value.code == "input/wrong-row"


@pytest.mark.parametrize(("kind", "code"), [("number", "input/not-finite"), ("category", "input/wrong-cell")])
def test_a_cell_of_an_integer_beyond_binary64_is_infinite(kind, code):
    column = {"op": "columns", "missing": [], "columns": [{"name": "x", "kind": kind}]}
    encoded = [{"op": "one_hot", "column": "x", "categories": ["1"], "unknown": "bucket"}] * (kind == "category")
    with pytest.raises(InputError) as caught:
        Pipeline(spec_of([column, *encoded]), {}).prepare({"x": -(10**400)})
    assert caught.value.code == code


def test_resampling_to_more_than_fits_is_refused_before_it_is_tried():
    step = {"op": "resample", "from_rate": 1, "to_rate": 10000, "method": "linear"}
    with pytest.raises(InputError) as caught:
        Pipeline(spec_of([step]), {}).prepare(np.zeros((20000, 1)))
    assert caught.value.code == "input/too-large"
