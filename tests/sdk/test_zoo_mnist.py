"""LeNet-5 on MNIST: how the digits are prepared, how the weights are kept, and what an interruption leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import satchel
from satchel import zoo
from satchel.zoo import mnist
from satchel.zoo.catalog import ENTRIES
from satchel_metadata.errors import InputError
from satchel_metadata.pipeline import Pipeline


@pytest.fixture(scope="module")
def model() -> mnist.DigitsModel:
    """The trained model: the first use on a machine trains it, which takes a minute or two."""
    found = zoo.get("mnist-lenet5")
    assert isinstance(found, mnist.DigitsModel)
    return found


@pytest.fixture(scope="module")
def bundle(model: mnist.DigitsModel, tmp_path_factory: Any) -> satchel.Bundle:
    place = tmp_path_factory.mktemp("digits") / "digits.satchel"
    golden = [known.photo for known in model.known_answers]
    return satchel.pack(model.model, model.description(), place, calibration=model.calibration, golden=golden)


def test_it_is_as_good_as_the_list_says(model: mnist.DigitsModel) -> None:
    assert model.model.count_params() == ENTRIES["mnist-lenet5"].parameters == 431_080
    assert model.right >= 9_900
    top1 = ENTRIES["mnist-lenet5"].top1
    assert top1 is not None
    assert abs(model.right / 100 - top1) < 0.2


def test_mnists_own_pictures_pass_the_spec_and_stay_what_they_are(model: mnist.DigitsModel) -> None:
    description = model.description()
    assert description.spec.satchel == "1.1"
    pipeline = Pipeline(description.spec, description.labels)
    prepared = np.concatenate([pipeline.prepare(each)["image"] for each in model.held_out.drawings(10_000)])
    right = mnist.scores_of(model.model, prepared).argmax(axis=1) == model.held_out.classes
    assert right.sum() >= 9_900
    same = (prepared == mnist.shares(model.held_out.pictures)).all(axis=(1, 2, 3))
    assert same.sum() > 9_000


def test_the_bundle_gives_its_golden_answers_and_names_the_samples(
    model: mnist.DigitsModel, bundle: satchel.Bundle
) -> None:
    assert bundle.check().ok
    for known in model.known_answers:
        for variant in bundle.variants:
            top = bundle.run(known.photo, variant=variant).top
            assert top is not None
            assert top.index in known.classes


@pytest.mark.parametrize("place", [(0, 0), (90, 40), (10, 130)])
def test_where_and_how_large_a_digit_is_drawn_does_not_matter(
    model: mnist.DigitsModel, bundle: satchel.Bundle, place: tuple[int, int]
) -> None:
    for known in model.known_answers:
        digit = Image.open(known.photo).resize((90, 90))
        paper = Image.new("RGB", (300, 220), "white")
        paper.paste(digit, place)
        top = bundle.run(np.asarray(paper)).top
        assert top is not None
        assert top.index in known.classes


def test_a_canvas_without_ink_is_an_empty_drawing(bundle: satchel.Bundle) -> None:
    with pytest.raises(InputError) as caught:
        bundle.run(np.full((64, 64, 3), 255, np.uint8))
    assert caught.value.code == "input/empty-drawing"


def test_transparent_paper_is_white(bundle: satchel.Bundle, model: mnist.DigitsModel, tmp_path: Path) -> None:
    ink = 255 - np.asarray(Image.open(model.known_answers[3].photo).convert("L"))
    canvas = np.zeros((*ink.shape, 4), np.uint8)
    canvas[..., 3] = ink
    Image.fromarray(canvas).save(tmp_path / "canvas.png")
    top = bundle.run(tmp_path / "canvas.png").top
    assert top is not None
    assert top.label == "3"


def small(count: int) -> mnist.Digits:
    rng = np.random.default_rng(3)
    return mnist.Digits(rng.integers(0, 256, (count, 28, 28), np.uint8), rng.integers(0, 10, count, np.uint8))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few hundred random digits in place of the 70,000."""
    monkeypatch.setattr(mnist, "digits", lambda folder, progress=None: (small(300), small(40)))


def test_it_is_trained_once_and_kept(few: None, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    first = mnist.open_model(tmp_path, lambda done, total, what: told.append((done, total)))
    assert told[-1] == (6 * 3, 6 * 3)
    told.clear()
    second = mnist.open_model(tmp_path, lambda done, total, what: told.append((done, total)))
    assert told == []
    pairs = zip(first.model.get_weights(), second.model.get_weights(), strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)


def test_weights_that_are_damaged_are_trained_again(few: None, tmp_path: Path) -> None:
    first = mnist.open_model(tmp_path).model.get_weights()
    kept = tmp_path / mnist.KEPT
    kept.write_bytes(kept.read_bytes()[:-1000])
    again = mnist.open_model(tmp_path).model.get_weights()
    assert all(np.allclose(one, other, atol=1e-5) for one, other in zip(first, again, strict=True))
    assert mnist._filled(mnist.build(), kept)


def test_a_training_that_is_interrupted_leaves_nothing(few: None, tmp_path: Path) -> None:
    def interrupt(done: int, total: int, what: str) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mnist.open_model(tmp_path, interrupt)
    assert list(tmp_path.iterdir()) == []
