"""satchel optimize: finds the recipe that meets a budget."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import click

from satchel.cli.sections import Sections

if TYPE_CHECKING:
    from rich.table import Table

    from satchel.search.front import Front, Measured
    from satchel.training.data import Training

NOT_MET = 3


class OptimizeCommand(Sections):
    """A command with its options under headings."""

    headings: ClassVar[dict[str, tuple[str, ...]]] = {
        "The budget": ("max_size", "max_memory", "max_accuracy_drop", "max_latency"),
        "What candidates are judged by": ("labels", "agreement", "data", "calibration", "test"),
        "Passes that train": ("training", "epochs", "batch", "rate", "seed"),
    }


@click.command(
    cls=OptimizeCommand,
    epilog="""\b
Examples:
  satchel optimize model.keras --spec spec.json --labels held_out/ -o small.satchel \\
      --max-size 2MB --max-accuracy-drop 0.5pp --max-latency 10ms
  satchel optimize model.tflite --spec spec.json --agreement --data photos/ -o small.satchel --max-size 500kB

Exit codes: 0 the budget is met, 2 a mistake that you can mend, 3 the budget is not met: OUT is what came nearest.
""",
)
@click.argument("model", type=click.Path())
@click.option("--spec", required=True, metavar="FILE", help="spec.json, its label files beside it.")
@click.option("-o", "--out", required=True, metavar="OUT", help="One file if it ends in .satchel, else a folder.")
@click.option("--max-size", metavar="SIZE", help="Bytes over the wire, compressed: 2MB, 500kB, 1.5MiB.")
@click.option("--max-memory", metavar="SIZE", help="Bytes of the .tflite as a runtime opens it.")
@click.option("--max-accuracy-drop", metavar="DROP", help="Below the float model: 0.5pp, or 0.005.")
@click.option("--max-latency", metavar="TIME", help="Of one run of the interpreter here: 10ms, 300us.")
@click.option("--labels", metavar="FOLDER", help="Samples in one subfolder a class: candidates are judged by accuracy.")
@click.option("--agreement", is_flag=True, help="Judge by agreement with the float model on the samples of --data ...")
@click.option("--data", metavar="FOLDER", help="... for which no class is known.")
@click.option("--calibration", metavar="FOLDER", help="Samples to calibrate with.  [default: a fifth of the others]")
@click.option("--test", metavar="FOLDER", help="To test what was found with.  [default: two fifths of the others]")
@click.option("--training", metavar="FOLDER", help="Photos in one subfolder a class, for passes that train.")
@click.option("--epochs", metavar="N", type=click.IntRange(1), help="Of each pass that trains.  [default: 3]")
@click.option("--batch", metavar="N", type=click.IntRange(1), help="Samples of one step.  [default: 32]")
@click.option("--rate", metavar="R", type=float, help="Learning rate at the start.  [default: 0.001]")
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Of all that is drawn.  [default: 0]")
@click.option("--recipe", metavar="FILE.json", multiple=True, help="A recipe to try first; may be given again.")
@click.option("--all", "exhaustive", is_flag=True, help="Go on when the budget is met, to see the whole front.")
@click.option("--state", metavar="FOLDER", help="What a stopped search goes on from.  [default: OUT.search]")
@click.option("--overwrite", is_flag=True, help="Replace what stands at OUT.")
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter.")
@click.option("--json", "as_json", is_flag=True, help="The front as one JSON object.")
def command(model: str, spec: str, out: str, as_json: bool, **given: Any) -> int:
    """Find the recipe that meets a budget of size, accuracy and time.

    Recipes are tried one after another, those that need no training first, until the budget is met; with
    --max-accuracy-drop alone all are tried, and the smallest that keeps it is taken. Each is measured on the .tflite
    that ships. Samples to calibrate, to search and to test with are three sets without a common sample.
    """
    _require_one_measure(given)
    os.environ.setdefault("TQDM_DISABLE", "1")

    from satchel.describe import Description
    from satchel.progress import progress_bar
    from satchel.recipes import Recipe
    from satchel.search.budget import Budget
    from satchel.search.front import front_of
    from satchel.search.optimize import optimize
    from satchel_metadata.text import printable

    limits = ("max_size", "max_accuracy_drop", "max_latency", "max_memory")
    budget = Budget(*(given.pop(name) for name in limits))
    description = Description.read(spec)
    labels, data = given.pop("labels"), given.pop("data")
    state = given.pop("state") or f"{out.rstrip('/')}.search"
    recipes = [Recipe.read(each) for each in given.pop("recipe")]
    training = _training(given, description)
    with progress_bar(f"optimizing {printable(model)}") as progress:
        bundle = optimize(
            *(model, description, labels or data),
            budget=budget,
            out=out,
            training=training,
            recipes=recipes,
            state=state,
            progress=progress,
            **given,
        )
    found = front_of(bundle)
    _show(found, bundle.path, state, as_json)
    return 0 if found.met else NOT_MET


def _require_one_measure(given: dict[str, Any]) -> None:
    if given["agreement"] == bool(given["labels"]) or given["agreement"] != bool(given["data"]):
        raise click.UsageError(
            "What are candidates to be judged by? Give --labels FOLDER, or --agreement --data FOLDER."
        )


def _training(given: dict[str, Any], description: Any) -> Training | None:
    folder = given.pop("training")
    told = {name: given.pop(name) for name in ("epochs", "batch", "rate", "seed")}
    told = {name: value for name, value in told.items() if value is not None}
    if folder is None:
        if told:
            raise click.UsageError(f"--{next(iter(told))} is of a training: give --training too, or leave it out.")
        return None
    from satchel.training import Training, labelled_folder

    return Training(labelled_folder(folder, description), **told)


def _show(found: Front, path: Path, state: str, as_json: bool) -> None:
    from rich.text import Text

    from satchel.cli import terminal

    if as_json:
        terminal.write_json({**found.to_json(), "bundle": str(path)})
        return
    out = terminal.console()
    out.print(_table(found))
    sets = ", ".join(f"{each['samples']} {name}" for name, each in found.sets.items())
    out.print(terminal.text(f"Samples: {sets}. * on the front. Time of the interpreter alone.", "dim"))
    for name, why in found.refused:
        out.print(terminal.text(f"{name} could not be made: {why}.", "dim", 600))
    for each in found.left_out if found.met else ():
        out.print(terminal.text(each, "dim", 600))
    verdict = f"met by {found.chosen}" if found.met else f"not met; {found.chosen} comes nearest"
    out.print(Text("budget  "), terminal.text(verdict, "bold green" if found.met else "bold yellow"), sep="")
    out.print(Text("bundle  "), terminal.text(path, "bold", 4000), sep="")
    out.print(
        Text("state   "), terminal.text(state, "", 4000), terminal.text("  remove it when you are done", "dim"), sep=""
    )


def _table(found: Front) -> Table:
    from satchel import units
    from satchel.cli import terminal

    right = ("in memory", "over the wire", found.measure, "below float", "time")
    made = terminal.table("candidate", *right[:4], "on the test set", "time", right=right)
    front = {each.name for each in found.best}
    for each in sorted(found.candidates, key=lambda one: one.wire):
        made.add_row(
            terminal.text(
                f"{each.name}{' *' if each.name in front else ''}", "bold" if each.name == found.chosen else ""
            ),
            units.size(each.memory),
            units.size(each.wire),
            f"{100 * each.measure:.2f} %",
            f"{100 * each.drop:.2f} pp",
            _test(each),
            units.run_time(each.latency),
        )
    return made


def _test(each: Measured) -> str:
    return f"{100 * each.test['measure']:.2f} % of {each.test['n']}" if each.test else ""
