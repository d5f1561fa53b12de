"""Options that describe a model's input and output: one for each argument of `satchel.image_classification`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import click

from satchel.cli.parameters import DECIMAL, DECIMALS, INTEGERS, SIZE
from satchel.cli.sections import Sections

if TYPE_CHECKING:
    from satchel.describe import Description

Function = Callable[..., Any]
ROUNDINGS = click.Choice(["floor", "half_even"])

OPTIONS = (
    click.option("--spec", metavar="FILE", help="spec.json, its label files beside it; instead of the options below."),
    click.option("--labels", metavar="FILE", help="Text file, one label a line, in the order of the output."),
    click.option("--resize-shorter", metavar="PX", type=int, help="Resize the shorter side to PX ..."),
    click.option(
        "--crop", metavar="SIZE", type=SIZE, help="... then keep the centre: 224, or 224x192 (height x width)."
    ),
    click.option("--size", metavar="SIZE", type=SIZE, help="Or resize to SIZE ..."),
    click.option(
        "--fit", type=click.Choice(["stretch", "cover", "contain"]), help="... in this way  [default: stretch]"
    ),
    click.option("--central-fraction", metavar="F", type=DECIMAL, help="... only this central part of both sides."),
    click.option("--resize", metavar="METHOD", help="As in training: pillow.bicubic, tf.bilinear, ..."),
    click.option(
        "--side-rounding", type=ROUNDINGS, help="Of the computed side.  [default: as the library of --resize]"
    ),
    click.option("--offset-rounding", type=ROUNDINGS, help="Of the crop's offset, likewise."),
    click.option("--pad-value", metavar="RGB", type=INTEGERS, help="Margins of --fit contain: 0, or 114,114,114."),
    click.option("--mean", metavar="M", type=DECIMALS, help="Subtracted: 127, or one a channel: 123.7,116.3,103.5."),
    click.option("--std", metavar="S", type=DECIMALS, help="Divided by, likewise."),
    click.option(
        "--range", type=click.Choice(["0..255", "0..1", "-1..1"]), help="Of the values that mean and std are for."
    ),
    click.option("--color", type=click.Choice(["RGB", "BGR", "GRAY"]), help="Channels of the model's input."),
    click.option("--layout", type=click.Choice(["NHWC", "NCHW"]), help="Axes of the model's input."),
    click.option(
        "--background", metavar="RGB", type=INTEGERS, help="What transparent pictures are laid on: 255,255,255."
    ),
    click.option(
        "--activation", type=click.Choice(["none", "softmax", "sigmoid"]), help="Still to be applied to the output."
    ),
    click.option("--top-k", metavar="N", type=int, help="Classes of an answer."),
    click.option("--threshold", metavar="S", type=DECIMAL, help="Least score of an answer's class."),
    click.option("--input-name", metavar="NAME", help="The model's input, where it has several."),
    click.option("--output-name", metavar="NAME", help="The model's output to read, where it has several."),
    click.option("--name", help="The model's name.  [default: its file's]"),
    click.option("--model-version", "version", metavar="X.Y.Z", help="The model's version."),
    click.option("--author", help="Who made the model."),
    click.option("--license", help="The model's licence."),
    click.option("--description", metavar="TEXT", help="What the model does."),
)
PREPARATION = (
    *("resize_shorter", "crop", "size", "fit", "central_fraction", "resize", "side_rounding", "offset_rounding"),
    *("pad_value", "mean", "std", "range", "color", "layout", "background"),
)
READING = ("labels", "activation", "top_k", "threshold", "input_name", "output_name")
ABOUT = ("name", "version", "author", "license", "description")
ARGUMENTS = (*PREPARATION, *READING, *ABOUT)


class DescribingCommand(Sections):
    """A command with these options, each under its heading."""

    headings: ClassVar[dict[str, tuple[str, ...]]] = {
        "From the photo to the input": ("spec", *PREPARATION),
        "From the output to the answer": READING,
        "About the model": ABOUT,
    }


def options(command: Function) -> Function:
    """Adds the options to a command, in their order."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def take(given: dict[str, Any]) -> Description:
    """Takes the options out of what a command was given, and gives the description that they make.

    Raises:
        click.UsageError: --spec beside other options, or neither --spec nor --labels.
        SpecError: the description is wrong.
    """
    from satchel.describe import Description, image_classification

    spec = given.pop("spec")
    told = {name: given.pop(name) for name in ARGUMENTS}
    told = {name: value for name, value in told.items() if value is not None}
    if spec is None and "labels" not in told:
        raise click.UsageError(
            "What is the model's input made from? Give --spec, or --labels with --resize-shorter or --size."
        )
    if spec is None:
        return image_classification(**told)
    if told:
        options = ", ".join("--" + ("model-version" if name == "version" else name.replace("_", "-")) for name in told)
        raise click.UsageError(f"--spec says it all; leave out {options}, or leave out --spec.")
    return Description.read(spec)
