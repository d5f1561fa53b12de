"""Progress of long work: what reports it, and how a terminal shows it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what): `progress(3, 100, "calibrate")`. A total of 0 means that nobody knows it."""


@contextmanager
def shown(console: Console | None = None) -> Iterator[Progress]:
    """Gives a callable that shows progress on standard error while the block runs.

    A terminal gets one bar a stage with its time; a file or a pipe gets one line a stage, when it begins.

    Args:
        console: where to show it; a console on standard error when None.
    """
    if console is None:
        from rich.console import Console as RichConsole

        console = RichConsole(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    with _bars(console) as bars:
        yield _drawn(bars)


def _lines() -> Progress:
    told: set[str] = set()

    def report(done: int, total: int, what: str) -> None:
        if what not in told:
            told.add(what)
            print(f"{what} ...", file=sys.stderr, flush=True)

    return report


def _bars(console: Console) -> Bars:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        TextColumn("{task.description:<24}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        # Converters point the file descriptors elsewhere while they run; the console holds its own.
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _drawn(bars: Bars) -> Progress:
    tasks: dict[str, Any] = {}

    def report(done: int, total: int, what: str) -> None:
        if what not in tasks:
            for task in tasks.values():
                bars.stop_task(task)
            tasks[what] = bars.add_task(what, total=total or None)
        bars.update(tasks[what], completed=done, total=total or None)

    return report
