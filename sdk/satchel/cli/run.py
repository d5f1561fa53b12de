"""satchel run: what a bundle says about photos."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from satchel.answer import Answer
    from satchel.bundle import Bundle
    from satchel_metadata.spec import Spec

MISTAKE = 2
STDIN = "-"
BAR = 24


@click.command(
    epilog="""\b
Examples:
  satchel run model.satchel cat.jpg
  satchel run model.satchel photos/ --json > answers.jsonl
  satchel run model.satchel - < cat.jpg
"""
)
@click.argument("model", type=click.Path())
@click.argument("photos", metavar="PHOTO...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--variant", metavar="NAME", help="The variant that answers.  [default: the bundle's first]")
@click.option(
    "--top", metavar="N", type=click.IntRange(1, 100000), help="How many classes.  [default: as the spec says]"
)
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter.")
@click.option("--digest", metavar="HEX", help="Refuse the bundle unless this is its digest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a photo, one a line.")
def command(
    model: str,
    photos: tuple[str, ...],
    variant: str | None,
    top: int | None,
    threads: int | None,
    digest: str | None,
    as_json: bool,
) -> int:
    """Ask a bundle about photos.

    MODEL is a bundle, or a .tflite that carries its spec. A PHOTO is a picture, a folder of them, or - for standard
    input. A photo that cannot be read is named on standard error, the others are answered, and the exit code is 2.
    """
    from satchel.cli.loose import open_model

    bundle = open_model(model, digest=digest, variant=variant, threads=threads)
    if top is not None:
        _ask_for(bundle, top)
    show = _show_json if as_json else _show
    return MISTAKE if sum([_answer(bundle, photo, show) for photo in photos]) else 0


def _answer(bundle: Bundle, photo: str, show: Callable[[str, Answer], None]) -> int:
    """Shows the answer for a photo, or for each of a folder; names those that cannot be read and gives their number."""
    from satchel.cli.failures import complain
    from satchel.photos import listed
    from satchel_metadata.errors import InputError

    try:
        if photo != STDIN and Path(photo).is_dir():
            return sum([_answer(bundle, str(each), show) for each in listed(photo)])
        show(photo, bundle.run(sys.stdin.buffer.read() if photo == STDIN else photo))
    except InputError as error:
        complain("error", str(error))
        return 1
    return 0


def _ask_for(bundle: Bundle, top: int) -> None:
    """Makes the bundle's default variant answer with `top` classes, whatever its spec says."""
    from satchel.bundle import Runner

    runner = bundle.runner(bundle.default)
    artefact = f"{bundle.default}/tflite"
    runner.pipeline = Runner(with_top(bundle.spec, top), bundle.labels, artefact, runner.engine).pipeline


def with_top(spec: Spec, top: int) -> Spec:
    """Gives the spec with `top` in every top_k step."""
    outputs = []
    for output in spec.outputs:
        steps = [step.model_copy(update={"k": top}) if step.op == "top_k" else step for step in output.steps]
        outputs.append(output.model_copy(update={"steps": tuple(steps)}))
    return spec.model_copy(update={"outputs": tuple(outputs)})


def _show_json(name: str, answer: Answer) -> None:
    from satchel.cli.terminal import write_json

    write_json({"photo": name, **answer.to_json()}, indent=None)


def _show(name: str, answer: Answer) -> None:
    from rich.text import Text

    from satchel.cli import terminal

    out = terminal.console()
    stages = [f"{stage} {terminal.thousandths(took)}" for stage, took in answer.timings.items() if stage != "total"]
    total = terminal.milliseconds(answer.timings["total"])
    out.print(terminal.text(name, "bold", 4000))
    out.print(Text(f"{answer.variant}, {total}: {', '.join(stages)}", "dim"))
    shares = all(0 <= each.score <= 1 for each in answer.classes)
    room = BAR if shares and out.width >= 60 else 0
    rows = terminal.grid(room)
    for each in answer.classes:
        score = f"{each.score * 100:.1f} %" if shares else terminal.number(each.score)
        label = f"class {each.index}" if each.label is None else each.label
        bar = terminal.bar(each.score, room) if room else ""
        rows.add_row(Text(score), bar, terminal.text(label), Text(str(each.index), "dim"))
    out.print(rows if answer.classes else Text("  no class reaches the threshold"))
    out.print()
