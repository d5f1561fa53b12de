"""Weights that share few values."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from satchel.progress import Progress
from satchel.training import kernels
from satchel.training.codebooks import Init, code_book
from satchel.training.data import Training
from satchel.training.loop import Rule, fine_tune
from satchel_converters.quiet import tensorflow
from satchel_metadata.errors import ConversionError, SpecError


@dataclass(frozen=True)
class Cluster:
    """The weights of each kernel -> at most n values that they share, which are then trained: smaller once compressed.

    Before: `Dense(kernel of 1000 values)`. After: `Dense(kernel of 1000 values, 16 different ones)`.
    Source: Han et al. 2016, Deep Compression, section 3: k-means, then each shared value learns by the sum of the
    gradients of its weights. The initial values are TFMOT's.

    Attributes:
        clusters: values of each kernel, or by layer: {"conv2d": 64, "*": 16}; a layer that neither names stays as
            it is. Depthwise kernels and biases are left as they are.
        init: where k-means begins.
        preserve_sparsity: pruned weights stay zero; zero is one of the values then.
        skip: leave alone the layers that sharing cannot touch, instead of refusing.
    """

    clusters: int | Mapping[str, int] = 16
    init: Init = "density"
    preserve_sparsity: bool = True
    skip: bool = False
    kind: ClassVar[str] = "cluster"
    stage: ClassVar[Literal["model"]] = "model"

    def validate(self) -> None:
        """Refuses fewer than 2 values, more than 256, and an unknown beginning (spec/out-of-range, ...)."""
        if self.init not in ("density", "linear", "random"):
            raise SpecError(
                "spec/unknown-value",
                f"found init {self.init!r}",
                where="Cluster",
                hint="Allowed: 'density', 'linear', 'random'.",
            )
        for value in self.clusters.values() if isinstance(self.clusters, Mapping) else [self.clusters]:
            if isinstance(value, bool) or not isinstance(value, int) or not 2 <= value <= 256:
                raise SpecError(
                    "spec/out-of-range",
                    f"found clusters {value!r}",
                    where="Cluster",
                    hint="Give 2 to 256: one value alone would make all weights of a layer equal.",
                )

    def of_layer(self, name: str) -> int:
        """Gives the number of values of one layer; 0 where a mapping names neither it nor "*"."""
        if isinstance(self.clusters, Mapping):
            return self.clusters.get(name, self.clusters.get("*", 0))
        return self.clusters


def clustered(
    step: Cluster, given: Any, training: Training, progress: Progress | None = None
) -> tuple[Any, dict[str, Any]]:
    """Gives a tf_keras model whose weights share values, and how many each layer has; the one given stays.

    Raises:
        ConversionError: model/layer-untouched, model/clusters-not-reached, model/training-diverged.
        SpecError: spec/unknown-key for a layer that the model does not have.
    """
    with tensorflow():
        left = kernels.require_touchable(given, "weight sharing", step.skip)
        _require_known(step, given)
        model = kernels.copied(given)
        rule = _CodeBooks(step, model, training.seed)
        told = fine_tune(model, training, step.kind, dataclasses.asdict(step), rule, progress)
        facts = {"clusters": _reached(step, model), "left_alone": list(left), "epochs": told}
    return model, facts


def _require_known(step: Cluster, model: Any) -> None:
    known = kernels.kernels(model)
    if isinstance(step.clusters, Mapping) and (unknown := sorted(set(step.clusters) - set(known) - {"*"})):
        raise SpecError(
            "spec/unknown-key",
            f"the model has no layer {unknown[0]!r} whose weights could share values",
            where="Cluster",
            hint=f"It has: {', '.join(known)}.",
        )


class _CodeBooks(Rule):
    """Trains the shared values instead of the weights: which weight has which value stays."""

    def __init__(self, step: Cluster, model: Any, seed: int) -> None:
        import tensorflow as tf

        found = kernels.kernels(model)
        self.kernels = [each for name, each in found.items() if step.of_layer(name)]
        self.books, self.places, self.trained = [], [], []
        for name, kernel in found.items():
            if not step.of_layer(name):
                continue
            values, places = code_book(
                kernel.numpy(),
                step.of_layer(name),
                step.init,
                preserve_sparsity=step.preserve_sparsity,
                seed=seed,
            )
            self.books.append(tf.Variable(values, name="code_book"))
            self.places.append(tf.Variable(places, trainable=False))
            self.trained.append(tf.constant((values != 0) | (not step.preserve_sparsity), tf.float32))
        self.constrain()

    def variables(self, model: Any) -> list[Any]:
        """The code books, and what else the model trains."""
        shared = {id(each) for each in self.kernels}
        return [*self.books, *(each for each in model.trainable_variables if id(each) not in shared)]

    def gradients(self, variables: Sequence[Any], tape: Any, loss: Any, model: Any) -> Sequence[Any]:
        """The gradient of a shared value is the sum of those of its weights; zero stays zero."""
        import tensorflow as tf

        others = variables[len(self.books) :]
        of_kernels, of_others = tape.gradient(loss, [self.kernels, list(others)], unconnected_gradients="zero")
        summed = [
            tf.math.unsorted_segment_sum(tf.reshape(each, [-1]), tf.reshape(places, [-1]), book.shape[0]) * trained
            for each, places, book, trained in zip(of_kernels, self.places, self.books, self.trained, strict=True)
        ]
        return [*summed, *of_others]

    def constrain(self) -> None:
        """Gives every weight the value that it shares."""
        import tensorflow as tf

        for kernel, book, places in zip(self.kernels, self.books, self.places, strict=True):
            kernel.assign(tf.gather(book, places))

    def state(self) -> list[Any]:
        """Code books, places and the weights that follow from them."""
        return [*self.books, *self.places, *self.kernels]


def _reached(step: Cluster, model: Any) -> dict[str, int]:
    reached = {name: int(np.unique(each.numpy()).size) for name, each in kernels.kernels(model).items()}
    for name, count in reached.items():
        if count > (step.of_layer(name) or count):
            raise ConversionError(
                "model/clusters-not-reached",
                f"{step.of_layer(name)} shared values were asked for, {count} are there",
                where=name,
                hint="Report it with the model: the shared values were lost in training.",
            )
    return reached
