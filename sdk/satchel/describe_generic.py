"""Descriptions of models whose answer is their numbers, and of models that no other builder describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Unpack

from satchel.describe import Description, Labels, read_labels
from satchel.describe_pictures import About, Told, about_of, preparation_of
from satchel.preprocess import Preprocess
from satchel_metadata.spec import parse_spec

Steps = Sequence[Mapping[str, Any]]


def embedding(*, output: str = "embedding", **told: Unpack[Told]) -> Description:
    """Gives the description of a model that makes a vector of a picture; the answer's `values` are that vector.

    Args:
        output: name of the model's output.
        told: how the photo is prepared and what the model is called, as in `satchel.image_classification`; or a
            `preprocess` (`satchel.Preprocess`) in place of the former.

    Raises:
        SpecError: values that are wrong or do not go together, with the JSON path in the spec.
    """
    return _described("embedding", {"image": preparation_of(told)}, {output: ()}, None, told)


def generic(
    *,
    inputs: Mapping[str, Steps | Preprocess],
    outputs: Mapping[str, Steps] | Sequence[str] = ("output",),
    labels: Labels | None = None,
    **about: Unpack[About],
) -> Description:
    """Gives the description of any model, its steps as they stand in spec.json.

    Args:
        inputs: name of each of the model's inputs -> its steps ({"op": "decode"}, ...), or a `satchel.Preprocess`.
        outputs: name of each output -> its steps, of which one has some, or the only one; or just the names. Without
            steps the answer's `values` are the numbers of the output.
        labels: a text file with one label a line, or the labels: the list `classes` that a label step may name.
        about: name, version, author, license and description of the model; the version is semantic (`1.0.0`).

    Raises:
        SpecError: steps that are wrong, with the JSON path in the spec.
    """
    steps = outputs if isinstance(outputs, Mapping) else dict.fromkeys(outputs, ())
    return _described("generic", inputs, steps, labels, about)


def _described(
    task: Literal["embedding", "generic"],
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Steps],
    labels: Labels | None,
    told: Mapping[str, Any],
) -> Description:
    document = {
        "name": "model",
        **about_of(told, Told if task == "embedding" else About),
        "task": task,
        "inputs": [
            {"name": name, "steps": list(steps.steps if isinstance(steps, Preprocess) else steps)}
            for name, steps in inputs.items()
        ],
        "outputs": [{"name": name, "steps": list(steps)} for name, steps in outputs.items()],
        "labels": {} if labels is None else {"classes": "labels/classes.txt"},
    }
    return Description(parse_spec(document), {} if labels is None else {"classes": read_labels(labels)})
