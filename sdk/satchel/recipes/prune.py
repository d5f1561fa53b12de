"""Weights set to zero."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from satchel.progress import Progress
from satchel.training import kernels, losses
from satchel.training.data import Training
from satchel.training.loop import Rule, fine_tune, steps_of
from satchel.training.masks import LEVELS, Structure, allocated, mask
from satchel.training.saliency import Saliency, saliencies
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, SpecError

_RISING = 0.6
"""Share of the steps in which a polynomial schedule reaches its end; in the others the masks stay as they are."""
_TIMES = 16
"""How often masks are drawn anew meanwhile."""
_JUDGED = 512
"""Samples that a layer's sensitivity is measured on."""


@dataclass(frozen=True)
class Prune:
    """Weights that matter least -> zeros, while the others are trained on: smaller once compressed, not in memory.

    Before: `Dense(kernel of 1000 values)`. After: `Dense(kernel of 200 values and 800 zeros)`.
    Source: Zhu and Gupta 2017, To Prune, or Not to Prune, equation 1 (schedules); `satchel.training.saliency` for what
    matters least. TFMOT's schedules and its 2:4 masks are used.

    Zeros make a model smaller over the wire, not faster: of TensorFlow Lite's sparse encoding only dense layers in
    blocks gain (a sixth of the time at 95 % zeros), single zeros and convolutions do not, so files are written plainly
    (benchmarks/optimise/sparse_encoding.py). RemoveChannels makes every runtime faster.

    Attributes:
        sparsity: share of zeros in every kernel, or by layer: {"dense": 0.95, "*": 0.8}, where "*" is every other. Not
            given: 0.8, of "2:4" a half. Depthwise kernels and biases are left as they are.
        schedule: "polynomial" raises it from 0 by a cubic; "constant" has it from the first step on.
        saliency: what a weight matters by.
        structure: "unstructured"; "2:4": two of every four inputs of an output go; "block": four inputs of an output go
            together.
        allocation: "uniform" takes `sparsity` for each layer; "sensitivity" takes it for all weights together, and
            finds for each layer how much of that it can bear.
        skip: leave alone the layers that pruning cannot touch, instead of refusing.
    """

    sparsity: float | Mapping[str, float] | None = None
    schedule: Literal["polynomial", "constant"] = "polynomial"
    saliency: Saliency = "magnitude"
    structure: Structure = "unstructured"
    allocation: Literal["uniform", "sensitivity"] = "uniform"
    skip: bool = False
    kind: ClassVar[str] = "prune"
    stage: ClassVar[Literal["model"]] = "model"

    def validate(self) -> None:
        """Refuses a sparsity of 1 and settings that contradict each other (spec/out-of-range, spec/unknown-value)."""
        for name, allowed in _ALLOWED.items():
            if getattr(self, name) not in allowed:
                raise SpecError(
                    "spec/unknown-value",
                    f"found {name} {getattr(self, name)!r}",
                    where="Prune",
                    hint=f"Allowed: {', '.join(map(repr, allowed))}.",
                )
        for value in self._values():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
                raise _refused(f"found sparsity {value!r}", "Give a share above 0 and below 1: at 1 nothing is left.")
        if self.structure == "2:4" and set(self._values()) - {0.5}:
            raise _refused("2:4 leaves two of every four weights", "Leave sparsity out, or give 0.5.")
        if self.allocation == "sensitivity" and (isinstance(self.sparsity, Mapping) or self.structure == "2:4"):
            raise _refused("sensitivity finds each layer's sparsity", "Give one number for all layers together.")

    def _values(self) -> list[Any]:
        given = self.sparsity if self.sparsity is not None else (0.5 if self.structure == "2:4" else 0.8)
        return list(given.values()) if isinstance(given, Mapping) else [given]

    def of_layer(self, name: str) -> float:
        """Gives the sparsity asked for one layer; 0 where a mapping names neither it nor "*"."""
        if isinstance(self.sparsity, Mapping):
            return float(self.sparsity.get(name, self.sparsity.get("*", 0.0)))
        return float(self._values()[0])


_ALLOWED = {
    "schedule": ("polynomial", "constant"),
    "saliency": ("magnitude", "gradient", "second_order"),
    "structure": ("unstructured", "2:4", "block"),
    "allocation": ("uniform", "sensitivity"),
}


def _refused(message: str, hint: str) -> SpecError:
    return SpecError("spec/out-of-range", message, where="Prune", hint=hint)


def pruned(step: Prune, given: Any, training: Training, progress: Progress | None = None) -> tuple[Any, dict[str, Any]]:
    """Gives a pruned tf_keras model, and the sparsity that each layer reached; the model given is not changed.

    Raises:
        ConversionError: model/layer-untouched, model/sparsity-not-reached, model/training-diverged.
        SpecError: spec/unknown-key for a layer that the model does not have.
    """
    with tensorflow():
        left = kernels.require_touchable(given, "pruning", step.skip)
        model = kernels.copied(given)
        wanted = _wanted(step, model, training)
        rule = _Masks(step, model, training, wanted)
        told = fine_tune(model, training, step.kind, dataclasses.asdict(step), rule, progress)
        facts = _reached(step, model, wanted)
    return model, facts | {"left_alone": list(left), "epochs": told}


def _wanted(step: Prune, model: Any, training: Training) -> dict[str, float]:
    """Gives the sparsity of each kernel that is to have zeros."""
    found = kernels.kernels(model)
    if isinstance(step.sparsity, Mapping) and (unknown := sorted(set(step.sparsity) - set(found) - {"*"})):
        raise SpecError(
            "spec/unknown-key",
            f"the model has no layer {unknown[0]!r} to prune",
            where="Prune",
            hint=f"It has: {', '.join(found)}.",
        )
    if step.allocation == "uniform":
        return {name: step.of_layer(name) for name in found if step.of_layer(name)}
    costs = _costs(step, model, training)
    sizes = {name: int(np.prod(each.shape)) for name, each in found.items()}
    return {name: each for name, each in allocated(costs, sizes, step.of_layer("*")).items() if each}


def _costs(step: Prune, model: Any, training: Training) -> dict[str, list[float]]:
    """Gives by how much the loss rises when one layer alone is pruned, at each level."""
    found = kernels.kernels(model)
    scores = saliencies(step.saliency, model, list(found.values()), training)
    loss = _loss(model, training)
    costs: dict[str, list[float]] = {}
    for (name, variable), score in zip(found.items(), scores, strict=True):
        weights, whole = variable.numpy(), []
        for level in LEVELS:
            variable.assign(weights * mask(score, level, step.structure))
            whole.append(loss())
        variable.assign(weights)
        costs[name] = [each - whole[0] for each in whole]
    return costs


def _loss(model: Any, training: Training) -> Any:
    """Gives a callable for the loss over the first samples, in the training's own order."""
    import tensorflow as tf

    measure, examples = losses.measure_of(model, training), training.examples
    chosen = np.random.default_rng((training.seed, 78)).permutation(len(examples))[:_JUDGED]
    inputs, labels = (
        {name: tf.constant(each[np.sort(chosen)]) for name, each in part.items()}
        for part in (examples.inputs, examples.labels)
    )
    return lambda: float(measure.loss(model(losses.packed(inputs), training=False), labels))


class _Masks(Rule):
    """Draws masks by the schedule, and holds the weights to them after every step."""

    def __init__(self, step: Prune, model: Any, training: Training, wanted: Mapping[str, float]) -> None:
        import tensorflow as tf

        self.step, self.model, self.training, self.wanted = step, model, training, wanted
        found = kernels.kernels(model)
        self.variables_masked = [found[name] for name in wanted]
        self.masks = [tf.Variable(tf.ones(each.shape), trainable=False) for each in self.variables_masked]
        self.end = 0 if step.schedule == "constant" else round(_RISING * (steps_of(training).total - 1))
        self.every = max(1, self.end // _TIMES)

    def constrain(self) -> None:
        """Puts the zeros back."""
        import tensorflow as tf

        for variable, kept in zip(self.variables_masked, self.masks, strict=True):
            # A product would leave -0.0 of negative weights: a second value that says the same.
            variable.assign(tf.where(kept > 0, variable, tf.zeros_like(variable)))

    def before(self, step: int, total: int) -> None:
        """Draws the masks anew where the schedule says so; once they are at their end they stay."""
        if step <= self.end and (step % self.every == 0 or step == self.end):
            scores = saliencies(self.step.saliency, self.model, self.variables_masked, self.training, step)
            for name, score, kept in zip(self.wanted, scores, self.masks, strict=True):
                kept.assign(mask(score, self._now(self.wanted[name], step), self.step.structure))
            self.constrain()

    def state(self) -> list[Any]:
        """The masks."""
        return list(self.masks)

    def _now(self, final: float, step: int) -> float:
        from tensorflow_model_optimization.python.core.sparsity.keras import pruning_schedule

        if step >= self.end or self.step.structure == "2:4":
            return final
        return float(pruning_schedule.PolynomialDecay(0.0, final, 0, self.end, power=3)(step)[1])


def _reached(step: Prune, model: Any, wanted: Mapping[str, float]) -> dict[str, Any]:
    found = {name: each.numpy() for name, each in kernels.kernels(model).items()}
    zeros = {name: int(np.sum(each == 0)) for name, each in found.items()}
    for name, share in wanted.items():
        # Whole weights, whole blocks, whole fours: a mask says how many zeros a share comes to.
        promised = int(np.sum(mask(np.ones(found[name].shape), share, step.structure) == 0))
        if zeros[name] < promised:
            raise ConversionError(
                "model/sparsity-not-reached",
                f"expected {promised} zeros of {found[name].size} weights, found {zeros[name]}",
                where=name,
                hint="Look for NaN among the layer's weights, and for constraints that move them.",
            )
    reached = {name: zeros[name] / each.size for name, each in found.items()}
    return {"sparsity": reached, "zeros": sum(zeros.values()), "weights": sum(each.size for each in found.values())}
