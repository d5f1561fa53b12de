"""The photos that tests and benchmarks look at: found where their packages put them, each known by its SHA-256.

`path("squirrel")` gives the file, or skips the test with the reason when this machine cannot have it. Those of OpenCV
are in Debian's package opencv-doc; where it is not installed it is downloaded (no root needed) and unpacked into the
cache.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

SYSTEM_OPENCV = Path("/usr/share/doc/opencv-doc/examples/data")


@dataclass(frozen=True)
class TestPhoto:
    """A photo: where it comes from (`skimage`, `sklearn` or `opencv`), its file there and its hash."""

    __test__ = False

    source: str
    file: str
    sha256: str


PHOTOS = {
    "chelsea": TestPhoto(
        "skimage", "data/chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"
    ),
    "coffee": TestPhoto(
        "skimage", "data/coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"
    ),
    "astronaut": TestPhoto(
        "skimage", "data/astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"
    ),
    "rocket": TestPhoto(
        "skimage", "data/rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"
    ),
    "motorcycle": TestPhoto(
        "skimage", "data/motorcycle_left.png", "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179"
    ),
    "china": TestPhoto(
        "sklearn", "datasets/images/china.jpg", "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"
    ),
    "flower": TestPhoto(
        "sklearn", "datasets/images/flower.jpg", "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"
    ),
    "squirrel": TestPhoto(
        "opencv", "squirrel_cls.jpg", "20bb6e8ae96918a36c9886b6d48e54eedeb3948591e1485c206bc1dc60c8dc8b"
    ),
    "baboon": TestPhoto("opencv", "baboon.jpg", "1a1dd18d78eec44420af3b0b7f08ee3d41c982916cae3ce203d7ff35d754cc0f"),
    "orange": TestPhoto("opencv", "orange.jpg", "152c20d2f380ac985de25e474e1a5f06ed34b932191342099b8272a63a15a079"),
}

KNOWN_ANSWERS: dict[str, frozenset[int]] = {
    "chelsea": frozenset(range(281, 286)),
    "coffee": frozenset({967}),
    "squirrel": frozenset({335}),
    "baboon": frozenset({372}),
    "orange": frozenset({950}),
}
"""Photo -> the ImageNet classes of which one is the right answer; every model of the zoo gives it."""


class PhotoMissing(Exception):
    """Says why a photo cannot be had on this machine."""


def find(name: str) -> Path:
    """Gives the file of a photo.

    Raises:
        PhotoMissing: with the reason.
    """
    photo = PHOTOS[name]
    folder = opencv_folder() if photo.source == "opencv" else _package_folder(photo.source)
    path = folder / photo.file
    if not path.is_file():
        raise PhotoMissing(f"{path} is not there")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != photo.sha256:
        raise PhotoMissing(f"{path} has SHA-256 {digest}, not {photo.sha256}")
    return path


def path(name: str) -> Path:
    """Gives the file of a photo, or skips the test that asks for it, saying why."""
    import pytest

    try:
        return find(name)
    except PhotoMissing as reason:
        pytest.skip(f"the photo {name} cannot be had: {reason}")


def cache_folder() -> Path:
    """Gives the folder where tests keep what is dear to make or to fetch."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "satchel" / "tests"


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise PhotoMissing(f"the package {package} is not installed")
    return Path(spec.submodule_search_locations[0])


@functools.cache
def opencv_folder() -> Path:
    """Gives the folder of OpenCV's photos (PhotoMissing where this machine cannot have it)."""
    if SYSTEM_OPENCV.is_dir():
        return SYSTEM_OPENCV
    kept = cache_folder() / "opencv-doc"
    if not kept.is_dir():
        _unpack_opencv_doc(kept)
    return kept


def _unpack_opencv_doc(kept: Path) -> None:
    """Downloads and unpacks beside, then renames, so that tests running at once do not see half a folder."""
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise PhotoMissing("opencv-doc is a package of Debian; this machine has no apt-get or dpkg-deb")
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        _run(["apt-get", "download", "opencv-doc"], folder)
        package = next(Path(folder).glob("opencv-doc_*.deb"), None)
        if package is None:
            raise PhotoMissing("apt-get download opencv-doc gave no package")
        _run(["dpkg-deb", "-x", str(package), "unpacked"], folder)
        examples = Path(folder, "unpacked", SYSTEM_OPENCV.relative_to("/"))
        try:
            examples.rename(kept)
        except OSError as error:
            if not kept.is_dir():
                raise PhotoMissing(f"opencv-doc cannot be unpacked into {kept} ({error.strerror})") from None


def _run(command: list[str], folder: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    except subprocess.TimeoutExpired:
        raise PhotoMissing(f"{' '.join(command[:3])} took longer than ten minutes") from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise PhotoMissing(f"{' '.join(command[:3])} failed ({last})")
