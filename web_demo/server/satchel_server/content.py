"""What a URL stands for: bytes that do not change while the server runs, with their type and their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
}


@dataclass(frozen=True)
class Content:
    """Bytes to be served.

    Attributes:
        kind: the Content-Type.
        sha256: of the bytes, in hex; it is their ETag.
        read: gives the bytes. It is called only when a browser does not have them yet.
        foreign: whether the bytes come from a bundle, and so must not act with the page's rights.
    """

    kind: str
    sha256: str
    read: Callable[[], bytes]
    foreign: bool = False


def type_of(name: str) -> str:
    """Gives the Content-Type of a file name; what is not known is served as plain bytes."""
    return _TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def of_bytes(name: str, data: bytes, *, foreign: bool = False) -> Content:
    """Gives the content of bytes in memory, with the type of `name`."""
    return Content(type_of(name), hashlib.sha256(data).hexdigest(), lambda: data, foreign=foreign)


def of_file(path: Path) -> Content:
    """Gives the content of a file as it is now: one that was edited since gets another hash."""
    state = path.stat()
    return Content(type_of(path.name), _hash(path, state.st_mtime_ns, state.st_size), path.read_bytes)


@lru_cache(maxsize=1024)
def _hash(path: Path, changed: int, size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
