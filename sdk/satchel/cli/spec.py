"""satchel spec: starts a description, checks it, and tells it in words."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from satchel.cli.spec_start import LIBRARIES, MODES, TASKS

if TYPE_CHECKING:
    from satchel.describe import Description
    from satchel_metadata.plausible import Doubt

ARTEFACT = "float32/tflite"
"""Under this name a model's tensors are held against a spec that is not packed yet."""


@click.group(
    epilog="""\b
Examples:
  satchel spec init --task image_classification -o my-spec
  satchel spec validate my-spec/spec.json --model model.tflite
  satchel spec explain my-spec/spec.json
"""
)
def command() -> None:
    """Start, check and explain the description of a model."""


@command.command(
    epilog="""\b
Examples:
  satchel spec init --task tabular_classification -o my-spec
  satchel spec init --task image_classification -o my-spec --labels labels.txt --from-keras MobileNetV2
  satchel spec init --task image_classification -o my-spec --from-huggingface preprocessor_config.json
"""
)
@click.option("--task", type=click.Choice(TASKS), required=True, help="What the model does.")
@click.option("-o", "--out", required=True, metavar="FOLDER", help="Where spec.json and its label files go.")
@click.option("--name", metavar="NAME", help="The model's name.  [default: model]")
@click.option("--labels", metavar="FILE", help="Text file, one label a line, in the order of the output.")
@click.option("--from-keras", metavar="MODEL", help="Prepare as this .keras file, or this one of keras.applications.")
@click.option("--mode", type=click.Choice(MODES), help="Of preprocess_input, where --from-keras does not say.")
@click.option("--from-huggingface", metavar="FILE", help="Prepare as this preprocessor_config.json says.")
@click.option("--from-torchvision", metavar="FILE", help="Prepare as these transforms, printed into a text file.")
@click.option("--from-timm", metavar="FILE", help="Prepare as this config.json says.")
@click.option("--from-tflite", metavar="FILE", help="Prepare as the TFLite Metadata of this model asks for.")
@click.option("--overwrite", is_flag=True, help="Replace a spec.json that is there.")
def init(
    task: str,
    out: str,
    name: str | None,
    labels: str | None,
    mode: str | None,
    overwrite: bool,
    **sources: str | None,
) -> None:
    """Write a spec to begin with, for a task.

    Its values are examples: change them to what the model was trained with. Where the preparation is read from another
    library, it is that library's own.
    """
    from satchel.cli import spec_start, terminal
    from satchel_metadata.errors import EnvironmentProblem

    named = {key.removeprefix("from_"): value for key, value in sources.items() if value is not None}
    if len(named) > 1:
        options = ", ".join(f"--from-{each}" for each in LIBRARIES if each in named)
        raise click.UsageError(f"A model is prepared in one way; give one of {options}.")
    if mode is not None and "keras" not in named:
        raise click.UsageError("--mode is of Keras's preprocess_input; give --from-keras too, or leave it out.")
    place = Path(out) / "spec.json"
    if place.exists() and not overwrite:
        hint = "Choose another folder, or give --overwrite."
        raise EnvironmentProblem("env/exists", "a spec is there already", where=str(place), hint=hint)
    library, source = next(iter(named.items()), (None, None))
    described, notes = spec_start.start(task, labels, library, source, name=name, mode=mode)
    Path(out).mkdir(parents=True, exist_ok=True)
    written = described.save(out)
    console = terminal.console()
    for note in notes:
        console.print(terminal.text(f"note: {note}", limit=1000))
    console.print(terminal.text(f"wrote {written}; `satchel spec explain {written}` tells it in words", limit=4000))


@command.command(
    epilog="""\b
Examples:
  satchel spec validate my-spec/spec.json
  satchel spec validate my-spec/spec.json --model model.tflite --strict
"""
)
@click.argument("spec", type=click.Path())
@click.option("--model", metavar="FILE", help="Hold it against this .tflite (or .keras, .h5, SavedModel: converted).")
@click.option("--signature", metavar="NAME", help="Which signature of a SavedModel.")
@click.option("--strict", is_flag=True, help="Exit with 1 when something is doubted.")
@click.pass_context
def validate(ctx: click.Context, spec: str, model: str | None, signature: str | None, strict: bool) -> None:
    """Check a spec, and that it fits a model, before anything runs.

    What cannot be right is an error that names the step; what can hardly be meant is a warning.
    """
    from satchel.cli import terminal
    from satchel.cli.failures import complain

    described = read(spec)
    found = _doubts(described, model, signature)
    for doubt in found:
        complain("warning", doubt.paragraph())
    fits = f", and fits {model}" if model else ""
    doubted = f"; {len(found)} warning{'s' * (len(found) > 1)}" if found else ""
    terminal.console().print(terminal.text(f"{spec}: valid{fits}{doubted}", limit=4000))
    if strict and found:
        ctx.exit(1)


@command.command(
    epilog="""\b
Examples:
  satchel spec explain my-spec/spec.json
  satchel spec explain model.satchel
"""
)
@click.argument("spec", type=click.Path())
def explain(spec: str) -> None:
    """Tell a spec in words: what each step does, and the shape, dtype and range of what it gives.

    SPEC is a spec.json, the folder it is in, or a bundle.
    """
    from satchel.cli import spec_words, terminal

    described = read(spec)
    spec_words.show(described.spec, described.labels, terminal.console())


def read(path: str) -> Description:
    """Gives the description in a spec.json, in the folder that holds one, or in a bundle.

    Raises:
        SatchelError: it cannot be read, or is wrong.
    """
    from satchel.describe import Description
    from satchel_metadata.bundle import BundleReader

    place = Path(path)
    if place.suffix == ".satchel" or (place.is_dir() and (place / "manifest.json").exists()):
        reader = BundleReader.open(place)
        return Description(reader.spec, reader.labels)
    return Description.read(place / "spec.json" if place.is_dir() else place)


def _doubts(described: Description, model: str | None, signature: str | None) -> tuple[Doubt, ...]:
    from satchel_metadata.infer import check_steps
    from satchel_metadata.plausible import check_model, doubts

    check_steps(described.spec)
    if model is None:
        return doubts(described.spec)
    from satchel.artefacts import tflite_tensors
    from satchel.binding import bound, sizes
    from satchel.doubts import model_doubts

    tflite = _tflite(Path(model), signature, sizes(described.spec))
    inputs, outputs = tflite_tensors(tflite, described.spec)
    fitted = bound(described.spec, {ARTEFACT: inputs}, {ARTEFACT: outputs})
    check_model(fitted, ARTEFACT, described.labels)
    return model_doubts(fitted, ARTEFACT, tflite)


def _tflite(model: Path, signature: str | None, shapes: dict[str, tuple[int | None, ...]]) -> bytes:
    """Gives the bytes of a .tflite, or those that another model is converted to."""
    from satchel_metadata.errors import CHECK_PATH, ModelError

    if model.suffix == ".tflite":
        try:
            return model.read_bytes()
        except OSError as error:
            raise ModelError(
                "model/not-found", f"cannot be read ({error.strerror})", where=str(model), hint=CHECK_PATH
            ) from None
    from satchel_converters.sources import load_source

    with tempfile.TemporaryDirectory(prefix="satchel-") as folder:
        source: Any = load_source(model, Path(folder), signature=signature, input_shapes=shapes)
        return bytes(source.tflite)
