"""What a model says against a spec that is packed or checked with it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from satchel_metadata.errors import SatchelWarning
from satchel_metadata.plausible import Doubt, doubts
from satchel_metadata.spec import Spec
from satchel_metadata.tflite_front import front_steps
from satchel_metadata.tflite_model import inspect_model


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


def warn_of(found: Iterable[Doubt], stacklevel: int) -> None:
    """Warns of each doubt once.

    Args:
        found: the doubts; those of several artefacts may be the same.
        stacklevel: as of warnings.warn, seen from the caller.
    """
    for text in dict.fromkeys(doubt.paragraph() for doubt in found):
        warnings.warn(text, SatchelWarning, stacklevel=stacklevel + 1)
