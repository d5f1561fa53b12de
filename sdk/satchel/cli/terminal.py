"""What the commands write with: consoles, tables, sizes and times, the same everywhere."""

from __future__ import annotations

import functools
import io
import json
import math
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO, cast

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from satchel_metadata.text import printable

_BLANKS = re.compile(r" +(?=\n)")

WIDE = 240
"""Columns of what is not a terminal: a file or a pipe has no edge to fold at."""


def console() -> Console:
    """Gives the console for answers: standard output."""
    return _console(sys.stdout)


def errors() -> Console:
    """Gives the console for progress, warnings and errors: standard error, one for the whole process."""
    return _error_console(sys.stderr)


@functools.lru_cache(maxsize=1)
def _error_console(stream: TextIO) -> Console:
    """Writes to a file descriptor of its own, because converters point descriptor 2 elsewhere while they run."""
    try:
        if stream.fileno() == 2:
            raw = os.fdopen(os.dup(2), "wb", 0)
            stream = io.TextIOWrapper(raw, stream.encoding, "backslashreplace", write_through=True)
    except (AttributeError, OSError, ValueError):
        pass  # a stream of a test or a notebook, which nobody points elsewhere
    return _console(stream)


def _console(stream: TextIO) -> Console:
    if stream.isatty():
        return _Console(file=stream, highlight=False, emoji=False)
    width = None if "COLUMNS" in os.environ else WIDE
    trimmed = cast(TextIO, _Trimmed(stream))
    return _Console(file=trimmed, width=width, highlight=False, emoji=False)


class _Console(Console):
    """A console that leaves it to the command line what to do when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class _Trimmed(io.TextIOBase):
    """Passes text on without the blanks at the ends of lines, with which tables are filled up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding or "utf-8"

    def write(self, text: str) -> int:
        self._stream.write(_BLANKS.sub("", text))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


def text(value: object, style: str = "", limit: int = 200) -> Text:
    """Gives foreign text to print: control characters visible, brackets as they are."""
    return Text(printable(str(value), limit), style=style)


def table(*columns: str, right: Sequence[str] = (), title: str = "") -> Table:
    """Gives an empty table; the columns named in `right` are aligned to the right."""
    lines = _draws_lines()
    made = Table(
        box=box.SIMPLE_HEAD if lines else None,
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        pad_edge=False,
        padding=(0, 1 if lines else 2, 0, 0),
        show_edge=False,
    )
    for name in columns:
        made.add_column(Text(name), justify="right" if name in right else "left", overflow="fold")
    return made


def grid(bar_width: int) -> Table:
    """Gives an empty table without headers: a score, a bar, a label and an index a row."""
    made = Table.grid(padding=(0, 2))
    made.add_column(justify="right", min_width=7)
    made.add_column(min_width=bar_width)
    made.add_column(overflow="fold")
    made.add_column(justify="right")
    return made


def bar(share: float, width: int) -> Text:
    """Gives a share of 1 as a bar of at most `width` columns."""
    eighths = round(share * width * 8)
    if not _draws_lines():
        return Text("#" * (eighths // 8), "cyan")
    return Text("█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip(), "cyan")


def _draws_lines() -> bool:
    return (sys.stdout.encoding or "").lower().startswith("utf")


def write_json(value: Any, *, indent: int | None = 2) -> None:
    """Writes a JSON value in ASCII on standard output; what is no number becomes null."""
    click.echo(json.dumps(_finite(value), indent=indent, sort_keys=False))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return value


def heading(out: Console, title: str) -> None:
    """Prints a heading with a blank line before it."""
    out.print()
    out.print(text(title, "bold"))


def facts(rows: Mapping[str, str]) -> Table:
    """Gives named values as two columns; foreign text is made visible."""
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in rows.items():
        made.add_row(text(f"  {name}"), text(value, limit=2000))
    return made
