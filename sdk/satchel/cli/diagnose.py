"""satchel diagnose: which stage makes a bundle answer otherwise than the author's model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from satchel.cli.parameters import NAMES

if TYPE_CHECKING:
    from satchel.diagnosis.diagnose import Diagnosis

FAILED = 1


@click.command(
    epilog="""\b
Examples:
  satchel diagnose model.satchel --data photos/
  satchel diagnose model.satchel --data photos/ --html diagnosis.html --model model.keras --prepare train.py:preprocess
  satchel diagnose model.satchel --labels held_out/ --fail-on "top1_drop>0.5" --junit diagnosis.xml

Exit codes: 0 diagnosed, 1 a --fail-on holds, 2 a mistake that you can mend.
"""
)
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--data", metavar="FOLDER", help="Samples like those that the model will see.")
@click.option("--labels", metavar="FOLDER", help="Samples in one subfolder a class: accuracy, and the order of labels.")
@click.option("--model", metavar="MODEL", help="The model that was packed, as `satchel pack` takes it.")
@click.option("--prepare", metavar="FILE.py:NAME", help="Your function: a sample's path -> the model's input.")
@click.option("--predict", metavar="FILE.py:NAME", help="Your function: a sample's path -> scores, class or its name.")
@click.option("--variants", metavar="A,B", type=NAMES, help="Only these variants.")
@click.option("--samples", metavar="N", type=click.IntRange(1), help="At most so many samples.")
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter.")
@click.option("--fail-on", metavar="CONDITION", multiple=True, help="End with 1: top1_drop>0.5, changed>2, snr<20.")
@click.option("--junit", metavar="FILE", type=click.Path(path_type=Path), help="Write JUnit XML, for a build server.")
@click.option("--html", metavar="FILE", type=click.Path(path_type=Path), help="Write the report as one page.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def command(bundle: Path, **given: Any) -> int:
    """Say which stage makes a bundle answer otherwise, and why.

    The same samples go through your own preparation and model, as far as you give them, and through the bundle's; then
    one stage is swapped at a time: preparation, conversion, quantisation, runtime, reading. Without your functions the
    variants are held against the bundle's float model.

    --prepare and --predict run your own file, and nothing else: no code of a model or a bundle is ever run.
    """
    if (given["data"] is None) == (given["labels"] is None):
        raise click.UsageError("What shall it be diagnosed on? Give --data FOLDER, or --labels FOLDER.")
    os.environ.setdefault("TQDM_DISABLE", "1")

    from satchel.bundle import open_bundle
    from satchel.cli.terminal import write_json
    from satchel.diagnosis.diagnose import diagnose
    from satchel.diagnosis.gate import Gate
    from satchel.diagnosis.junit import junit
    from satchel.progress import progress_bar

    gates = [Gate.of(each) for each in given["fail_on"]]
    reference = _reference(given["prepare"], given["predict"])
    opened = open_bundle(bundle, threads=given["threads"])
    with progress_bar("diagnosing") as progress:
        found = diagnose(
            opened,
            given["data"] or given["labels"],
            reference=reference,
            model=given["model"],
            labelled_data=given["labels"] is not None,
            variants=given["variants"],
            samples=given["samples"],
            threads=given["threads"],
            progress=progress,
        )
    broken = tuple(line for gate in gates for line in gate.broken_by(found))
    if given["junit"] is not None:
        given["junit"].write_text(junit(found, broken), encoding="utf-8")
    if given["html"] is not None:
        from satchel.report.diagnosis import diagnosis_page

        given["html"].write_text(diagnosis_page(opened, found), encoding="utf-8")
    if as_json := given["as_json"]:
        write_json(found.to_json() | {"broken": list(broken)})
    if not as_json:
        _show(bundle, found, broken)
    return FAILED if broken else 0


def _reference(prepare: str | None, predict: str | None) -> Any:
    from satchel.diagnosis.reference import Reference, function_of

    if prepare is None and predict is None:
        return None
    return Reference(function_of(prepare) if prepare else None, function_of(predict) if predict else None)


def _show(bundle: Path, found: Diagnosis, broken: tuple[str, ...]) -> None:
    from satchel.cli import terminal

    out = terminal.console()
    out.print(terminal.text(f"{bundle}, against {found.against}", "bold", 600))
    made = terminal.table(
        "variant", "stage", "answers changed", "signal to noise", right=("answers changed", "signal to noise")
    )
    for name, split in found.splits.items():
        made.add_row(terminal.text(name, "bold"), "all", f"{split.changed} of {split.samples}", "")
        for stage in split.ranked():
            snr = stage.tensors.snr_db
            noise = "the same" if snr == float("inf") else f"{snr:.1f} dB"
            made.add_row("", stage.stage, f"{stage.changed} of {stage.samples}", noise)
    out.print(made)
    for name, (right, of) in found.accuracy.items():
        out.print(terminal.text(f"{name}: {right} of {of} right"))
    wrong = [each for each in found.runtimes if not each.ok]
    out.print(
        terminal.text(f"{len(found.runtimes) - len(wrong)} of {len(found.runtimes)} ways to run are right here.", "dim")
    )
    for note in found.notes:
        out.print(terminal.text(note, "dim", 600))
    for sentence in found.sentences():
        out.print(terminal.text(sentence, "bold green" if found.ok else "bold red", 4000))
    for line in broken:
        out.print(terminal.text(f"failed: {line}", "bold red"))
