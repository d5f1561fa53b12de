"""A spec in words, as `satchel inspect` shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from satchel.cli import terminal
from satchel.words import step_in_words

if TYPE_CHECKING:
    from rich.console import Console

    from satchel_metadata.spec import Spec

SHOWN_LABELS = 6


def show(spec: Spec, out: Console, labels: Mapping[str, Sequence[str]] | None = None) -> None:
    """Prints what each input is made from and how each output is read, a line a step."""
    for made in spec.inputs:
        _steps(out, f"Input {made.name}", made.steps)
    for read in spec.outputs:
        _steps(out, f"Output {read.name}", read.steps)
    for name, entries in (labels or {}).items():
        terminal.heading(out, f"Labels {name}")
        more = ", ..." if len(entries) > SHOWN_LABELS else ""
        out.print(terminal.text(f"  {len(entries)}: {', '.join(entries[:SHOWN_LABELS])}{more}", limit=1000))


def _steps(out: Console, title: str, steps: Sequence[Any]) -> None:
    terminal.heading(out, title)
    for place, step in enumerate(steps, 1):
        out.print(terminal.text(f"{place:>3}  {step_in_words(step)}"))
