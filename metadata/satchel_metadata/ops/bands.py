"""Pictures in bands of rows, several at a time: numpy and Pillow let other threads run while they compute."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

_MOST = 4
"""Threads at work at a time; beyond, memory is what they wait for."""

_making = threading.Lock()
_helpers: ThreadPoolExecutor | None = None


def processors() -> int:
    """Gives how many threads may work at a time: as many as this process has processors, at most four."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(_MOST, allowed or 1)


def together(run: Callable[[int], None], places: Sequence[int]) -> None:
    """Calls `run` with each place, on the calling thread and on those that stand ready.

    The helping threads are made at first use and kept, for making one takes as long as resizing a small photo. Whoever
    calls never waits for a helper that has not begun: what is left it does itself, so that callers on several threads,
    or within one another, do not block each other. What `run` raises is raised here, when nothing runs any more.
    """
    waiting = deque(places)

    def work() -> None:
        while True:
            try:
                place = waiting.popleft()
            except IndexError:
                return
            run(place)

    begun = _begun(work, min(processors(), len(places)) - 1)
    try:
        work()
    finally:
        waiting.clear()
        raised = [helper.exception() for helper in begun if not helper.cancel()]
    for error in raised:
        if error is not None:
            raise error


def _begun(work: Callable[[], None], count: int) -> list[Future[None]]:
    """Asks `count` helpers; none where no thread can be had, as while the interpreter is ending."""
    begun: list[Future[None]] = []
    with suppress(RuntimeError):
        for _ in range(count):
            begun.append(_pool().submit(work))
    return begun


def _pool() -> ThreadPoolExecutor:
    global _helpers
    with _making:
        if _helpers is None:
            _helpers = ThreadPoolExecutor(_MOST - 1, thread_name_prefix="satchel-band")
        return _helpers


def _forget_helpers() -> None:
    """A forked process has none of the threads of the one it was forked from."""
    global _helpers, _making
    _helpers, _making = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)
