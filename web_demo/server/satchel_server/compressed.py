"""Compressed forms of what is served: made in the background, kept on disk by hash, used from then on.

Only for browsers on other machines. On this one a copy of LiteRT.js' 9.4 MB takes 5 ms and inflating it 35 ms.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from satchel_server.content import Content

_WORTH_IT = ("text/", "application/json", "application/wasm", "image/svg+xml")
_BROTLI_QUALITY = 9  # 1.6 s for 9.4 MB -> 2.29 MB; 11 takes 20 s for 1.99 MB
_BEST_BROTLI = 11  # 7 % smaller for scripts and styles, a few ms each
_SMALL = 100_000


class Compressor:
    """Gives compressed bytes by hash; what has no compressed form yet goes out as it is.

    Args:
        folder: where the compressed forms are kept; a folder in the user's cache when None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or _cache_folder()
        self._made: dict[tuple[str, str], Future[bytes]] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="compress")
        self.encodings: tuple[str, ...] = ("br", "gzip") if find_spec("brotli") else ("gzip",)

    def prepare(self, contents: Iterable[Content]) -> None:
        """Starts on the compressed forms of these, in the encoding preferred."""
        for content in contents:
            self._future(content, self.encodings[0])

    def find(self, content: Content, accepted: Callable[[str], bool]) -> tuple[str, bytes] | None:
        """Gives encoding and bytes, or None where the content goes out as it is.

        Args:
            content: what is to be served.
            accepted: whether the browser takes an encoding.
        """
        encoding = next((each for each in self.encodings if accepted(each)), None)
        future = None if encoding is None else self._future(content, encoding)
        if encoding is None or future is None or not future.done() or future.exception():
            return None
        return encoding, future.result()

    def close(self) -> None:
        """Stops the background work."""
        self._worker.shutdown(cancel_futures=True)

    def _future(self, content: Content, encoding: str) -> Future[bytes] | None:
        if not content.kind.startswith(_WORTH_IT):
            return None
        key = (content.sha256, encoding)
        if key not in self._made:
            self._made[key] = self._worker.submit(self._make, content, encoding)
        return self._made[key]

    def _make(self, content: Content, encoding: str) -> bytes:
        kept = self._folder / f"{content.sha256}.{encoding}"
        if kept.is_file():
            return kept.read_bytes()
        data = _compress(content.read(), encoding)
        with suppress(OSError):  # a cache that cannot be written costs time, nothing else
            _keep(kept, data)
        return data


def _compress(data: bytes, encoding: str) -> bytes:
    if encoding == "br":
        quality = _BEST_BROTLI if len(data) < _SMALL else _BROTLI_QUALITY
        return bytes(import_module("brotli").compress(data, quality=quality))
    return gzip.compress(data, compresslevel=9, mtime=0)


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(beside).replace(path)


def _cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "satchel" / "compressed"
