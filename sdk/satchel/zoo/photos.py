"""The photos of the zoo: those with a known answer, and those to calibrate with. No photo is both.

All come with scikit-image and scikit-learn (`pip install "satchel[zoo]"`) and are read from there, checked by hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from satchel.zoo.packages import installed_file
from satchel_metadata.errors import EnvironmentProblem

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class KnownAnswer:
    """A photo and the ImageNet classes of which one is the right answer."""

    name: str
    photo: Path
    classes: frozenset[int]


@dataclass(frozen=True)
class _File:
    path: str
    sha256: str
    license: str

    @property
    def distribution(self) -> str:
        return "scikit-learn" if self.path.startswith("sklearn/") else "scikit-image"


_CATS = frozenset(range(281, 286))
_KNOWN = {
    "chelsea": (
        _File("skimage/data/chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb", "CC0"),
        _CATS,
    ),
    "coffee": (
        _File("skimage/data/coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7", "CC0"),
        frozenset({967}),
    ),
    "rocket": (
        _File("skimage/data/rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c", "CC0"),
        frozenset({657, 744, 812}),
    ),
}
_CALIBRATION = (
    _File(
        "skimage/data/astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "public domain (NASA)",
    ),
    _File(
        "skimage/data/hubble_deep_field.jpg",
        "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4",
        "public domain (NASA)",
    ),
    _File(
        "skimage/data/ihc.png",
        "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef",
        "no known copyright restrictions",
    ),
    _File("skimage/data/retina.jpg", "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6", "CC0"),
    _File("skimage/data/camera.png", "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a", "CC0"),
    _File(
        "skimage/data/coins.png",
        "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
        "no known copyright restrictions",
    ),
    _File(
        "sklearn/datasets/images/china.jpg",
        "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
        "CC BY 2.0 (danielbuechele)",
    ),
    _File(
        "sklearn/datasets/images/flower.jpg",
        "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
        "CC BY 2.0 (vultilion)",
    ),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Gives the photos whose answer is known.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash.
    """
    return tuple(KnownAnswer(name, _path(file), classes) for name, (file, classes) in _KNOWN.items())


def calibration_pictures() -> tuple[Pixels, ...]:
    """Gives 64 pictures, uint8 [h, w, 3] RGB, always the same: eight views of each of eight photos.

    They fix the ranges of activations and nothing else; no pixel of them enters a bundle. Views of one photo are alike,
    so they must never be counted as 64 photos in a statistic.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash.
    """
    return tuple(view for file in _CALIBRATION for view in views(_pixels(_path(file))))


def calibration_sources() -> tuple[str, ...]:
    """Gives a line for each calibration photo: its file and its licence."""
    return tuple(f"{file.path}: {file.license}" for file in _CALIBRATION)


def views(pixels: Pixels) -> Iterator[Pixels]:
    """Gives eight views of a photo: whole, mirrored, at half its brightness, its four corners and its centre.

    Corners and centre are rectangles of three fifths of each side.
    """
    yield pixels
    yield pixels[:, ::-1]
    yield pixels >> np.uint8(1)
    height, width = (side * 3 // 5 for side in pixels.shape[:2])
    down, right = pixels.shape[0] - height, pixels.shape[1] - width
    for top, left in ((0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)):
        yield pixels[top : top + height, left : left + width]


def _pixels(path: Path) -> Pixels:
    from PIL import Image

    with Image.open(path) as photo:
        return np.asarray(photo.convert("RGB"))


def _path(file: _File) -> Path:
    found = installed_file(file.path)
    if found is None:
        raise EnvironmentProblem(
            "env/package-missing",
            f"expected the photo {file.path}, the package {file.distribution} that holds it is not installed",
            where="zoo photos",
            hint='Run pip install "satchel[zoo]".',
        )
    digest = hashlib.sha256(found.read_bytes()).hexdigest()
    if digest != file.sha256:
        raise EnvironmentProblem(
            "env/wrong-hash",
            f"expected a photo with SHA-256 {file.sha256}, found {digest}",
            where=str(found),
            hint=f"Install another release of {file.distribution}, or give photos of your own.",
        )
    return found
