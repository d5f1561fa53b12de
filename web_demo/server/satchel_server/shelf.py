"""The bundles being served, each under a name of its own in the URL."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from satchel_metadata.bundle import BundleReader
from satchel_metadata.bundle_write import zip_files
from satchel_metadata.errors import BundleError
from satchel_metadata.manifest import CARD, MANIFEST, MEASUREMENTS
from satchel_server.content import Content, of_bytes, of_file, type_of

REPORT = "report.html"


@dataclass(frozen=True)
class Shelved:
    """One bundle: `id` is its place in the URL (`efficientnet-lite0`)."""

    id: str
    reader: BundleReader

    @property
    def url(self) -> str:
        """The folder's URL, which holds the digest and so pins every file that the manifest lists."""
        return f"/bundles/{self.id}@{self.reader.digest}/"

    @property
    def file_url(self) -> str:
        """The URL of the whole bundle as one .satchel file."""
        return f"/bundles/{self.id}.satchel"

    @property
    def size(self) -> int:
        """The size of the whole bundle as it is stored, without measurements and card."""
        return sum(file.bytes for file in self.reader.manifest.files)

    @property
    def report(self) -> str | None:
        """The URL of the bundle's report; None where it has none."""
        return f"{self.url}{MEASUREMENTS}{REPORT}" if REPORT in self.reader.measurements() else None

    def find(self, path: str) -> Content | None:
        """Gives the content of a file of the bundle, or None. Its bytes are checked against the manifest when read.

        Raises:
            BundleError: a file outside the manifest cannot be read.
        """
        if path == MANIFEST:
            return of_bytes(path, self.reader.read(path), foreign=True)
        file = self.reader.manifest.file(path)
        if file is not None:
            return Content(type_of(path), file.sha256, lambda: self.reader.read(path), foreign=True)
        outside = self._outside(path)
        return None if outside is None else of_bytes(path, outside, foreign=True)

    def pinned(self, path: str) -> bool:
        """Whether the digest settles the file's bytes."""
        return path == MANIFEST or self.reader.manifest.file(path) is not None

    def file(self) -> tuple[IO[bytes], str]:
        """Gives the whole bundle as an open .satchel file, with its SHA-256; a folder is zipped, each file checked.

        Raises:
            BundleError: a file of the folder is not what the manifest says, or the zip would be too large.
        """
        if self.reader.path.is_file():
            return self.reader.path.open("rb"), of_file(self.reader.path).sha256
        zipped = tempfile.TemporaryFile()  # noqa: SIM115 - who asks for it closes it
        try:
            zip_files(zipped, self._contents(), str(self.reader.path))
        except BaseException:
            zipped.close()
            raise
        zipped.seek(0)
        return zipped, hashlib.file_digest(zipped, "sha256").hexdigest()

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        yield MANIFEST, self.reader.read(MANIFEST)
        for file in self.reader.manifest.files:
            yield file.path, self.reader.read(file.path)
        for name, data in self.reader.measurements().items():
            yield f"{MEASUREMENTS}{name}", data
        if card := self.reader.card():
            yield CARD, card.encode()

    def _outside(self, path: str) -> bytes | None:
        if path == CARD:
            return self.reader.card().encode() or None
        if path.startswith(MEASUREMENTS):
            return self.reader.measurements().get(path.removeprefix(MEASUREMENTS))
        return None


class Shelf:
    """Opens bundles and finds their files; one that was packed anew since is opened anew.

    Raises:
        BundleError: one of them is damaged, or there is none (bundle/none-given).
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        if not paths:
            raise BundleError(
                "bundle/none-given",
                "expected at least one bundle to serve, found none",
                hint="Name one: satchel serve MODEL.satchel.",
            )
        self._bundles: dict[str, Shelved] = {}
        self._states: dict[str, tuple[int, ...]] = {}
        for path in paths:
            reader, state = BundleReader.open(path), _state(path)
            name = self._free(reader.spec.name)
            self._bundles[name] = Shelved(name, reader)
            self._states[name] = state

    @property
    def bundles(self) -> tuple[Shelved, ...]:
        """The bundles in the order given, as they are now."""
        return tuple(self._now(name) for name in self._bundles)

    def find(self, name: str) -> tuple[Shelved, bool] | None:
        """Gives the bundle called `id` or `id@digest`, and whether the digest was named; None for another digest."""
        plain, _, digest = name.partition("@")
        bundle = self._now(plain) if plain in self._bundles else None
        if bundle is None or (digest and digest != bundle.reader.digest):
            return None
        return bundle, bool(digest)

    def _now(self, name: str) -> Shelved:
        """Gives a bundle; the one opened before where what stands in its place now is none, or not whole yet."""
        bundle = self._bundles[name]
        with suppress(OSError, BundleError):
            state = _state(bundle.reader.path)
            if state != self._states[name]:
                bundle = self._bundles[name] = Shelved(name, BundleReader.open(bundle.reader.path))
                self._states[name] = state
        return bundle

    def _free(self, name: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "bundle"
        names = (plain, *(f"{plain}-{number}" for number in range(2, len(self._bundles) + 3)))
        return next(each for each in names if each not in self._bundles)


def _state(path: Path) -> tuple[int, ...]:
    """Gives what tells a file from another in its place; of a bundle that is a folder, its manifest stands for all."""
    found = (path / MANIFEST if path.is_dir() else path).stat()
    return found.st_ino, found.st_mtime_ns, found.st_size
