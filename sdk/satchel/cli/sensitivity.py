"""satchel sensitivity: what each layer of a model bears."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from satchel.cli.parameters import NAMES

if TYPE_CHECKING:
    from rich.table import Table

    from satchel.search.sensitivity import Sensitivity

PRECISIONS = ("float16", "weight_only", "dynamic_range", "int8", "int16x8", "int4")
SHOWN = 20


@click.command(
    epilog="""\b
Examples:
  satchel sensitivity model.satchel --data photos/
  satchel sensitivity model.keras --spec spec.json --labels held_out/ --precisions int8,int4 --html layers.html
""",
)
@click.argument("model", type=click.Path())
@click.option("--spec", metavar="FILE", help="spec.json, its label files beside it; a bundle has its own.")
@click.option("--data", metavar="FOLDER", help="Samples: the outputs are compared with the float model's.")
@click.option("--labels", metavar="FOLDER", help="Samples in one subfolder a class: what is lost of accuracy, too.")
@click.option("--samples", metavar="N", type=click.IntRange(1), default=64, show_default=True, help="At most so many.")
@click.option("--precisions", metavar="A,B", type=NAMES, help=f"Of {', '.join(PRECISIONS)}.  [default: int8]")
@click.option("--sparsities", metavar="A,B", help="Shares of zeros, above 0 and below 1: 0.5,0.8.")
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), default=2, show_default=True, help="To run with.")
@click.option("--all", "every", is_flag=True, help=f"Show every layer, not the {SHOWN} worst.")
@click.option("--html", metavar="FILE", help="Write a page with a bar for each layer.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def command(model: str, **given: Any) -> None:
    """Say what each layer of a model bears, and which breaks int8.

    MODEL is a bundle, or what `satchel pack` takes. Each layer is tried alone in each precision, and with a share of
    its smallest weights set to zero. Each line is measured on a .tflite in the interpreter in which only
    that layer is changed. The samples fix the ranges of activations too.
    """
    precisions = _precisions(given["precisions"])
    sparsities = _sparsities(given["sparsities"])
    if (given["data"] is None) == (given["labels"] is None):
        raise click.UsageError("What are layers to be measured on? Give --data FOLDER, or --labels FOLDER.")
    os.environ.setdefault("TQDM_DISABLE", "1")

    from satchel.progress import progress_bar
    from satchel.search.sensitivity import sweep
    from satchel_metadata.text import printable

    with tempfile.TemporaryDirectory(prefix="satchel-") as folder:
        tflite, description = _opened(model, given["spec"], Path(folder))
    inputs, labels = _samples(description, given["data"], given["labels"], given["samples"])
    with progress_bar(f"sweeping the layers of {printable(model)}") as progress:
        found = sweep(
            *(tflite, description.spec, inputs),
            labels=labels,
            precisions=precisions if precisions or sparsities else ("int8",),
            sparsities=sparsities,
            progress=progress,
            threads=given["threads"],
        )
    if given["html"]:
        from satchel.report.sensitivity import sensitivity_page

        Path(given["html"]).write_text(sensitivity_page(description.spec.name or Path(model).stem, found), "utf-8")
    _show(found, given["every"], given["as_json"])


def _precisions(given: Sequence[str] | None) -> tuple[Any, ...]:
    unknown = sorted(set(given or ()) - set(PRECISIONS))
    if unknown:
        raise click.UsageError(f"--precisions has {unknown[0]!r}. Allowed: {', '.join(PRECISIONS)}.")
    return tuple(given or ())


def _sparsities(given: str | None) -> tuple[float, ...]:
    try:
        found = tuple(float(each) for each in (given or "").split(",") if each)
    except ValueError:
        found = (1.0,)
    if not all(0 < each < 1 for each in found):
        raise click.UsageError(f"--sparsities is {given!r}. Give shares above 0 and below 1: 0.5,0.8.")
    return found


def _opened(model: str, spec: str | None, folder: Path) -> tuple[bytes, Any]:
    """Gives the float .tflite, and what has the spec and the labels."""
    from satchel.binding import sizes
    from satchel.bundle import open_bundle
    from satchel.describe import Description
    from satchel_converters.sources import load_source

    if spec is None:
        if not (model.endswith(".satchel") or Path(model, "manifest.json").is_file()):
            raise click.UsageError(f"{model} is no bundle: give its --spec FILE.")
        bundle = open_bundle(model)
        names = [each.name for each in bundle.manifest.variants if "tflite" in each.artefacts]
        return bundle.reader.model("float32" if "float32" in names else names[0]), bundle
    described = Description.read(spec)
    outputs = [each.name for each in described.spec.outputs]
    return load_source(model, folder, input_shapes=sizes(described.spec), outputs=outputs).tflite, described


def _samples(description: Any, data: str | None, labels: str | None, most: int) -> tuple[list[Any], list[int] | None]:
    """Gives prepared inputs, of more than `most` such as are spread evenly, and their classes."""
    from satchel.evaluation import labelled
    from satchel.samples import kind_of
    from satchel_metadata.pipeline import Pipeline

    kind, pipeline = kind_of(description.spec), Pipeline(description.spec, description.labels)
    if labels is not None:
        cases: list[Any] = labelled(Path(labels), next(iter(description.labels.values()), ()))
    else:
        cases = [(each, None) for each in kind.listed(data)]
    chosen = [cases[round(place * (len(cases) - 1) / max(most - 1, 1))] for place in range(min(most, len(cases)))]
    if len(cases) <= most:
        chosen = cases
    inputs = [dict(pipeline.windows(kind.load(each))[0].tensors) for each, _ in chosen]
    return inputs, [int(each) for _, each in chosen] if labels is not None else None


def _show(found: Sensitivity, every: bool, as_json: bool) -> None:
    from satchel.cli import terminal

    if as_json:
        terminal.write_json(found.json())
        return
    out = terminal.console()
    ranked = found.ranked()
    out.print(_table(found, None if every else SHOWN))
    more = "" if every or len(ranked) <= SHOWN else f" The {SHOWN} worst of {len(ranked)}; --all shows all."
    out.print(terminal.text(f"Each layer changed alone, over {found.inputs} samples.{more}", "dim"))
    for what, why in found.refused:
        out.print(terminal.text(f"{what} cannot be made: {why}", "dim", 600))
    for each in found.sentences():
        out.print(terminal.text(each, "bold", 1000))


def _table(found: Sensitivity, most: int | None) -> Table:
    from satchel import units
    from satchel.cli import terminal

    ranked = found.ranked()
    drops = any(each.measure_drop is not None for each in ranked)
    divergences = any(each.kl is not None for each in ranked)
    columns = ["layer", "op", "as", "signal to noise"]
    columns += ["KL (nats)"] * divergences + ["accuracy lost"] * drops + ["bytes saved"]
    made = terminal.table(*columns, right=columns[3:])
    for each in ranked[:most]:
        made.add_row(
            terminal.text(each.short, "bold"),
            each.op_type,
            each.how,
            "the same" if each.snr_db == float("inf") else f"{each.snr_db:.1f} dB",
            *([f"{each.kl:.5f}" if each.kl is not None else ""] if divergences else []),
            *([f"{100 * (each.measure_drop or 0):.2f} pp"] if drops else []),
            units.size(max(each.bytes_saved, 0)),
        )
    return made
