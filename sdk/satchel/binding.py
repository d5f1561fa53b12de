"""Binds the inputs and outputs of a spec to the tensors of each artefact: by name, never by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from satchel_metadata.errors import SpecError
from satchel_metadata.infer import check_steps
from satchel_metadata.spec import Input, Output, Spec, Tensor


def positions(wanted: Sequence[str], names: Sequence[Sequence[str]], kind: str) -> tuple[int, ...]:
    """Gives, for each input (or output) of a spec, its position among the model's.

    Args:
        wanted: the names in the spec.
        names: what each of the model's goes by: signature name, tensor name.
        kind: `input` or `output`, for the error.

    A single one is bound to a single one whatever their names; of several, each must be named as the model names it.

    Raises:
        SpecError: spec/unbound, with the names there are.
    """
    if len(wanted) == 1 and len(names) == 1:
        return (0,)
    found = []
    for name in wanted:
        places = [place for place, aliases in enumerate(names) if name in aliases]
        if len(places) != 1:
            there = ", ".join(repr(aliases[0]) for aliases in names)
            raise SpecError(
                "spec/unbound",
                f"the model has no {kind} named {name!r}",
                where=f"$.{kind}s",
                hint=f"Name the spec's {kind}s as the model does: {there}.",
            )
        found.append(places[0])
    if kind == "input" and len(found) < len(names):
        missing = ", ".join(repr(aliases[0]) for place, aliases in enumerate(names) if place not in found)
        raise SpecError(
            "spec/unbound",
            f"nothing is said of the model's input {missing}",
            where="$.inputs",
            hint="Describe it too: add an input of that name.",
        )
    return tuple(found)


def sizes(spec: Spec) -> dict[str, tuple[int | None, ...]]:
    """Gives, by input, the shape that its steps prepare, with batch 1; None where a size follows the sample."""
    return {
        each.name: (1, *shapes[-1].shape) for each, shapes in zip(spec.inputs, check_steps(spec), strict=True) if shapes
    }


def bound(spec: Spec, inputs: Mapping[str, Sequence[Tensor]], outputs: Mapping[str, Sequence[Tensor]]) -> Spec:
    """Gives the spec with its tensors filled in.

    Args:
        spec: the author's; tensors it has already are replaced.
        inputs, outputs: artefact id -> the tensors, in the order of the spec's inputs and outputs.
    """
    return spec.model_copy(
        update={
            "inputs": tuple(
                each.model_copy(update={"tensor": _of(each, place, inputs)}) for place, each in enumerate(spec.inputs)
            ),
            "outputs": tuple(
                each.model_copy(update={"tensor": _of(each, place, outputs)}) for place, each in enumerate(spec.outputs)
            ),
        }
    )


def _of(each: Input | Output, place: int, tensors: Mapping[str, Sequence[Tensor]]) -> dict[str, Tensor]:
    layout = next((step.to for step in each.steps if step.op == "layout"), None)
    return {
        artefact: found[place].model_copy(update={"layout": layout} if layout else {})
        for artefact, found in tensors.items()
    }
