"""satchel zoo: trained models that can be packed at once."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from satchel.zoo import ZooModel
    from satchel.zoo.mnist import DigitsModel
    from satchel.zoo.tflite_models import TFLiteModel
    from satchel.zoo.trained import TrainedModel

KERAS, TFLITE, TFJS = ".keras", ".tflite", ".json"


@click.group(
    epilog="""\b
Examples:
  satchel zoo list
  satchel zoo get efficientnet-lite0 -o lite0
"""
)
def command() -> None:
    """List and get ready-made models."""


@command.command(
    "list",
    epilog="""\b
Example:
  satchel zoo list --json
""",
)
@click.option("--json", "as_json", is_flag=True, help="The models as a JSON list.")
def list_models(as_json: bool) -> None:
    """List the models, their inputs, sizes and licences."""
    from satchel import units
    from satchel.cli import terminal
    from satchel.zoo.catalog import ENTRIES

    if as_json:
        facts = ("name", "input", "parameters", "top1", "license", "bytes")
        terminal.write_json([{fact: getattr(each, fact) for fact in facts} for each in ENTRIES.values()])
        return
    columns = ("name", "input", "weights", "size", "top-1", "licence")
    rows = terminal.table(*columns, right=("weights", "size", "top-1"))
    for each in ENTRIES.values():
        weights = f"{each.parameters / 1e6:.1f} million" if each.parameters >= 1e5 else f"{each.parameters}"
        top1 = "" if each.top1 is None else f"{each.top1} %"
        rows.add_row(each.name, each.input, weights, units.size(each.bytes), top1, each.license)
    terminal.console().print(rows)
    note = "top-1: of ImageNet's validation photos, as published; of models trained here, of what training held out"
    terminal.console().print(terminal.text(note, "dim"))


@command.command(
    epilog="""\b
Examples:
  satchel zoo get efficientnet-lite0 -o lite0
  satchel pack lite0/model.keras --spec lite0/spec.json -o lite0.satchel \\
      --calibration lite0/calibration --evaluation lite0/evaluation
  satchel zoo get efficientnet-lite2 -o lite2.keras
"""
)
@click.argument("name")
@click.option(
    "-o",
    "--out",
    required=True,
    metavar="OUT",
    type=click.Path(path_type=Path),
    help="A file of the model alone, or a folder.",
)
@click.option("--overwrite", is_flag=True, help="Replace what stands at OUT.")
def get(name: str, out: Path, overwrite: bool) -> None:
    """Get a model, ready to be packed.

    OUT is a .keras file (or .tflite, for models that come as one), or a folder that then holds model.keras (or
    model.json with its weights, of a TF.js graph model), spec.json with its labels, photos (or CSV files) to calibrate
    with, others to compare variants on, samples, the licence of the weights and a model card. The small models are
    trained here, in seconds; that of digits in minutes, once.
    """
    from satchel import zoo
    from satchel.cli import terminal
    from satchel.progress import progress_bar
    from satchel.zoo.catalog import entry
    from satchel.zoo.mnist import DigitsModel
    from satchel.zoo.tflite_models import TFLiteModel
    from satchel.zoo.trained import TrainedModel
    from satchel_converters.quiet import kept_back

    found = entry(name)
    _refuse_existing(out, overwrite)
    with progress_bar(f"getting {found.name}") as progress, kept_back():
        model = zoo.get(found.name, progress=progress)
        _write(model, out)
    terminal.console().print(terminal.text(f"{name} is at {out}", "bold", 4000))
    if isinstance(model, (TrainedModel, DigitsModel)):
        terminal.console().print(terminal.text(f"Trained here: {model.accuracy}", limit=4000))
    if out.suffix not in (KERAS, TFLITE):
        photos = f"--calibration {out}/calibration --evaluation {out}/evaluation"
        if isinstance(model, (TFLiteModel, DigitsModel)):
            photos += "".join(f" --golden {out}/samples/{known.photo.name}" for known in model.known_answers)
        if isinstance(model, TFLiteModel):
            photos += f" --variants {','.join(model.variants)}"
            photos += f" --tfjs {','.join(model.tfjs)}" if model.tfjs else ""
        pack = f"satchel pack {out}/{_file_name(model)} --spec {out}/spec.json {photos} -o {name}.satchel"
        terminal.console().print(terminal.text(f"Pack it with: {pack}", limit=4000), soft_wrap=True)


def _refuse_existing(out: Path, overwrite: bool) -> None:
    """Refuses a place before anything is fetched or trained that could not be kept there."""
    from satchel_metadata.errors import EnvironmentProblem

    if out.exists() and not overwrite:
        raise EnvironmentProblem(
            "env/exists", "there is something already", where=str(out), hint="Give --overwrite to replace it."
        )
    if out.exists() and out.is_dir() and any(out.iterdir()) and not (out / "spec.json").exists():
        raise EnvironmentProblem(
            "env/exists", "expected a folder of the zoo, found another", where=str(out), hint="Choose another OUT."
        )
    there = next(each for each in out.absolute().parents if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        message = "expected a folder that can be written"
        raise EnvironmentProblem("env/cannot-write", message, where=str(there), hint="Choose another OUT.")


def _write(model: ZooModel | TrainedModel | DigitsModel | TFLiteModel, out: Path) -> None:
    """Writes beside `out` and renames, so that nothing half written stands there."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
        alone = out.suffix == Path(_file_name(model)).suffix != TFJS  # Its weights lie beside it.
        made = Path(beside) / (out.name if alone else "folder")
        if alone:
            _save(model, made)
        else:
            _write_folder(model, made)
        if out.is_dir():
            shutil.rmtree(out)
        made.replace(out)


def _file_name(model: ZooModel | TrainedModel | DigitsModel | TFLiteModel) -> str:
    return f"model{model.model.suffix if isinstance(model.model, Path) else KERAS}"


def _save(model: ZooModel | TrainedModel | DigitsModel | TFLiteModel, path: Path) -> None:
    if isinstance(model.model, Path):
        shutil.copyfile(model.model, path)
        for shard in getattr(model, "shards", ()):
            shutil.copyfile(shard, path.parent / shard.name)
    else:
        model.model.save(path)


def _write_folder(model: ZooModel | TrainedModel | DigitsModel | TFLiteModel, folder: Path) -> None:
    from satchel.zoo.trained import TrainedModel

    folder.mkdir()
    _save(model, folder / _file_name(model))
    model.description().save(folder)
    (folder / "LICENSE.txt").write_text(model.license, encoding="utf-8")
    (folder / "card.md").write_text(model.card, encoding="utf-8")
    if isinstance(model, TrainedModel):
        model.write_examples(folder)
        return
    _write_pictures(folder / "calibration", model.calibration)
    pictures, photos = model.evaluation
    first = dict(reversed(list(zip(photos, pictures, strict=True))))
    _write_pictures(folder / "evaluation", tuple(first.values()))
    (folder / "samples").mkdir()
    for known in model.known_answers:
        shutil.copyfile(known.photo, folder / "samples" / known.photo.name)


def _write_pictures(folder: Path, pictures: Sequence[NDArray[np.uint8]]) -> None:
    from PIL import Image

    folder.mkdir()
    for place, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(folder / f"{place:03}.png")
