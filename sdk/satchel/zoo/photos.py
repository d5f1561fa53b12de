"""The photos of the zoo: those with a known answer, those to compare variants on, and those to calibrate with.

No calibration photo is any of the others. All come with scikit-image and scikit-learn (`pip install "satchel[zoo]"`)
and are read from there, checked by hash.
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
    license: str
    sha256: str

    @property
    def distribution(self) -> str:
        return "scikit-learn" if self.path.startswith("sklearn/") else "scikit-image"


def _skimage(name: str, license: str, sha256: str) -> _File:
    return _File(f"skimage/data/{name}", license, sha256)


def _sklearn(name: str, license: str, sha256: str) -> _File:
    return _File(f"sklearn/datasets/images/{name}", license, sha256)


_NASA, _FREE = "public domain (NASA)", "no known copyright restrictions"
_KNOWN = {
    _skimage("chelsea.png", "CC0", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"): range(281, 286),
    _skimage("coffee.png", "CC0", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"): (967,),
    _skimage("rocket.jpg", "CC0", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"): (657, 744, 812),
}
_EVALUATION = (
    *_KNOWN,
    _skimage("brick.png", "CC0", "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf"),
    _skimage("cell.png", "CC0", "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515"),
    _skimage("clock_motion.png", "public domain", "f029226b28b642e80113d86622e9b215ee067a0966feaf5e60604a1e05733955"),
    _skimage("grass.png", "CC0", "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89"),
    _skimage("gravel.png", "CC0", "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12"),
    _skimage("moon.png", _NASA, "78739619d11f7eb9c165bb5d2efd4772cee557812ec847532dbb1d92ef71f577"),
    _skimage("motorcycle_left.png", "Middlebury", "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179"),
)
_CALIBRATION = (
    _skimage("astronaut.png", _NASA, "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"),
    _skimage("camera.png", "CC0", "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a"),
    _skimage("coins.png", _FREE, "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba"),
    _skimage("hubble_deep_field.jpg", _NASA, "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4"),
    _skimage("ihc.png", _FREE, "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef"),
    _skimage("retina.jpg", "CC0", "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6"),
    _sklearn(
        "china.jpg",
        "CC BY 2.0 (danielbuechele)",
        "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
    ),
    _sklearn("flower.jpg", "CC BY 2.0 (vultilion)", "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"),
)


def known_answers() -> tuple[KnownAnswer, ...]:
    """Gives the photos whose answer is known.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash.
    """
    found = [(_path(file), frozenset(classes)) for file, classes in _KNOWN.items()]
    return tuple(KnownAnswer(photo.stem, photo, classes) for photo, classes in found)


def evaluation_pictures() -> tuple[tuple[Pixels, ...], tuple[str, ...]]:
    """Gives 60 pictures to compare variants on, uint8 [h, w, 3] RGB, and for each the photo that it is a view of.

    They are six views of each of ten photos: whole, its corners and its centre. Views of one photo are alike, so a
    statistic counts a photo once.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash.
    """
    photos = {file.path: _read(file) for file in _EVALUATION}
    pictures = [(view, path) for path, photo in photos.items() for view in (photo, *_parts(photo))]
    return tuple(view for view, _ in pictures), tuple(path for _, path in pictures)


def calibration_pictures(without: frozenset[str] = frozenset()) -> tuple[Pixels, ...]:
    """Gives 64 pictures, uint8 [h, w, 3] RGB, always the same: eight views of each of eight photos.

    Those in `without` (`skimage/data/astronaut.png`) are left out: they serve something else.

    They fix the ranges of activations and nothing else; no pixel of them enters a bundle. Views of one photo are alike,
    so they must never be counted as 64 photos in a statistic.

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash.
    """
    return tuple(view for file in _CALIBRATION if file.path not in without for view in views(_read(file)))


def calibration_sources() -> tuple[str, ...]:
    """Gives a line for each calibration photo: its file and its licence."""
    return tuple(f"{file.path}: {file.license}" for file in _CALIBRATION)


def photo_path(path: str) -> Path:
    """Gives where a photo is, checked (`skimage/data/chelsea.png`).

    Raises:
        EnvironmentProblem: env/package-missing, env/wrong-hash.
    """
    return _path(next(file for file in (*_EVALUATION, *_CALIBRATION) if file.path == path))


def views(pixels: Pixels) -> Iterator[Pixels]:
    """Gives eight views of a photo: whole, mirrored, at half its brightness, its four corners and its centre."""
    yield pixels
    yield pixels[:, ::-1]
    yield pixels >> np.uint8(1)
    yield from _parts(pixels)


def _parts(pixels: Pixels) -> Iterator[Pixels]:
    """Gives the four corners and the centre, each three fifths of each side."""
    height, width = (side * 3 // 5 for side in pixels.shape[:2])
    down, right = pixels.shape[0] - height, pixels.shape[1] - width
    for top, left in ((0, 0), (0, right), (down, 0), (down, right), (down // 2, right // 2)):
        yield pixels[top : top + height, left : left + width]


def _read(file: _File) -> Pixels:
    from PIL import Image

    with Image.open(_path(file)) as photo:
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
