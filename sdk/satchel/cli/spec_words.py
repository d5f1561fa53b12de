"""A spec in words, with what every step gives, as `satchel spec explain` shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from satchel.cli import terminal
from satchel.cli.inspect_spec import SHOWN_LABELS
from satchel.cli.words import step_in_words

if TYPE_CHECKING:
    from rich.console import Console

    from satchel_metadata.spec import Input, Spec

KINDS = {"photo": "a photo", "frame": "a camera's frame", "row": "a row of a table", "signal": "a signal"}


def show(spec: Spec, labels: Mapping[str, Sequence[str]], out: Console) -> None:
    """Prints what each input is made from and how each output is read: a line a step, and what it gives.

    Raises:
        SpecError: the steps do not fit together.
    """
    from satchel_metadata.families import family_of
    from satchel_metadata.infer import answer_output, check_steps, read_shapes
    from satchel_metadata.readers.base import Read

    out.print(terminal.text(f"{spec.name} {spec.version}, {spec.task.replace('_', ' ')}", "bold"))
    for place, (each, shapes) in enumerate(zip(spec.inputs, check_steps(spec), strict=True)):
        kind = KINDS[family_of(each, f"$.inputs[{place}]").kind]
        told = [_gives(each, number, shape) for number, shape in enumerate(shapes)]
        _steps(out, f"Input {each.name}, made from {kind}", each.steps, told)
        _tensors(out, each.tensor)
    known = {each.name: Read("numbers", _shape(each.tensor)) for each in spec.outputs}
    answer = answer_output(spec)
    for place, output in enumerate(spec.outputs):
        reads = read_shapes(spec, output, known, f"$.outputs[{place}]")
        title = f"Output {output.name}" + (", of which the answer is made" if output is answer else "")
        _steps(out, title, output.steps, [read.words() for read in reads[1:]])
        _tensors(out, output.tensor)
    for name, entries in labels.items():
        terminal.heading(out, f"Labels {name}")
        more = ", ..." if len(entries) > SHOWN_LABELS else ""
        out.print(terminal.text(f"  {len(entries)}: {', '.join(entries[:SHOWN_LABELS])}{more}", limit=1000))


def _gives(each: Input, place: int, shape: Any) -> str:
    """Gives what a step gives; of a picture's mean and std also the values that black and white become."""
    from satchel_metadata.tflite_notes import prepared_levels

    words = str(shape.words())
    if shape.span is None and any(step.op == "normalize" for step in each.steps[: place + 1]):
        levels = prepared_levels(each.model_copy(update={"steps": each.steps[: place + 1]}))
        words += f", {float(levels.min()):.4g}..{float(levels.max()):.4g}"
    return words


def _steps(out: Console, title: str, steps: Sequence[Any], gives: Sequence[str]) -> None:
    terminal.heading(out, title)
    if not steps:
        out.print(terminal.text("  as the model gives it"))
        return
    rows = terminal.table("", "step", "gives", right=("",))
    for place, (step, given) in enumerate(zip(steps, gives, strict=True), 1):
        rows.add_row(str(place), terminal.text(step_in_words(step), limit=1000), terminal.text(given, limit=1000))
    out.print(rows)


def _tensors(out: Console, tensors: Mapping[str, Any]) -> None:
    for artefact, tensor in sorted(tensors.items()):
        scale = f", scale {tensor.scale:.6g}, zero point {tensor.zero_point}" if tensor.scale is not None else ""
        told = f"  {artefact}: {tensor.name}, {list(tensor.shape)} {tensor.dtype}{scale}"
        out.print(terminal.text(told, "dim", limit=1000))


def _shape(tensors: Mapping[str, Any]) -> tuple[int, ...] | None:
    return next((tensor.shape for tensor in tensors.values()), None)
