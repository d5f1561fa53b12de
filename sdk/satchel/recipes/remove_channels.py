"""Whole channels removed: the model gets thinner."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from satchel.progress import Progress
from satchel.training.channels import Channels, operations, thinner, traced
from satchel.training.data import Training
from satchel.training.kernels import copied
from satchel.training.loop import fine_tune
from satchel.training.rebuilding import functional
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, SpecError


@dataclass(frozen=True)
class RemoveChannels:
    """Convolutions and dense layers -> the same with fewer channels, then trained on: smaller and faster everywhere.

    Before: `Conv2D(32) -> BatchNormalization -> Conv2D(64)`. After: `Conv2D(24) -> BatchNormalization -> Conv2D(48)`.
    Those whose filters are smallest go (Li et al. 2017, Pruning Filters for Efficient ConvNets, section 3). Layers that
    are added to each other lose the same channels. Inputs and outputs of the model keep theirs, and so does what flows
    into a layer that cannot be followed, which the facts name.

    Attributes:
        share: of the channels of every layer, how many go.
    """

    share: float = 0.25
    kind: ClassVar[str] = "remove_channels"
    stage: ClassVar[Literal["model"]] = "model"

    def validate(self) -> None:
        """Refuses a share that removes nothing or all (spec/out-of-range)."""
        if isinstance(self.share, bool) or not isinstance(self.share, (int, float)) or not 0 < self.share < 1:
            raise SpecError(
                "spec/out-of-range",
                f"found share {self.share!r}",
                where="RemoveChannels",
                hint="Give a share above 0 and below 1.",
            )


def thinned(
    step: RemoveChannels, given: Any, training: Training, progress: Progress | None = None
) -> tuple[Any, dict[str, Any]]:
    """Gives a thinner tf_keras model, fine-tuned, and the facts: channels, weights and operations before and after.

    Raises:
        ConversionError: model/layer-untouched when no channel can go, with the layers that are why;
            model/training-diverged.
    """
    with tensorflow():
        whole = functional(copied(given))
        found = traced(whole)
        gone = _chosen(step, whole, found)
        if not gone:
            reasons = sorted(set(found.reasons().values()))
            raise ConversionError(
                "model/layer-untouched",
                f"no channel can be removed; kept because of: {', '.join(reasons)}",
                hint="Leave the pass out, give a larger share, or replace the layers that it cannot follow.",
            )
        model = thinner(whole, found, gone)
        told = fine_tune(model, training, step.kind, dataclasses.asdict(step), progress=progress)
        facts = _facts(whole, model, found)
    return model, facts | {"epochs": told}


def _chosen(step: RemoveChannels, model: Any, found: Channels) -> set[int]:
    """Gives the channels whose filters are smallest, `share` of each set of layers that go together."""
    size: dict[int, float] = {}
    together: dict[int, set[int]] = {}
    for name, numbers in found.made.items():
        leaders = found.leaders(numbers)
        for leader, norm in zip(leaders, _norms(model.get_layer(name)), strict=True):
            size[int(leader)] = size.get(int(leader), 0.0) + norm
        together.setdefault(int(leaders[0]), set()).update(map(int, leaders))
    pinned = found.reasons()
    gone: set[int] = set()
    for group in together.values():
        free = sorted((each for each in group if each not in pinned), key=lambda each: (size[each], each))
        gone |= set(free[: min(int(step.share * len(group) + 0.5), len(group) - 1)])
    for numbers in found.made.values():  # Layers that share only some of their channels may lose too many.
        largest = max(map(int, found.leaders(numbers)), key=lambda each: size[each])
        if gone.issuperset(map(int, found.leaders(numbers))):
            gone.remove(largest)
    return gone


def _norms(layer: Any) -> Any:
    """Gives the sum of |w| of each filter of a layer, each layer's mean being 1."""
    kernel = np.abs(layer.get_weights()[1 if type(layer).__name__ == "SeparableConv2D" else 0])
    if type(layer).__name__ == "Conv2DTranspose":
        kernel = np.swapaxes(kernel, -1, -2)
    norms = kernel.reshape(-1, kernel.shape[-1]).sum(axis=0)
    return norms / max(float(norms.mean()), 1e-12)


def _facts(whole: Any, model: Any, found: Channels) -> dict[str, Any]:
    before, after = (
        {name: int(each.get_layer(name).output_shape[-1]) for name in found.made} for each in (whole, model)
    )
    reasons = found.reasons()
    kept = {
        name: sorted({reasons[int(each)] for each in found.leaders(numbers) if int(each) in reasons})
        for name, numbers in found.made.items()
    }
    return {
        "channels": {name: [before[name], after[name]] for name in before},
        "kept_because_of": {name: why for name, why in kept.items() if why},
        "weights": [int(whole.count_params()), int(model.count_params())],
        "operations": [operations(whole), operations(model)],
    }
