"""Searching for the recipe that meets a budget: what is found, what is refused, and how a killed search goes on."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import digits_mlp
import satchel
from satchel import cli
from satchel.recipes import Int8, Recipe
from satchel.search.front import Front, front_of
from satchel_metadata.errors import SatchelError, SatchelWarning

TESTS = Path(__file__).parents[1]
pytestmark = pytest.mark.filterwarnings("ignore:a drop of:satchel.SatchelWarning")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "digits.tflite"
    path.write_bytes(digits_mlp.tflite())
    return path


@pytest.fixture(scope="module")
def whole(model: Path, tmp_path_factory: pytest.TempPathFactory) -> satchel.Bundle:
    """Every candidate of a search, whose budget several meet."""
    place = tmp_path_factory.mktemp("whole")
    budget = satchel.Budget(size="6kB", accuracy_drop=0.02)
    return found(model, budget, place / "whole", exhaustive=True, state=place / "state")


def found(model: Path, budget: satchel.Budget, out: Path, **options: Any) -> satchel.Bundle:
    data = options.pop("data", digits_mlp.pictures())
    return satchel.optimize(model, digits_mlp.description(), data, budget=budget, out=out, **options)


def refusal(model: Path, out: Path, **options: Any) -> SatchelError:
    with pytest.raises(SatchelError) as caught:
        found(model, options.pop("budget", satchel.Budget(size="6kB")), out, **options)
    assert not out.exists()
    return caught.value


def test_what_meets_the_budget_is_packed_as_it_was_measured(whole: satchel.Bundle) -> None:
    front = front_of(whole)
    best = front.candidate(front.chosen)
    assert front.met
    assert best.wire <= 6000
    assert best.drop <= 0.02
    assert whole.check().ok
    (variant,) = whole.manifest.variants
    artefact = variant.artefacts["tflite"]
    assert (artefact.bytes, artefact.stored_bytes) == (best.memory, best.wire)
    assert hashlib.sha256(whole.reader.model(variant.name)).hexdigest() == best.sha256
    assert [dict(each) for each in variant.recipe] == list(best.recipe)


def test_of_several_that_keep_the_accuracy_the_smallest_is_chosen(whole: satchel.Bundle) -> None:
    front = front_of(whole)
    keeping = [each for each in front.candidates if each.drop <= 0.02]
    assert front.candidate(front.chosen).wire == min(each.wire for each in keeping)
    names = {each.name for each in front.candidates}
    assert {"float32", "float16", "weight_only", "dynamic_range", "int8", "int8_percentile", "int4", "int16x8"} <= names
    assert "Passes that train were left out" in front.left_out[0]


def test_the_accuracy_is_that_of_the_search_set_and_of_the_test_set(whole: satchel.Bundle) -> None:
    front = front_of(whole)
    assert {name: each["samples"] for name, each in front.sets.items()} == {
        "calibration": 119,
        "search": 239,
        "test": 239,
    }
    # The net's own arithmetic, in float64: no answer of these is near a tie.
    pictures, classes = digits_mlp.pictures()
    values = np.stack([each[..., 0].reshape(64) / 240 for each in pictures])
    for weights, bias in digits_mlp._layers()[:-1]:
        values = np.maximum(values @ weights.T + bias, 0)
    weights, bias = digits_mlp._layers()[-1]
    right = (values @ weights.T + bias).argmax(1) == classes
    float32 = front.candidates[0]
    assert float32.test is not None
    counted = right.sum() - round(239 * float32.measure) - round(239 * float32.test["measure"])
    assert 0 <= counted <= 119
    assert float32.drop == 0


def test_every_candidate_is_made_again_to_the_byte_from_its_json(
    whole: satchel.Bundle, model: Path, tmp_path: Path
) -> None:
    one = front_of(whole).candidate("int8_percentile")
    (tmp_path / "recipe.json").write_text(json.dumps(list(one.recipe)))
    assert Recipe.read(tmp_path / "recipe.json").passes == one.to_recipe().passes == (Int8(calibration="percentile"),)
    again = found(model, satchel.Budget(accuracy_drop=0.02), tmp_path / "again", recipes=[one.to_recipe()])
    assert front_of(again).candidate("int8_percentile").sha256 == one.sha256


def test_the_front_is_a_page_and_json_in_the_measurements(whole: satchel.Bundle) -> None:
    pages = whole.reader.measurements()
    page = pages["front.html"].decode()
    front = front_of(whole)
    assert page.count("<circle") == len(front.candidates) + 1
    assert all(each.name in page for each in front.candidates)
    assert re.findall(r"(?:src|href)=", page) == []
    assert Front.from_json(json.loads(json.dumps(front.to_json()))) == front


def test_no_candidate_of_the_front_is_beaten(whole: satchel.Bundle) -> None:
    front = front_of(whole)
    for each in front.best:
        assert not any(
            (one.wire <= each.wire and one.measure >= each.measure)
            and (one.wire, one.measure) != (each.wire, each.measure)
            for one in front.candidates
        )
    beaten = [each for each in front.candidates if each not in front.best]
    assert all(any(b.wire <= a.wire and b.measure >= a.measure for b in front.best) for a in beaten)


def test_a_search_stops_when_the_budget_is_met(model: Path, tmp_path: Path) -> None:
    told: list[str] = []
    bundle = found(
        model, satchel.Budget(size="9kB"), tmp_path / "a", progress=lambda done, total, what: told.append(what)
    )
    assert [each.name for each in front_of(bundle).candidates] == ["float32", "float16"]
    assert told[:4] == ["reading samples", "converting", "float32", told[3]]
    assert re.fullmatch(r"float16 \(2 of 10, at most about \d+ (s|min) left\)", told[3])


def test_a_budget_that_is_not_met_gives_the_nearest_and_says_what_is_in_the_way(model: Path, tmp_path: Path) -> None:
    with pytest.warns(SatchelWarning, match="the budget is not met: Nothing tried comes down to 2.80 kB over the wire"):
        bundle = found(model, satchel.Budget(size=2800, accuracy_drop=0.01), tmp_path / "a")
    front = front_of(bundle)
    assert not front.met
    assert front.in_the_way[-1].startswith("Passes that train were left out")
    least = min(each.wire for each in front.candidates)
    assert any(str(f"{least / 1000:.2f} kB") in each for each in front.in_the_way)


def test_agreement_is_with_the_float_model(model: Path, tmp_path: Path) -> None:
    samples = digits_mlp.pictures()[0][:120]
    bundle = found(model, satchel.Budget(size="5kB"), tmp_path / "a", data=samples, agreement=True)
    front = front_of(bundle)
    assert front.measure == "agreement"
    assert front.candidates[0].measure == 1
    assert front.met


KILLED = """
import sys, time
sys.path[:0] = {paths}
import satchel, digits_mlp
from satchel.search import state
put, count = state.put, 0

def put_until_killed(*given, **named):
    global count
    count += 1
    if count == 6:
        print("writing", flush=True)
        time.sleep(600)
    put(*given, **named)

state.put = put_until_killed
satchel.optimize({model!r}, digits_mlp.description(), digits_mlp.pictures(), budget=satchel.Budget(size="6kB",
    accuracy_drop=0.02), out={out!r}, exhaustive=True, state={state!r})
"""


def test_a_search_that_was_killed_in_mid_write_goes_on_to_the_same_result(
    whole: satchel.Bundle, model: Path, tmp_path: Path
) -> None:
    kept, out = tmp_path / "state", tmp_path / "out"
    paths = [str(TESTS), *(str(TESTS.parent / each) for each in ("sdk", "converters", "metadata"))]
    program = KILLED.format(paths=paths, model=str(model), out=str(out), state=str(kept))
    with subprocess.Popen([sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "writing\n"
        child.send_signal(signal.SIGKILL)
    assert not out.exists()
    before = {each.name: each.stat().st_mtime_ns for each in kept.glob("*.*") if not each.name.startswith(".")}
    assert sorted(Path(name).suffix for name in before) == [".json", ".json", ".tflite", ".tflite", ".tflite"]
    bundle = found(model, satchel.Budget(size="6kB", accuracy_drop=0.02), out, exhaustive=True, state=kept)
    measured = [Path(name).stem for name in before if name.endswith(".json")]
    assert {name: (kept / name).stat().st_mtime_ns for name in before if Path(name).stem in measured} == {
        name: time for name, time in before.items() if Path(name).stem in measured
    }
    assert list(kept.glob(".*")) == []
    one, other = front_of(bundle), front_of(whole)
    assert one.chosen == other.chosen
    assert [(each.name, each.sha256, each.measure) for each in one.candidates] == [
        (each.name, each.sha256, each.measure) for each in other.candidates
    ]


def test_a_state_whose_file_was_cut_is_measured_again(whole: satchel.Bundle, model: Path, tmp_path: Path) -> None:
    kept = tmp_path / "state"
    budget = satchel.Budget(size="9kB")
    found(model, budget, tmp_path / "a", state=kept)
    for each in kept.glob("float16-*"):
        each.write_bytes(each.read_bytes()[:-7])
    assert front_of(found(model, budget, tmp_path / "b", state=kept)).met
    (cut,) = kept.glob("float16-*.tflite")
    assert hashlib.sha256(cut.read_bytes()).hexdigest() == front_of(whole).candidate("float16").sha256


def test_a_full_disk_is_said(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("satchel.search.state.write_synced", full)
    error = refusal(model, tmp_path / "a", state=tmp_path / "state")
    assert error.code == "env/disk-full"
    assert list((tmp_path / "state").iterdir()) == []


def test_sets_with_a_common_sample_are_refused(model: Path, tmp_path: Path) -> None:
    pictures, classes = digits_mlp.pictures()
    again = ([pictures[3].copy()], [classes[3]])
    error = refusal(model, tmp_path / "a", test=again)
    assert (error.code, "1 photos of the test set are in the" in str(error)) == ("input/sets-overlap", True)
    assert refusal(model, tmp_path / "a", calibration=pictures[:1]).code == "input/sets-overlap"


def test_copies_count_once_and_never_in_two_classes(model: Path, tmp_path: Path) -> None:
    pictures, classes = digits_mlp.pictures()
    doubled = (pictures[:100] + pictures[:50], [*classes[:100], *classes[:50]])
    with pytest.warns(SatchelWarning, match="50 of 150 photos of data are copies, which count once"):
        bundle = found(model, satchel.Budget(size="9kB"), tmp_path / "a", data=doubled)
    assert sum(each["samples"] for each in front_of(bundle).sets.values()) == 100
    torn = (pictures[:20] + pictures[:1], [*classes[:20], (classes[0] + 1) % 10])
    assert refusal(model, tmp_path / "b", data=torn).code == "input/labels-misfit"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (((), ()), "input/no-samples"),
        ((digits_mlp.pictures()[0][:9], [1] * 9), "input/too-few-photos"),
        ((digits_mlp.pictures()[0][:30], [10] * 30), "input/labels-misfit"),
        ((digits_mlp.pictures()[0][:30], [1] * 29), "input/labels-misfit"),
        (digits_mlp.pictures()[0][:30], "input/labels-misfit"),
    ],
)
def test_data_that_cannot_be_searched_with_are_refused(model: Path, tmp_path: Path, data: Any, code: str) -> None:
    assert refusal(model, tmp_path / "a", data=data).code == code


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "nan.tflite").write_bytes(digits_mlp.tflite(nan=True))
    error = refusal(tmp_path / "nan.tflite", tmp_path / "a")
    assert (error.code, error.where) == ("model/not-finite", "second/kernel")


def test_a_size_below_the_graph_itself_is_refused(model: Path, tmp_path: Path) -> None:
    error = refusal(model, tmp_path / "a", budget=satchel.Budget(size=900))
    assert error.code == "spec/budget-out-of-reach"
    assert "without any weight" in str(error)


def test_the_command_ends_in_0_3_or_2(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    described = digits_mlp.description()
    (tmp_path / "spec.json").write_bytes(described.spec.dumps())
    (labels,) = described.spec.labels.values()
    (tmp_path / labels).parent.mkdir(exist_ok=True)
    (tmp_path / labels).write_text("\n".join(next(iter(described.labels.values()))))
    folder = digits_mlp.write_folder(tmp_path / "photos", 120)
    told = ["optimize", model, "--spec", tmp_path / "spec.json", "--labels", folder, "--max-accuracy-drop", "10pp"]

    def run(*more: Any) -> int:
        return cli.main([str(each) for each in (*told, *more)])

    assert run("-o", tmp_path / "a", "--max-size", "9kB") == 0
    assert "met by float16" in capsys.readouterr().out
    assert (tmp_path / "a.search").is_dir()
    assert run("-o", tmp_path / "b", "--max-size", "2500", "--json") == 3
    assert json.loads(capsys.readouterr().out)["met"] is False
    assert run("-o", tmp_path / "c", "--max-size", "2 apples") == 2
    assert "found '2 apples'. Allowed: 2MB" in capsys.readouterr().err
    assert run("-o", tmp_path / "c", "--max-size", "9kB", "--agreement") == 2
    assert "Give --labels FOLDER, or --agreement --data FOLDER" in capsys.readouterr().err
