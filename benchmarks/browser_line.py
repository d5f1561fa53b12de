"""A line between server and browser: it counts what crosses it, and can be as slow as a visitor's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

CHUNK = 16 * 1024
AFAR = "192.0.2.1"  # what is asked from another machine goes out compressed


@dataclass
class Line:
    """WSGI around an app. All connections share the line, whoever asks: a page, its workers, a service worker.

    Attributes:
        app: what answers.
        rate: bytes a second; None as fast as can be.
        delay: seconds that each request waits.
        sent: when (seconds of the epoch), what path, how many bytes of the body.
    """

    app: Callable[..., Iterable[bytes]]
    rate: float | None = None
    delay: float = 0.0
    sent: list[tuple[float, str, int]] = field(default_factory=list)
    _free: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        """Gives the body in pieces, each when the line has room for it."""
        time.sleep(self.delay)
        body = b"".join(self.app({**environ, "REMOTE_ADDR": AFAR}, start_response))
        for start in range(0, len(body), CHUNK):
            piece = body[start : start + CHUNK]
            self._wait(len(piece))
            self.sent.append((time.time(), environ["PATH_INFO"], len(piece)))
            yield piece

    def until(self, moment: float) -> dict[str, int]:
        """Gives the bytes of each path that were sent before a moment (seconds of the epoch)."""
        found: dict[str, int] = {}
        for when, path, size in self.sent:
            if when <= moment:
                found[path] = found.get(path, 0) + size
        return found

    def _wait(self, size: int) -> None:
        if self.rate is None:
            return
        with self._lock:
            self._free = max(self._free, time.monotonic()) + size / self.rate
            free = self._free
        time.sleep(max(0.0, free - time.monotonic()))
