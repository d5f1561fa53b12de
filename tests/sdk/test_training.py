"""Passes train in one loop: one seed gives one result, a stop changes nothing, and bad data is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digits_net import accuracy, digits, net, training
from satchel.training import Training, arrays, checkpoints, dataset, labelled_folder
from satchel.training.kernels import copied
from satchel.training.loop import Rule, fine_tune
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, InputError, ModelError, SpecError


def trained(given: Training, rule: Rule | None = None) -> Any:
    with tensorflow():
        model = copied(net())
        fine_tune(model, given, "test", {}, rule)
    return model


def same(one: Any, other: Any) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


class Stops(Rule):
    """Ends the training at one step, as Ctrl-C does."""

    def __init__(self, at: int) -> None:
        self.at = at

    def before(self, step: int, total: int) -> None:
        if step == self.at:
            raise KeyboardInterrupt


def test_the_net_learns() -> None:
    assert accuracy(net()) > 0.9


def test_the_same_seed_gives_the_same_weights_and_another_seed_others() -> None:
    once, again, other = (trained(training(1, 256, seed=seed)) for seed in (5, 5, 6))
    assert same(once, again)
    assert not same(once, other)


def test_the_model_given_is_not_changed() -> None:
    before = [each.copy() for each in net().get_weights()]
    trained(training(1, 256))
    assert all(np.array_equal(a, b) for a, b in zip(before, net().get_weights(), strict=True))


def test_a_stopped_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole = trained(training(3, 256))
    with pytest.raises(KeyboardInterrupt):
        trained(training(3, 256, resume=tmp_path), Stops(at=9))  # in the third epoch of four steps each
    (kept,) = tmp_path.iterdir()
    shapes = [each.shape for each in _values(kept)]
    found = checkpoints.read(kept, shapes)
    assert found is not None
    assert found.epochs == 2
    assert same(trained(training(3, 256, resume=tmp_path)), whole)


def _values(path: Path) -> list[Any]:
    import io

    with np.load(io.BytesIO(path.read_bytes()[:-32])) as kept:
        return [kept[name] for name in kept.files[2:]]


KILLED = """
import sys
from pathlib import Path
from digits_net import net, training
from satchel.training.loop import fine_tune
from satchel.training.kernels import copied
model = copied(net())
fine_tune(model, training(400, 256, resume=Path(sys.argv[1])), "test", {})
"""


def test_a_kill_in_the_middle_leaves_a_whole_checkpoint(tmp_path: Path) -> None:
    roots = os.pathsep.join(sys.path)
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], env={**os.environ, "PYTHONPATH": roots}, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob("*.checkpoint")) and time.monotonic() < until:
        assert running.poll() is None, running.communicate()[1].decode()[-2000:]
        time.sleep(0.05)
    time.sleep(0.3)
    running.kill()
    running.communicate()
    (kept,) = tmp_path.glob("*.checkpoint")
    found = checkpoints.read(kept, [each.shape for each in _values(kept)])
    assert found is not None
    assert 1 <= found.epochs == len(found.told) < 400


def test_a_checkpoint_that_is_cut_off_is_not_taken_up(tmp_path: Path) -> None:
    trained(training(1, 256, resume=tmp_path))
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-5])
    assert checkpoints.read(kept, []) is None
    assert same(trained(training(1, 256, resume=tmp_path)), trained(training(1, 256)))


def test_progress_goes_to_the_last_step() -> None:
    told: list[tuple[int, int, str]] = []
    with tensorflow():
        epochs = fine_tune(
            copied(net()),
            training(2, 256),
            "test",
            {},
            progress=lambda *each: told.append(each),  # type: ignore[arg-type]
        )
    assert told[0] == (0, 8, "training: test")
    assert told[-1] == (8, 8, "training: test")
    assert [set(each) for each in epochs] == [{"loss", "accuracy"}] * 2


def test_a_dataset_trains_as_its_arrays_do(tf: Any) -> None:
    pictures, classes = digits()
    with tensorflow():
        given = tf.data.Dataset.from_tensor_slices((pictures[:100], classes[:100])).batch(32)
        examples = dataset(given)
        with pytest.raises(InputError, match="expected a data set that ends"):
            dataset(given.repeat())
        with pytest.raises(InputError, match="expected samples to train with, found none"):
            dataset(given.take(0))
    assert examples.digest == arrays(pictures[:100], classes[:100]).digest


@pytest.fixture(scope="session")
def tf() -> Any:
    with tensorflow() as module:
        return module


def test_a_folder_of_classes_is_prepared_as_the_spec_says(tmp_path: Path) -> None:
    from PIL import Image

    import satchel

    for name, value in (("cat", 0), ("dog", 255)):
        (tmp_path / name).mkdir()
        Image.new("RGB", (16, 16), (value, value, value)).save(tmp_path / name / "one.png")
    description = satchel.image_classification(labels=["dog", "cat"], size=8, range="0..1")
    examples = labelled_folder(tmp_path, description)
    (inputs,), (labels,) = examples.inputs.values(), examples.labels.values()
    assert inputs.shape == (2, 8, 8, 3)
    assert [(float(each.mean()), int(label)) for each, label in zip(inputs, labels, strict=True)] == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.full(64, 10), "knows the classes 0 to 9, the labels go from 10 to 10"),
        (np.zeros((64, 3), np.int64), "expected a class for each answer"),
        (np.zeros((64, 4), np.float32), "expected targets of the shape [10]"),
    ],
)
def test_labels_that_do_not_fit_the_model_are_refused(labels: Any, said: str) -> None:
    with pytest.raises(InputError) as refused:
        trained(Training(arrays(digits()[0][:64], labels)))
    assert said in str(refused.value)


def test_inputs_that_do_not_fit_the_model_are_refused() -> None:
    with pytest.raises(InputError, match=r"the model takes image \[8, 8, 1\], the training data gives"):
        trained(Training(arrays(np.zeros((4, 9, 9, 1), np.float32), np.zeros(4, np.int64))))


def test_no_samples_and_too_few_labels_are_refused() -> None:
    with pytest.raises(InputError, match="found none"):
        arrays(np.zeros((0, 8, 8, 1)), np.zeros(0, np.int64))
    with pytest.raises(InputError, match="found arrays of 2, 3 samples"):
        arrays(np.zeros((2, 8)), np.zeros(3, np.int64))


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"batch": 0}, {"rate": 0.0}, {"seed": -1}])
def test_numbers_that_no_training_has_are_refused(wrong: dict[str, Any]) -> None:
    pictures, classes = digits()
    with pytest.raises(SpecError, match=next(iter(wrong))):
        Training(arrays(pictures, classes), **wrong)


def test_a_loss_that_is_no_number_stops_the_training_with_a_sentence() -> None:
    pictures, classes = digits()
    poisoned = pictures[:256].copy()
    poisoned[200:] = np.nan
    with tensorflow():
        import tf_keras

        model = tf_keras.Sequential([tf_keras.Input((8, 8, 1)), tf_keras.layers.Flatten(), tf_keras.layers.Dense(10)])
        with pytest.raises(ConversionError, match="the loss became nan at step"):
            fine_tune(model, Training(arrays(poisoned, classes[:256])), "test", {})


def test_weights_that_are_no_numbers_are_refused_before_training() -> None:
    with tensorflow():
        model = copied(net())
        model.layers[1].kernel.assign(np.full((3, 3, 1, 8), np.nan))
        with pytest.raises(ModelError, match="answers NaN or infinity before it is trained"):
            fine_tune(model, training(1, 64), "test", {})


@pytest.mark.parametrize("logits", [False, True])
def test_one_hot_labels_train_as_the_classes_that_they_mean(logits: bool) -> None:
    pictures, classes = digits()
    one_hot = np.eye(10, dtype=np.float32)[classes]
    with tensorflow():
        import tf_keras

        given = copied(net())
        if logits:
            given.get_layer("digit").activation = tf_keras.activations.linear
            given = tf_keras.models.clone_model(given)
            given.set_weights(net().get_weights())
    told = []
    for labels in (classes, one_hot):
        examples = arrays(pictures[:256], labels[:256])
        with tensorflow():
            told.append(fine_tune(copied(given), Training(examples, examples, epochs=1), "test", {}))
    assert told[1] == [pytest.approx(each, rel=1e-5) for each in told[0]]
    assert "accuracy" in told[1][0]
