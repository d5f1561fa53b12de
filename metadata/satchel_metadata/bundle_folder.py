"""A bundle that is a folder: what is in it, without following a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from satchel_metadata.errors import CHECK_PATH, BundleError
from satchel_metadata.manifest import MAX_FILES
from satchel_metadata.text import printable

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A link put in place of a file is not followed, and a pipe put there does not hang the reader."""


@dataclass(frozen=True)
class FolderStore:
    """The files of a folder: sizes by path, and the bytes of one."""

    root: Path
    sizes: dict[str, int]

    def chunks(self, path: str, limit: int) -> Iterator[bytes]:
        """Yields the bytes of a file, at most `limit` of them and one more."""
        return _chunks(self.root, path, limit)


def read_alone(root: Path, path: str, limit: int) -> bytes:
    """Gives one file of a folder, at most `limit` bytes and one more, whatever else lies there.

    Raises:
        BundleError: bundle/link, bundle/not-a-file, bundle/unreadable.
    """
    return b"".join(_chunks(root, path, limit))


def _chunks(root: Path, path: str, limit: int) -> Iterator[bytes]:
    where = f"{root}: {printable(path)}"
    left = limit + 1
    try:
        _check_plain((root / path).lstat(), where)
        with os.fdopen(os.open(root / path, _FLAGS), "rb") as file:
            _check_plain(os.fstat(file.fileno()), where)
            while left > 0 and (chunk := file.read(min(left, 2**20))):
                left -= len(chunk)
                yield chunk
    except OSError as error:
        raise BundleError(
            "bundle/unreadable", f"cannot be read ({error.strerror})", where=where, hint=CHECK_PATH
        ) from None


def open_folder(root: Path) -> FolderStore:
    """Gives the files of a folder and of the folders in it.

    Raises:
        BundleError: bundle/link, bundle/not-a-file, bundle/too-many-files, bundle/unreadable.
    """
    sizes: dict[str, int] = {}
    seen = 0
    folders = [""]
    while folders:
        prefix = folders.pop()
        for entry in _entries(root, prefix):
            seen += 1
            if seen > MAX_FILES:
                raise BundleError(
                    "bundle/too-many-files",
                    f"expected at most {MAX_FILES} files",
                    where=str(root),
                    hint="Give the bundle's own folder, with nothing else in it.",
                )
            status = entry.stat(follow_symlinks=False)
            path = prefix + entry.name
            if stat.S_ISDIR(status.st_mode):
                folders.append(f"{path}/")
            else:
                _check_plain(status, f"{root}: {printable(path)}")
                sizes[path] = status.st_size
    return FolderStore(root, sizes)


def _entries(root: Path, prefix: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / prefix) as entries:
            return [entry for _, entry in zip(range(MAX_FILES + 1), entries, strict=False)]
    except OSError as error:
        where = f"{root}: {printable(prefix)}"
        raise BundleError(
            "bundle/unreadable", f"cannot be listed ({error.strerror})", where=where, hint=CHECK_PATH
        ) from None


def _check_plain(status: os.stat_result, where: str) -> None:
    if stat.S_ISLNK(status.st_mode) or (stat.S_ISREG(status.st_mode) and status.st_nlink > 1):
        raise BundleError(
            "bundle/link",
            "expected a file of the bundle's own, found a link",
            where=where,
            hint="Copy the file itself into the folder.",
        )
    if not stat.S_ISREG(status.st_mode):
        raise BundleError(
            "bundle/not-a-file",
            "expected a plain file, found a device, pipe or socket",
            where=where,
            hint="Remove it, or get the bundle again.",
        )
