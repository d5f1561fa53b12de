"""A fault that is put into what the author does is named with its stage and its cause; a healthy bundle is not accused.

Faults are written as an author would write them, with Pillow and NumPy, at strengths drawn from a fixed seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures
from sklearn.datasets import load_iris

import satchel
from satchel import cli
from satchel.diagnosis.gate import Gate
from satchel_metadata.errors import InputError
from satchel_metadata.pipeline import Pipeline
from satchel_metadata.values import Signal
from zoo_bundles import zoo_bundle

SEED = 20
Prepare = Callable[[Any], Any]


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Real photos: a bundle's preparation is held against the author's on these."""
    folder = tmp_path_factory.mktemp("seen")
    found = []
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        found.append(folder / f"{name}.png")
        Image.fromarray(getattr(pictures, name)()).save(found[-1])
    return found


def author(
    *,
    side: int = 36,
    method: Image.Resampling = Image.Resampling.BICUBIC,
    mean: Any = 127.0,
    std: Any = 128.0,
    last: Callable[[Any], Any] = lambda x: x,
    shift: int = 0,
    gap: float | None = None,
) -> Prepare:
    """Gives a preparation as an author writes it; as it stands it is that of the colours' spec."""

    def prepare(path: Any) -> Any:
        picture = Image.open(path).convert("RGB")
        wide, high = picture.size
        short = min(wide, high)
        size = (int(side * wide / short), int(side * high / short))
        picture = picture.resize(size, method, reducing_gap=gap)
        left, top = round((size[0] - 32) / 2) + shift, round((size[1] - 32) / 2)
        pixels = np.asarray(picture.crop((left, top, left + 32, top + 32)), np.float32)
        return last(((pixels - np.float32(mean)) / np.float32(std)).astype(np.float32))

    return prepare


def draw(low: float, high: float, place: int) -> float:
    return float(np.random.default_rng((SEED, place)).uniform(low, high))


FAULTS: dict[str, tuple[Prepare, str]] = {
    "BGR": (author(last=lambda x: x[..., ::-1]), "channel_order"),
    "GBR": (author(last=lambda x: x[..., [1, 2, 0]]), "channel_order"),
    "0 to 1": (author(mean=0.0, std=255.0), "normalisation"),
    "0 to 255": (author(mean=0.0, std=1.0), "normalisation"),
    "ImageNet": (author(mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]), "normalisation"),
    "a mean": (author(mean=draw(90, 160, 1)), "normalisation"),
    "a std": (author(std=draw(40, 110, 2)), "normalisation"),
    "mirrored": (author(last=lambda x: x[:, ::-1]), "flip"),
    "upside down": (author(last=lambda x: x[::-1]), "flip"),
    "turned": (author(last=lambda x: np.rot90(x)), "orientation"),
    "by 180 degrees": (author(last=lambda x: x[::-1, ::-1]), "orientation"),
    "transposed": (author(last=lambda x: np.swapaxes(x, 0, 1)), "layout"),
    "reshaped": (author(last=lambda x: np.moveaxis(x, 2, 0).reshape(x.shape)), "layout"),
    "another crop": (author(side=round(draw(42, 50, 3))), "crop"),
    "no crop": (author(side=32), "crop"),
    "nearest": (author(method=Image.Resampling.NEAREST), "antialias"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_preparation_is_named(name: str, packed: satchel.Bundle, seen: list[Path]) -> None:
    prepare, kind = FAULTS[name]
    found = satchel.diagnose(packed, seen, reference=satchel.Reference(prepare=prepare), variants=["float32"])
    print(SEED, found.sentences())
    assert [each.stage for each in found.causes] == ["preparation"] * len(found.causes)
    assert kind in [each.kind for each in found.causes[:1]]


def prepared(bundle: satchel.Bundle) -> Callable[[Any], list[Any]]:
    """Gives what the bundle prepares of a sample, one array a window."""
    pipeline, name = Pipeline(bundle.spec, bundle.labels), bundle.spec.inputs[0].name
    return lambda thing: [window.tensors[name][0] for window in pipeline.windows(thing)]


def swapped(count: int, place: int) -> list[int]:
    """Gives an order of columns that is not theirs."""
    order = np.random.default_rng((SEED, place)).permutation(count)
    return [int(each) for each in (order if (order != np.arange(count)).any() else np.roll(order, 1))]


def flowers() -> list[Any]:
    """Gives every third of Fisher's irises as rows."""
    return [dict(zip(IRIS, map(float, row), strict=True)) for row in load_iris().data[::3]]


def recording() -> Signal:
    """Gives fifteen seconds of six channels as a sensor gives them: slow movements and noise."""
    chance = np.random.default_rng(SEED)
    return Signal(np.cumsum(chance.normal(0, 0.2, (150, 6)), 0) + chance.normal(0, 0.3, (150, 6)), None)


IRIS = ("sepal_length", "sepal_width", "petal_length", "petal_width")
ROWS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "columns": (lambda x: x[swapped(4, 4)], "column_order"),
    "not standardised": (
        lambda x: x * np.array([0.8, 0.43, 1.7, 0.76]) + np.array([5.8, 3.1, 3.8, 1.2]),
        "normalisation",
    ),
    "one in inches": (lambda x: x * np.array([1, 1, draw(0.3, 0.5, 5), 1]), "normalisation"),
}
SIGNALS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "channels": (lambda x: x[:, swapped(6, 6)], "channel_order"),
    "in g": (lambda x: x / 9.81, "normalisation"),
    "an offset": (lambda x: x + draw(0.2, 0.9, 7), "normalisation"),
    "backwards": (lambda x: x[::-1], "time_reversed"),
    "late": (lambda x: np.roll(x, round(draw(2, 9, 8)), 0), "window"),
}


@pytest.mark.parametrize(
    ("name", "fault"), [("iris", each) for each in ROWS] + [("sensor-series", each) for each in SIGNALS]
)
def test_a_fault_in_a_table_or_a_signal_is_named(name: str, fault: str) -> None:
    bundle = satchel.open(zoo_bundle(name))
    spoil, kind = (ROWS if name == "iris" else SIGNALS)[fault]
    own = prepared(bundle)
    things = flowers() if name == "iris" else [recording()]
    found = satchel.diagnose(
        bundle,
        things,
        reference=satchel.Reference(prepare=lambda each: [spoil(x) for x in own(each)]),
        variants=["float32"],
    )
    print(SEED, found.sentences())
    assert [(each.stage, each.kind) for each in found.causes] == [("preparation", kind)]
    healthy = satchel.diagnose(bundle, things, reference=satchel.Reference(prepare=own))
    assert healthy.ok, healthy.sentences()


BOXES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "BGR": (lambda x: x[..., ::-1], "channel_order"),
    "0 to 1": (lambda x: (x + 1) / 2, "normalisation"),
    "a pixel aside": (lambda x: np.roll(x, 1, 1), "crop"),
    "letterbox": (lambda x: np.concatenate([x[::2], np.full_like(x[::2], -1)]), "fit"),
}


@pytest.mark.parametrize("fault", BOXES)
def test_a_fault_before_a_detector_is_named(fault: str, seen: list[Path]) -> None:
    bundle = satchel.open(zoo_bundle("ssd-mobilenet-v2"))
    spoil, kind = BOXES[fault]
    own = prepared(bundle)
    mine = satchel.Reference(prepare=lambda path: spoil(own(path)[0]))
    found = satchel.diagnose(bundle, seen, reference=mine, variants=["float32"])
    print(SEED, found.sentences())
    assert (found.causes[0].stage, found.causes[0].kind) == ("preparation", kind)


def test_a_healthy_detector_is_not_accused(seen: list[Path]) -> None:
    found = satchel.diagnose(satchel.open(zoo_bundle("ssd-mobilenet-v2")), seen)
    assert found.ok, found.sentences()


def test_two_faults_of_preparation_are_both_named(packed: satchel.Bundle, seen: list[Path]) -> None:
    both = author(mean=0.0, std=255.0, last=lambda x: x[..., ::-1])
    found = satchel.diagnose(packed, seen, reference=satchel.Reference(prepare=both), variants=["float32"])
    assert {each.kind for each in found.causes} == {"channel_order", "normalisation"}


def test_a_bundle_that_does_what_the_author_did_is_not_accused(
    packed: satchel.Bundle, photos: Path, model: Any
) -> None:
    mine = satchel.Reference(prepare=author())
    found = satchel.diagnose(packed, photos, reference=mine, model=model)
    assert found.ok, found.sentences()
    assert found.sentences()[0].startswith("Nothing was lost")
    assert {name: split.boundaries["preparation"].same for name, split in found.splits.items()} == {
        name: len(list(photos.rglob("*.png"))) for name in packed.variants
    }


def test_another_model_than_the_authors_is_told_as_conversion(packed: satchel.Bundle, photos: Path, model: Any) -> None:
    import keras

    other = keras.models.clone_model(model)
    other.set_weights([np.roll(each, 1, axis=-1) for each in model.get_weights()])
    found = satchel.diagnose(packed, photos, model=other, variants=["float32"])
    assert {each.stage for each in found.causes} == {"conversion"}


def test_calibration_with_the_wrong_photos_is_told_as_quantisation(
    model: Any, description: satchel.Description, photos: Path, tmp_path: Path
) -> None:
    dark = [np.full((40, 40, 3), 3, np.uint8) for _ in range(8)]
    with pytest.warns(satchel.SatchelWarning, match="is cut off"):
        bundle = satchel.pack(model, description, tmp_path / "dark.satchel", calibration=dark, tfjs=())
    found = satchel.diagnose(bundle, photos)
    assert [(each.stage, each.sentence.split()[0]) for each in found.causes] == [("quantisation", "int8")]


@pytest.mark.parametrize("shift", [-1, 1])
def test_shifted_outputs_are_told_as_reading(shift: int, packed: satchel.Bundle, photos: Path) -> None:
    predict = lambda path: np.roll(packed.scores(path, "float32"), -shift)  # noqa: E731
    (cause,) = satchel.diagnose(packed, photos, reference=predict, variants=["float32"]).causes
    assert (cause.stage, cause.kind) == ("reading", "labels_shifted")
    assert f"shifted by {shift:+d}" in cause.sentence


def test_logits_are_told_as_reading(packed: satchel.Bundle, photos: Path) -> None:
    found = satchel.diagnose(packed, photos, reference=lambda path: np.log(packed.scores(path, "float32")))
    assert [(each.stage, each.kind) for each in found.causes] == [("reading", "softmax_extra")]


def test_names_in_another_order_are_told_as_reading(packed: satchel.Bundle, photos: Path) -> None:
    names = list(next(iter(packed.labels.values())))
    shifted = satchel.Reference(labels=["background", *names[:-1]])
    (cause,) = satchel.diagnose(packed, photos, reference=shifted).causes
    assert (cause.stage, cause.kind) == ("reading", "labels_shifted")


def broken(path: Any) -> Any:
    raise ValueError("the author's own mistake")


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (broken, "the author's own mistake"),
        (lambda path: np.zeros((31, 32, 3), np.float32), r"found \[31, 32, 3\]"),
        (lambda path: np.random.default_rng().normal(size=(32, 32, 3)), "draws at random"),
        (lambda path: np.full((32, 32, 3), np.nan), "found NaN"),
        (lambda path: "cat", "expected an array"),
    ],
)
def test_a_function_that_cannot_be_used_is_refused(
    prepare: Prepare, told: str, packed: satchel.Bundle, photos: Path
) -> None:
    with pytest.raises(InputError, match=told) as refused:
        satchel.diagnose(packed, photos, reference=satchel.Reference(prepare=prepare))
    assert refused.value.code == "input/reference"


def test_unreadable_and_repeated_photos_are_left_out_and_told(packed: satchel.Bundle, photos: Path) -> None:
    whole = sorted(photos.rglob("*.png"))
    copy = whole[0].with_name("copy.png")
    copy.write_bytes(whole[0].read_bytes())
    torn = whole[0].with_name("torn.png")
    torn.write_bytes(whole[0].read_bytes()[:40])
    try:
        found = satchel.diagnose(packed, [*whole, copy, torn], variants=["float32"])
    finally:
        copy.unlink()
        torn.unlink()
    assert found.splits["float32"].samples == len(whole)
    assert [word in note for word, note in zip(("the same as", "torn.png"), found.notes, strict=True)] == [True, True]


def test_the_command_gates_a_build(
    packed: satchel.Bundle, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = tmp_path / "train.py"
    code.write_text("import numpy as np\ndef preprocess(path):\n    return np.zeros((32, 32, 3), np.float32)\n")
    xml = tmp_path / "diagnosis.xml"
    asked = [
        "diagnose",
        str(packed.path),
        "--data",
        str(photos),
        "--junit",
        str(xml),
        "--variants",
        "float32",
        "--json",
    ]
    assert cli.main([*asked, "--fail-on", "changed>2"]) == 0
    capsys.readouterr()
    assert cli.main([*asked, "--prepare", f"{code}:preprocess", "--fail-on", "causes>0"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["causes"][0]["stage"] == "preparation"
    suite = ElementTree.parse(xml).getroot()
    assert int(suite.get("failures", "0")) == len(suite.findall(".//failure")) > 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Give --data FOLDER"),
        (["--data", "photos", "--fail-on", "speed>3"], "expected a measure"),
        (["--data", "photos", "--prepare", "nothing.py:f"], "no such file"),
    ],
)
def test_a_wrong_call_says_what_to_do(
    options: list[str], told: str, packed: satchel.Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diagnose", str(packed.path), *options]) == 2
    assert told in capsys.readouterr().err


def test_a_gate_on_accuracy_needs_labels(packed: satchel.Bundle, photos: Path) -> None:
    found = satchel.diagnose(packed, photos, variants=["float32"])
    with pytest.raises(InputError, match="labelled samples"):
        Gate.of("top1_drop>0.5").broken_by(found)
