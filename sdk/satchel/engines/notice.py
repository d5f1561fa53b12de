"""Keeps LiteRT's one notice off standard error."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

_NOTICE = b"Created TensorFlow Lite XNNPACK delegate"

_lock = threading.Lock()
_seen = False


@contextmanager
def without_notice() -> Iterator[None]:
    """Holds back the line that LiteRT writes to standard error when a process first uses XNNPACK.

    It comes from C++, so only the file descriptor can be held; whatever else was written meanwhile is passed on.
    """
    with _lock:
        if _seen:
            yield
            return
        with _sink() as sink, _stderr_into(sink):
            yield


def _sink() -> IO[bytes]:
    if hasattr(os, "memfd_create"):  # works where the disk is full or read-only
        return os.fdopen(os.memfd_create("stderr"), "w+b")
    return tempfile.TemporaryFile()


@contextmanager
def _stderr_into(sink: IO[bytes]) -> Iterator[None]:
    try:
        kept = os.dup(2)
    except OSError:  # the process runs without a standard error
        yield
        return
    os.dup2(sink.fileno(), 2)
    try:
        yield
    finally:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
        _pass_on(sink)


def _pass_on(sink: IO[bytes]) -> None:
    global _seen
    sink.seek(0)
    with suppress(OSError):
        for line in sink:
            if _NOTICE in line:
                _seen = True
            else:
                os.write(2, line)
