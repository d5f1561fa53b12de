"""A spec in words, with what every step gives, as `satchel spec explain` shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from satchel.cli import terminal
from satchel.cli.inspect_spec import SHOWN_LABELS

if TYPE_CHECKING:
    from rich.console import Console

    from satchel_metadata.spec import Spec


def show(spec: Spec, labels: Mapping[str, Sequence[str]], out: Console) -> None:
    """Prints what each input is made from and how each output is read: a line a step, and what it gives.

    Raises:
        SpecError: the steps do not fit together.
    """
    from satchel.spec_in_words import inputs_in_words, outputs_in_words

    out.print(terminal.text(f"{spec.name} {spec.version}, {spec.task.replace('_', ' ')}", "bold"))
    for told in (*inputs_in_words(spec), *outputs_in_words(spec)):
        _steps(out, told.title, told.steps)
        _tensors(out, told.end.tensor)
    for name, entries in labels.items():
        terminal.heading(out, f"Labels {name}")
        more = ", ..." if len(entries) > SHOWN_LABELS else ""
        out.print(terminal.text(f"  {len(entries)}: {', '.join(entries[:SHOWN_LABELS])}{more}", limit=1000))


def _steps(out: Console, title: str, steps: Sequence[tuple[str, str]]) -> None:
    terminal.heading(out, title)
    if not steps:
        out.print(terminal.text("  as the model gives it"))
        return
    rows = terminal.table("", "step", "gives", right=("",))
    for place, (step, given) in enumerate(steps, 1):
        rows.add_row(str(place), terminal.text(step, limit=1000), terminal.text(given, limit=1000))
    out.print(rows)


def _tensors(out: Console, tensors: Mapping[str, Any]) -> None:
    for artefact, tensor in sorted(tensors.items()):
        scale = f", scale {tensor.scale:.6g}, zero point {tensor.zero_point}" if tensor.scale is not None else ""
        told = f"  {artefact}: {tensor.name}, {list(tensor.shape)} {tensor.dtype}{scale}"
        out.print(terminal.text(told, "dim", limit=1000))
