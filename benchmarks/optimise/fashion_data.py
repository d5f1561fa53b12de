"""All of Fashion-MNIST, from the Debian package dataset-fashion-mnist: installed, or fetched once into out/."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).parents[1]))
from common import ROOT

PACKAGE = "dataset-fashion-mnist"
PLACE = Path("usr/share/datasets/fashion-mnist")
TRAIN, TEST = "train", "t10k"
SHA256 = {
    "train-images-idx3-ubyte.gz": "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
    "train-labels-idx1-ubyte.gz": "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
    "t10k-images-idx3-ubyte.gz": "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
    "t10k-labels-idx1-ubyte.gz": "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
}


@dataclass(frozen=True, eq=False)
class Clothes:
    """Pictures float32 [n, 28, 28, 1] of 0 to 1, and what each shows, int64 [n] of 0 to 9."""

    pictures: Any
    classes: Any


def clothes() -> tuple[Clothes, Clothes]:
    """Gives the 60,000 pictures to train with, and the 10,000 to test."""
    folder = _folder()
    return _read(folder, TRAIN), _read(folder, TEST)


def _folder() -> Path:
    installed = Path("/") / PLACE
    if installed.is_dir():
        return installed
    kept = ROOT / "out" / PACKAGE
    if not (kept / PLACE).is_dir():
        if shutil.which("apt-get") is None:
            sys.exit(f"{PACKAGE} is a Debian package: install it, or run this where apt-get is.")
        kept.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", PACKAGE], cwd=kept, check=True)
        (archive,) = kept.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", archive.name, "."], cwd=kept, check=True)
    return kept / PLACE


def _read(folder: Path, part: str) -> Clothes:
    pictures = _content(folder / f"{part}-images-idx3-ubyte.gz")[16:]
    classes = _content(folder / f"{part}-labels-idx1-ubyte.gz")[8:]
    shaped = np.frombuffer(pictures, np.uint8).reshape(-1, 28, 28, 1)
    return Clothes((shaped / np.float32(255)).astype(np.float32), np.frombuffer(classes, np.uint8).astype(np.int64))


def _content(path: Path) -> bytes:
    packed = path.read_bytes()
    if (found := hashlib.sha256(packed).hexdigest()) != SHA256[path.name]:
        sys.exit(f"{path}: expected the SHA-256 {SHA256[path.name]}, found {found}")
    return gzip.decompress(packed)
