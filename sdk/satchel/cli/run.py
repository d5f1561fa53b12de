"""satchel run: what a bundle says about photos, camera frames, rows and signals."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from satchel.cli import frames
from satchel.cli.drawings import Drawings
from satchel.cli.shown import show

if TYPE_CHECKING:
    from satchel.answer import Answer
    from satchel.bundle import Bundle
    from satchel_metadata.csv_rows import Decimal
    from satchel_metadata.spec import Spec

Tell = Callable[[str, "Answer"], None]
MISTAKE = 2
STDIN = "-"


@click.command(
    epilog="""\b
Examples:
  satchel run model.satchel cat.jpg
  satchel run model.satchel photos/ --json > answers.jsonl
  satchel run model.satchel - < cat.jpg
  satchel run iris.satchel flowers.csv --decimal-comma
  satchel run detector.satchel street.jpg --draw seen.png
  satchel run detector.satchel camera.nv21 --frame 640x480,full,90
"""
)
@click.argument("model", type=click.Path())
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(allow_dash=True))
@click.option("--variant", metavar="NAME", help="The variant that answers.  [default: the bundle's first]")
@click.option(
    "--top", metavar="N", type=click.IntRange(1, 100000), help="How many classes.  [default: as the spec says]"
)
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter.")
@click.option("--digest", metavar="HEX", help="Refuse the bundle unless this is its digest.")
@click.option(
    "--draw",
    "drawing",
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="Draw the answer on the photo: a .png file; for several photos a folder.",
)
@click.option(
    "--frame",
    "form",
    metavar="WxH",
    type=frames.FORM,
    help="The inputs are camera frames, raw NV21 bytes, of this width and height. For a model that takes photos also "
    "range and rotation: 640x480,full,90.",
)
@click.option("--decimal-comma", is_flag=True, help="Numbers in the CSV files have a decimal comma.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an answer, one a line.")
def command(
    model: str,
    inputs: tuple[str, ...],
    variant: str | None,
    top: int | None,
    threads: int | None,
    digest: str | None,
    drawing: Path | None,
    form: frames.FrameForm | None,
    decimal_comma: bool,
    as_json: bool,
) -> int:
    """Ask a bundle about photos, camera frames, rows or signals.

    MODEL is a bundle, or a .tflite that carries its spec. What an INPUT is, the bundle says: a picture; a CSV file with
    a header and a row each; a CSV file with one signal, a row each sample; a folder of these, or - for standard input;
    with --frame a file of NV21 bytes.
    One that cannot be read is named on standard error, the others are answered, and the exit code is 2.
    """
    from satchel.cli.loose import open_model

    bundle = open_model(model, digest=digest, variant=variant, threads=threads)
    frames.refuse_misuse(bundle, form)
    if top is not None:
        _ask_for(bundle, top)
    tell = _show_json("frame" if form else bundle.kind.name) if as_json else show
    draw = Drawings(bundle, drawing, inputs) if drawing is not None else None
    decimal: Decimal = "," if decimal_comma else "."
    return MISTAKE if sum([_answer(bundle, each, tell, draw, decimal, form) for each in inputs]) else 0


def _answer(
    bundle: Bundle, given: str, tell: Tell, draw: Drawings | None, decimal: Decimal, form: frames.FrameForm | None
) -> int:
    """Shows the answers for one argument; names what cannot be read and gives its number."""
    from satchel.cli.failures import complain
    from satchel_metadata.errors import InputError

    try:
        if given != STDIN and Path(given).is_dir() and form is None:
            files = bundle.kind.files(Path(given))
            return sum([_answer(bundle, str(each), tell, draw, decimal, form) for each in files])
        content: Any = sys.stdin.buffer.read() if given == STDIN else given
        if bundle.kind.name == "row":
            return _answer_rows(bundle, given, content, tell, decimal)
        if bundle.kind.name == "signal":
            content = bundle.kind.signal(content, decimal)
        content = form.frame(content) if form else content
        answer = bundle.run(content)
        tell(given, answer)
        if draw is not None:
            draw.add(given, content, answer)
    except InputError as error:
        complain("error", str(error))
        return 1
    return 0


def _answer_rows(bundle: Bundle, name: str, content: str | bytes, tell: Tell, decimal: Decimal) -> int:
    """Answers a table row by row, so that it may be longer than memory."""
    from satchel.cli.failures import complain
    from satchel_metadata.errors import InputError

    wrong = number = 0
    for number, row in enumerate(bundle.kind.rows(content, decimal), 1):
        try:
            tell(f"{name}, row {number}", bundle.run(row))
        except InputError as error:
            complain("error", f"{name}, row {number}: {error}")
            wrong += 1
    if number == 0:
        raise InputError("input/no-photos", "the table has no rows", where=name, hint="Give rows below the header.")
    return wrong


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


def _show_json(kind: str) -> Tell:
    from satchel.cli.terminal import write_json

    key = "input" if kind == "several" else kind
    return lambda name, answer: write_json({key: name, **answer.to_json()}, indent=None)
