"""Models of the zoo that come finished: two of MediaPipe's as a .tflite, and a detector as a TF.js graph model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satchel.progress import Progress
from satchel.zoo.finished import Finished
from satchel.zoo.npm import fetch

if TYPE_CHECKING:
    from satchel.describe import Description
    from satchel.zoo.photos import KnownAnswer, Pixels

AUTHOR = "The MediaPipe Authors"
OBJECTS = (
    "???",
    "Bicycle",
    "Boot",
    "Laptop",
    "Person",
    "Chair",
    "Cattle",
    "Desk",
    "Cat",
    "Computer mouse",
    "Computer monitor",
    "Box",
    "Mug",
    "Coffee cup",
    "Stationary bicycle",
    "Table",
    "Bottle",
    "High heels",
    "Vehicle",
    "Footwear",
    "Dog",
    "Book",
    "Camera",
    "Car",
)
"""The label map in the detector's package; the first is the background."""


@dataclass(frozen=True, eq=False)
class TFLiteModel:
    """A model of the zoo in the file that it comes in, with all that packing it needs.

    Attributes:
        name: its name in the zoo.
        model: path in the cache: of the .tflite, or of a TF.js graph model's model.json.
        shards: paths of the files that a model.json names.
        labels: the classes in the order of the output.
        license: the licence's notice.
        card: a model card, in Markdown.
        variants, tfjs: those that are worth packing.
    """

    name: str
    model: Path
    labels: tuple[str, ...]
    license: str
    card: str
    variants: tuple[str, ...]
    tfjs: tuple[str, ...] = ()
    shards: tuple[Path, ...] = ()

    def description(self, **changes: Any) -> Description:
        """Gives the description to pack the model with; `changes` are arguments of the task's builder."""
        return _RECIPES[self.name].describe(**changes)

    @cached_property
    def calibration(self) -> tuple[Pixels, ...]:
        """Pictures to calibrate with, uint8 [h, w, 3]: views of a few photos, none of which is a sample.

        Raises:
            EnvironmentProblem: env/package-missing without `satchel[zoo]`, env/wrong-hash.
        """
        from satchel.zoo.photos import calibration_pictures

        return calibration_pictures(without=_RECIPES[self.name].photos)

    @cached_property
    def evaluation(self) -> tuple[tuple[Pixels, ...], tuple[str, ...]]:
        """Pictures to compare variants on and, for each, the photo that it is a view of; none is a calibration photo.

        Raises:
            EnvironmentProblem: env/package-missing without `satchel[zoo]`, env/wrong-hash.
        """
        from satchel.zoo.photos import evaluation_pictures

        return evaluation_pictures()

    @cached_property
    def known_answers(self) -> tuple[KnownAnswer, ...]:
        """Photos with the classes that are in them.

        Raises:
            EnvironmentProblem: env/package-missing without `satchel[zoo]`, env/wrong-hash.
        """
        from satchel.zoo.photos import KnownAnswer, photo_path

        known = _RECIPES[self.name].known
        return tuple(KnownAnswer(Path(file).stem, photo_path(file), frozenset({index})) for file, index in known)


@dataclass(frozen=True)
class _Recipe:
    """How a model is described, its labels, and three photos with a class that is in each."""

    describe: Callable[..., Description]
    labels: tuple[str, ...]
    known: tuple[tuple[str, int], ...]

    @property
    def photos(self) -> frozenset[str]:
        return frozenset(file for file, _ in self.known)


def open_model(found: Finished, cache: Path | None, progress: Progress | None) -> TFLiteModel:
    """Gives a model of the zoo.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash, env/not-writable.
    """
    path, *shards = (fetch(each, cache, progress) for each in (found.file, *found.shards))
    labels = _RECIPES[found.name].labels
    text = resources.files("satchel.zoo").joinpath("card_tflite.md").read_text(encoding="utf-8")
    files = "\n".join(
        f"- File: {each.path} of npm's {each.requirement}, {each.bytes} bytes, SHA-256 {each.sha256}."
        for each in (found.file, *found.shards)
    )
    classes = "\n".join(f"{index}. {label}" for index, label in enumerate(labels))
    card = text.format(found=found, files=files, classes=classes)
    return TFLiteModel(
        found.name, path, labels, found.notice, card, found.variants, tfjs=found.tfjs, shards=tuple(shards)
    )


def describe_detector(**changes: Any) -> Description:
    """Gives the description of the detector, as it was trained with the TensorFlow Object Detection API.

    The photo is stretched to 300 x 300 by tf.image.resize and scaled to -1..1; 1917 anchors; each class by itself
    through the sigmoid; MediaPipe keeps scores from 0.5 on.
    """
    from satchel.describe_pictures import object_detection

    given = {
        "labels": OBJECTS,
        "head": "ssd",
        "boxes": "raw_outputs_box_encodings",
        "scores": "raw_outputs_class_predictions",
        "size": 300,
        "resize": "tf.bilinear",
        "range": "-1..1",
        "iou": 0.5,
        "score": 0.5,
        "max": 20,
        **_about("ssd-mobilenet-v2", "23 kinds of objects of Open Images V4, found with boxes"),
    }
    return object_detection(**{**given, **changes})


def describe_selfie(**changes: Any) -> Description:
    """Gives the description of the segmentation: the photo stretched to 256 x 256, in 0..1; people from 0.5 on."""
    from satchel.describe_pictures import segmentation

    given = {
        "labels": ("background", "person"),
        "output": "activation_10",
        "size": 256,
        "resize": "tf.bilinear",
        "range": "0..1",
        "threshold": 0.5,
        **_about("selfie-segmenter", "tells the pixels of people in the foreground from the background"),
    }
    return segmentation(**{**given, **changes})


def describe_centernet(**changes: Any) -> Description:
    """Gives the description of CenterNet, as its author evaluates it.

    The photo is fitted into 512 x 512 by OpenCV, in the middle of black, and stays 0..255. The model itself gives 100
    finished boxes, best first: left, top, right and bottom in pixels, score and class. Several of one class may stand
    for one object, and the better drops the worse.
    """
    from satchel.describe_pictures import object_detection

    given = {
        "labels": coco_labels(),
        "head": "set",
        "boxes": "tower_0_detections",
        "form": "corners",
        "units": "pixels",
        "size": 512,
        "fit": "contain",
        "resize": "opencv.linear",
        "side_rounding": "half_even",
        "pad_value": (0, 0, 0),
        "range": "0..255",
        "iou": 0.5,
        "score": 0.3,
        "max": 20,
        **_about("centernet", "80 kinds of objects of COCO, found with boxes"),
        "author": "610265158 (model); Vladimir Mandic (TF.js form)",
        "license": "MIT",
    }
    return object_detection(**{**given, **changes})


def coco_labels() -> tuple[str, ...]:
    """Gives the 80 kinds of objects of COCO, in the order of their numbers."""
    text = resources.files("satchel.zoo").joinpath("labels/coco.txt").read_text(encoding="utf-8")
    return tuple(text.split("\n")[:-1])


def _about(name: str, description: str) -> dict[str, str]:
    return {"name": name, "author": AUTHOR, "license": "Apache-2.0", "description": f"{name}: {description}"}


_RECIPES = {
    "ssd-mobilenet-v2": _Recipe(
        describe_detector,
        OBJECTS,
        (("skimage/data/chelsea.png", 8), ("skimage/data/coffee.png", 13), ("skimage/data/astronaut.png", 4)),
    ),
    "selfie-segmenter": _Recipe(
        describe_selfie,
        ("background", "person"),
        (("skimage/data/astronaut.png", 1), ("skimage/data/camera.png", 1), ("skimage/data/motorcycle_left.png", 0)),
    ),
    "centernet": _Recipe(
        describe_centernet,
        coco_labels(),
        (("skimage/data/chelsea.png", 15), ("skimage/data/astronaut.png", 0), ("skimage/data/camera.png", 0)),
    ),
}
