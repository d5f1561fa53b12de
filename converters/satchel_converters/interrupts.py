"""Ctrl-C that is not lost where a library swallows the exception it raises."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

_depth = 0
_asked = False


@contextlib.contextmanager
def remembered() -> Iterator[None]:
    """Makes Ctrl-C end the block, whatever becomes of the KeyboardInterrupt that it raises.

    Python raises it wherever it happens to be: in a destructor or a callback from C++ it is printed or dropped, and
    some libraries turn it into an error of their own. So it is remembered too, and raised again by `check` and at the
    end of this block and of every one inside it, and Python's note of a KeyboardInterrupt that it ignored is not
    printed. Blocks may stand inside each other. Outside of the main thread, and where the program handles SIGINT in its
    own way, nothing is changed.
    """
    global _depth, _asked
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = _depth == 0 and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, _remember)
    _depth += 1
    try:
        with _unprinted() if ours else contextlib.nullcontext(), _raised_at_the_end():
            yield
    finally:
        _depth -= 1
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if not _depth:
            _asked = False


def check() -> None:
    """Raises KeyboardInterrupt when Ctrl-C was pressed in the `remembered` block that is running."""
    if _asked and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


@contextlib.contextmanager
def _unprinted() -> Iterator[None]:
    """Keeps back what Python prints of a KeyboardInterrupt in a destructor or a callback: it is not ignored here."""
    before = sys.unraisablehook

    def hook(unraisable: sys.UnraisableHookArgs) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            before(unraisable)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = before


@contextlib.contextmanager
def _raised_at_the_end() -> Iterator[None]:
    try:
        yield
    except Exception:
        check()  # The error may be what a library made of the interrupt.
        raise
    check()


def _remember(number: int, frame: FrameType | None) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt
