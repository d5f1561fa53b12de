"""Writes the golden vectors: what the library gives whose name an op bears, never what Satchel gives.

    python metadata/vectors/generate.py                 rewrites the folders beside this file
    python metadata/vectors/generate.py --check         fails when a file would change, is missing, or is not generated
    python metadata/vectors/generate.py --only images   one family, by the name of its module in generators/

README.md says what a file holds and how a family is added.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import generators  # noqa: E402  (found beside this file)
from generators.base import Blob, VectorFile  # noqa: E402

SHARED = ("base", "heads", "library")


def families() -> list[str]:
    """Gives the names of the modules that make vectors."""
    return sorted(each.name for each in pkgutil.iter_modules(generators.__path__) if each.name not in SHARED)


def made(family: str) -> dict[str, bytes]:
    """Gives the files of a family by path, as they are to be stored; those of a Blob inflated."""
    found: Iterable[VectorFile | Blob] = importlib.import_module(f"generators.{family}").files()
    return {each.path: each.content() if isinstance(each, VectorFile) else each.data for each in found}


def stored(path: Path) -> bytes | None:
    """Gives what `made` gives, of the file that is there."""
    if not path.is_file():
        return None
    return zlib.decompress(path.read_bytes(), -15) if path.suffix == ".z" else path.read_bytes()


def write(path: Path, content: bytes) -> None:
    """Stores a file, a `.z` as raw DEFLATE; one that holds the same already is left alone."""
    if stored(path) == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".z":
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        content = deflate.compress(content) + deflate.flush()
    path.write_bytes(content)


def complaints(files: dict[str, bytes], whole: bool) -> list[str]:
    """Gives what is not as the generator writes it."""
    wrong = [f"{path} is not what the generator writes" for path, data in files.items() if stored(HERE / path) != data]
    if whole:
        there = {str(path.relative_to(HERE)) for pattern in ("*/*.json", "*/*.z") for path in HERE.glob(pattern)}
        wrong += [f"{path} is written by no generator" for path in sorted(there - set(files))]
    return wrong


def main() -> None:
    """Writes every file, or says which would change."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", choices=families(), action="append")
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    files = {path: data for family in options.only or families() for path, data in made(family).items()}
    if options.check:
        found = complaints(files, whole=not options.only)
        sys.exit("\n".join(found) if found else None)
    for path, content in files.items():
        write(HERE / path, content)


if __name__ == "__main__":
    main()
