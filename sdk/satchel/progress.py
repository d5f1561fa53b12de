"""Progress of long work: what reports it, and how a terminal shows it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from satchel_converters import interrupts

if TYPE_CHECKING:
    from rich.progress import Progress as Rows

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what): `progress(3, 100, "calibrate")`. A total of 0 means that nobody knows it."""


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """Gives a callable that shows progress on standard error while the block runs.

    A terminal gets a row for the whole work and one for what is done inside its current stage; a file or a pipe gets
    one line a stage, when it begins. What is reported with the total of the first report is a stage of the whole.
    Ctrl-C ends the work at the next report at the latest.
    """
    from satchel.cli.terminal import errors

    console = errors()
    with interrupts.remembered():
        if not console.is_terminal:
            print(title, file=sys.stderr, flush=True)
            yield _interruptible(_lines())
            return
        with _rows() as rows:
            yield _interruptible(_drawn(rows, title))


def _interruptible(report: Progress) -> Progress:
    def checked(done: int, total: int, what: str) -> None:
        interrupts.check()
        report(done, total, what)

    return checked


def _lines() -> Progress:
    started = time.perf_counter()
    told: set[str] = set()

    def report(done: int, total: int, what: str) -> None:
        if what not in told:
            told.add(what)
            print(f"  {time.perf_counter() - started:5.1f} s  {what}", file=sys.stderr, flush=True)

    return report


def _rows() -> Rows:
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    from satchel.cli.terminal import errors

    return RichProgress(
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        TimeRemainingColumn(compact=True),
        console=errors(),
        transient=True,
        # Converters point the file descriptors elsewhere while they run; the console holds its own.
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _drawn(rows: Rows, title: str) -> Progress:
    whole = rows.add_task(title, total=None)
    parts: dict[str, Any] = {}
    stages = 0

    def report(done: int, total: int, what: str) -> None:
        nonlocal stages
        stages = stages or total
        if total == stages:
            for part in parts.values():
                rows.remove_task(part)
            parts.clear()
            rows.update(whole, completed=done, total=total or None, description=f"{title}: {what}")
            return
        if what not in parts:
            parts[what] = rows.add_task(what, total=total or None)
        rows.update(parts[what], completed=done, description=f"{what} {done}/{total}")

    return report
