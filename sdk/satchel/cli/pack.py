"""satchel pack: a trained model becomes a bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from satchel.cli import description
from satchel.cli.parameters import NAMES

if TYPE_CHECKING:
    from satchel.bundle import Bundle
    from satchel.describe import Description
    from satchel.training import Training


@click.command(
    cls=description.DescribingCommand,
    epilog="""\b
Examples:
  satchel pack model.keras -o model.satchel --labels labels.txt --resize-shorter 256 --crop 224 \\
      --resize pillow.bicubic --mean 127 --std 128 --variants float32,int8 --calibration photos/
  satchel pack model.tflite -o model.satchel --spec spec.json --variants float32,float16
""",
)
@click.argument("model", type=click.Path())
@click.option("-o", "--out", required=True, metavar="OUT", help="One file if it ends in .satchel, else a folder.")
@click.option(
    "--variants",
    metavar="A,B",
    type=NAMES,
    help="Of float32, float16, dynamic_range, weight_only, int8, int8_per_tensor, int16x8 (runs take 7 to 40 times "
    "int8's), int4 (dense layers alone).  [default: float32,int8; what a quantised .tflite is]",
)
@click.option(
    "--recipe",
    metavar="FILE.json",
    multiple=True,
    help="A recipe, a JSON list of passes; the variant has the file's name. May be given again.",
)
@click.option("--tfjs", metavar="A,B", type=NAMES, help="TF.js models: of float32, float16, uint8; or none.")
@click.option("--calibration", metavar="FOLDER", help="Photos that show int8 the ranges of its values.")
@click.option("--calibration-count", metavar="N", type=click.IntRange(1), help="Use exactly N of them.")
@click.option("--evaluation", metavar="FOLDER", help="Photos to compare the variants on.")
@click.option("--golden", metavar="FILE", multiple=True, help="A photo for the golden inputs; may be given again.")
@click.option(
    "--training",
    metavar="FOLDER",
    help="A folder of photos a class, for recipes that train (prune, cluster, qat, ...).",
)
@click.option("--epochs", metavar="N", type=click.IntRange(1), help="How often a pass goes through them.  [default: 3]")
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Of such a training: one seed, one result.")
@click.option("--resume", metavar="FOLDER", help="Where such a training is kept, to go on there when it was stopped.")
@click.option("--signature", metavar="NAME", help="Which signature of a SavedModel.")
@click.option(
    "--io", type=click.Choice(["uint8", "float32"]), default="uint8", show_default=True, help="Tensors of int8."
)
@click.option(
    "--compress",
    type=click.Choice(["deflate", "entropy", "best"]),
    is_flag=False,
    flag_value="best",
    help="Store each .tflite compressed: --compress alone takes what is best.",
)
@click.option("--overwrite", is_flag=True, help="Replace what stands at OUT.")
@click.option("--threads", metavar="N", type=click.IntRange(1, 256), help="Threads of the interpreter when measuring.")
@description.options
def command(model: str, out: str, **given: Any) -> None:
    """Pack a trained model with its preparation, labels and proof.

    MODEL is a .keras, .h5 or .tflite file, a SavedModel folder, or the model.json of a TF.js graph model. What its
    input is made from is told by --spec, or by --labels with --resize-shorter and --crop, with --size and --fit, or
    with --central-fraction and --size.
    """
    if given["spec"] is None:
        given["name"] = given["name"] or Path(model).stem or None
    described = description.take(given)
    # The quantizer draws bars of its own through tqdm, between ours.
    os.environ.setdefault("TQDM_DISABLE", "1")

    from satchel.packing import pack
    from satchel.progress import progress_bar
    from satchel.recipes import Recipe
    from satchel_metadata.text import printable

    recipes = [Recipe.read(each) for each in given.pop("recipe")]
    if recipes:
        given["variants"] = (*(given["variants"] or ()), *recipes)
    given["golden"] = given["golden"] or None
    given["compress"] = given["compress"] == "best" or given["compress"] or False
    given["tfjs"] = () if given["tfjs"] == ("none",) else given["tfjs"]
    given["training"] = _training(given, described)
    with progress_bar(f"packing {printable(model)}") as progress:
        bundle = pack(model, described, out, progress=progress, **given)
    variants_table(bundle)


def _training(given: dict[str, Any], described: Description) -> Training | None:
    """Gives the training that the options ask for, and takes them out of what was given."""
    folder = given.pop("training")
    settings = {name: given.pop(name) for name in ("epochs", "seed", "resume")}
    settings = {name: value for name, value in settings.items() if value is not None}
    if folder is None:
        if settings:
            raise click.UsageError(f"--{next(iter(settings))} is of a training: give --training FOLDER as well.")
        return None
    from satchel.training import Training, labelled_folder

    if "resume" in settings:
        settings["resume"] = Path(settings["resume"])
    return Training(labelled_folder(folder, described), **settings)


def variants_table(bundle: Bundle) -> None:
    """Prints a row a variant with size, agreement and latency; then path, size and digest; and notes of the packing."""
    from satchel.cli.failures import complain
    from satchel.cli.summary import show
    from satchel.report.contents import measurements

    show(bundle)
    notes = measurements(bundle.reader)["notes"]
    if notes:
        complain("note", f"programs that read only the TFLite Metadata prepare otherwise: {'; '.join(notes)}")
