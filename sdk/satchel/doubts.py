"""What a model says against a spec that is packed or checked with it: it is refused, or doubted."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np

from satchel.binding import bound, positions
from satchel.describe import Description
from satchel_converters.frozen import TensorInfo
from satchel_metadata.errors import SatchelWarning
from satchel_metadata.golden import Golden
from satchel_metadata.infer import answer_output, ranks
from satchel_metadata.plausible import Doubt, check_model, doubts
from satchel_metadata.spec import DType, Spec, Tensor
from satchel_metadata.tflite_front import front_steps
from satchel_metadata.tflite_model import inspect_model

SHOWING = ("top_k", "threshold", "label")
"""Reading steps that leave scores as they are."""
NO_SHARE = 1e-2
"""How far beyond 0 and 1 a score may be for rounding's sake."""


def refuse_misfit(description: Description, inputs: Sequence[TensorInfo], outputs: Sequence[TensorInfo]) -> None:
    """Refuses a description that cannot be right for a model that is open and not yet converted.

    Args:
        description: the spec and its label lists.
        inputs, outputs: the model's own; where one has a dtype that no artefact has, nothing is refused.

    Raises:
        SpecError: spec/unbound, or what check_model raises.
    """
    if any(each.dtype not in get_args(DType) or 0 in each.shape for each in (*inputs, *outputs)):
        return
    spec, artefact = description.spec, "float32/tflite"
    taken = _tensors([each.name for each in spec.inputs], inputs, "input")
    given = _tensors([each.name for each in spec.outputs], outputs, "output")
    check_model(bound(spec, {artefact: taken}, {artefact: given}), artefact, description.labels)


def _tensors(wanted: Sequence[str], found: Sequence[TensorInfo], kind: str) -> list[Tensor]:
    tensors = [
        Tensor.model_validate({"name": each.name, "index": place, "shape": each.shape, "dtype": each.dtype})
        for place, each in enumerate(found)
    ]
    return [tensors[place] for place in positions(wanted, [(each.name,) for each in found], kind)]


def model_doubts(spec: Spec, artefact: str, tflite: bytes) -> tuple[Doubt, ...]:
    """Gives what can hardly be meant for a model: values scaled twice, values its input cannot hold, outputs unread.

    Args:
        spec: with the tensors of the artefact.
        artefact: whose model it is.
        tflite: the model.
    """
    front = {each.name: front_steps(tflite, each.tensor[artefact].index) for each in spec.inputs}
    bound = {each.tensor[artefact].name for each in spec.outputs}
    unbound = [tensor.name for tensor in inspect_model(tflite).outputs if tensor.name not in bound]
    return doubts(spec, artefact, front=front, unbound=unbound)


def score_doubts(spec: Spec, golden: Golden) -> tuple[Doubt, ...]:
    """Gives a doubt where the scores of golden inputs are no shares of 1: logits that no step makes shares of.

    Args:
        spec: with the tensors of the artefacts.
        golden: what they gave.
    """
    output = answer_output(spec)
    if not ranks(spec) or any(step.op not in SHOWING for step in output.steps):
        return ()
    artefact = min(golden.bounds, key=lambda name: (output.tensor[name].scale is not None, name))
    tensor, values = output.tensor[artefact], [case.artefacts[artefact].outputs[output.name] for case in golden.cases]
    scores = np.concatenate([each.array().reshape(-1) for each in values]).astype(np.float64)
    if tensor.scale is not None and tensor.zero_point is not None:
        scores = (scores - tensor.zero_point) * tensor.scale
    low, high = float(scores.min()), float(scores.max())
    if low >= -NO_SHARE and high <= 1 + NO_SHARE:
        return ()
    one = values[0].shape[-1] == 1
    message = f"the scores of the golden inputs go from {low:.3g} to {high:.3g}, so they are no shares but logits"
    hint = f"Say activation='{'sigmoid' if one else 'softmax'}' (--activation)" + (
        "." if one else ", or 'sigmoid' where several classes may be true at once."
    )
    return (Doubt(f"$.outputs[{spec.outputs.index(output)}].steps", message, hint),)


def warn_of(found: Iterable[Doubt], stacklevel: int) -> None:
    """Warns of each doubt once.

    Args:
        found: the doubts; those of several artefacts may be the same.
        stacklevel: as of warnings.warn, seen from the caller.
    """
    for text in dict.fromkeys(doubt.paragraph() for doubt in found):
        warnings.warn(text, SatchelWarning, stacklevel=stacklevel + 1)
