"""The one training loop: the same result for the same seed, whether it was stopped on the way or not."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from satchel.progress import Progress
from satchel.training import checkpoints, losses
from satchel.training.data import Training
from satchel_converters.keras_models import fingerprint
from satchel_metadata.errors import ConversionError


class Rule:
    """What a pass adds to plain training; this one adds nothing."""

    def variables(self, model: Any) -> list[Any]:
        """Gives what the optimizer changes."""
        return list(model.trainable_variables)

    def gradients(self, variables: Sequence[Any], tape: Any, loss: Any, model: Any) -> Sequence[Any]:
        """Gives the gradient of each of `variables`; part of the traced step."""
        return list(tape.gradient(loss, list(variables)))

    def constrain(self) -> None:
        """Puts the weights back where the pass holds them; part of the traced step, after the update."""

    def before(self, step: int, total: int) -> None:
        """Runs before every step, outside of the traced part: step counts from 0 over all epochs."""

    def state(self) -> list[Any]:
        """Gives variables of the pass's own that a checkpoint must hold."""
        return []


@dataclass(frozen=True)
class Steps:
    """How long a training is."""

    epochs: int
    an_epoch: int

    @property
    def total(self) -> int:
        """Steps of all epochs."""
        return self.epochs * self.an_epoch


def steps_of(training: Training) -> Steps:
    """Gives how many steps a training takes."""
    return Steps(training.epochs, -(-len(training.examples) // training.batch))


def fine_tune(
    model: Any, training: Training, what: str, settings: Any, rule: Rule | None = None, progress: Progress | None = None
) -> list[dict[str, float]]:
    """Trains a tf_keras model in place, and gives what each epoch came to: its loss, and the measure of validation.

    Args:
        model: a model of the pass's own; nobody else's, for it is changed.
        training: with what, and for how long.
        what: name of the pass, for progress and for the checkpoint's file.
        settings: what else makes this training another than others (JSON values).
        rule: what the pass adds.
        progress: called with (done, total, what) now and then, and at the end.

    Raises:
        InputError: input/labels-misfit, input/unknown-class: the labels are not those of the model.
        ConversionError: model/training-diverged when the loss is no number any more.
    """
    import tensorflow as tf

    rule, tell = rule or Rule(), progress or (lambda done, total, what: None)
    measure = losses.measure_of(model, training)
    steps = steps_of(training)
    variables = rule.variables(model)
    optimizer = _optimizer(training, steps, variables)
    generators = _generators(model)
    state = _distinct([*model.variables, *variables, *optimizer.variables, *rule.state()])
    key = (settings, fingerprint(model), training.examples.digest, training.batch, training.rate, training.seed, steps)
    path = checkpoints.place_of(training.resume, what, *key) if training.resume else None
    told = _taken_up(path, state)
    step = _step(tf, model, measure.loss, rule, variables, optimizer)
    clock = _Clock(tell, steps, f"training: {what}", len(told))
    for epoch in range(len(told), training.epochs):
        _reseed(generators, training.seed, epoch)
        loss = _epoch(step, rule, training, epoch, steps, clock)
        told.append({"loss": loss, **measure.validated(model)})
        if path:
            values = tuple(each.numpy() for each in state)
            checkpoints.write(path, checkpoints.Checkpoint(epoch + 1, values, tuple(told)))
    tell(steps.total, steps.total, f"training: {what}")
    return told


def _optimizer(training: Training, steps: Steps, variables: Sequence[Any]) -> Any:
    import tf_keras

    falling = tf_keras.optimizers.schedules.CosineDecay(training.rate, steps.total)
    optimizer = tf_keras.optimizers.Adam(falling, jit_compile=False)
    optimizer.build(variables)
    return optimizer


def _distinct(variables: Sequence[Any]) -> list[Any]:
    return list({id(each): each for each in variables}.values())


def _generators(model: Any) -> list[Any]:
    """Gives dropout and noise a source of chance that can be set again, so that no epoch depends on those before."""
    layers = [each for each in model.submodules if hasattr(each, "_random_generator")]
    for layer in layers:
        layer._random_generator = type(layer._random_generator)(1, rng_type="stateful")
        layer._random_generator._maybe_init()
    return [layer._random_generator._generator for layer in layers]


def _reseed(generators: Sequence[Any], seed: int, epoch: int) -> None:
    for place, each in enumerate(generators):
        each.reset_from_seed(int(np.random.default_rng((seed, epoch, place)).integers(2**31)))


def _taken_up(path: Any, state: Sequence[Any]) -> list[dict[str, float]]:
    found = checkpoints.read(path, [tuple(each.shape) for each in state]) if path else None
    if found is None:
        return []
    for variable, value in zip(state, found.values, strict=True):
        variable.assign(value)
    return list(found.told)


def _step(
    tf: Any, model: Any, loss_of: Any, rule: Rule, variables: Sequence[Any], optimizer: Any
) -> Callable[..., Any]:
    @tf.function(reduce_retracing=True, autograph=False)  # type: ignore[untyped-decorator]
    def step(inputs: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            answers = model(inputs, training=True)
            loss = tf.add_n([loss_of(answers, labels), *model.losses])
        optimizer.apply_gradients(zip(rule.gradients(variables, tape, loss, model), variables, strict=True))
        rule.constrain()
        return loss

    return step  # type: ignore[no-any-return]


def _epoch(step: Any, rule: Rule, training: Training, epoch: int, steps: Steps, clock: _Clock) -> float:
    """Trains for one epoch, in an order that follows from the seed and the epoch; gives the mean loss."""
    import tensorflow as tf

    examples, total = training.examples, 0.0
    order = np.random.default_rng((training.seed, epoch)).permutation(len(examples))
    for place in range(steps.an_epoch):
        chosen = np.sort(order[place * training.batch : (place + 1) * training.batch])
        done = epoch * steps.an_epoch + place
        rule.before(done, steps.total)
        batch = [{k: tf.constant(v[chosen]) for k, v in part.items()} for part in (examples.inputs, examples.labels)]
        loss = float(step(losses.packed(batch[0]), batch[1]))
        if not np.isfinite(loss):
            raise ConversionError(
                "model/training-diverged",
                f"the loss became {loss} at step {place + 1} of epoch {epoch + 1}",
                where=clock.what,
                hint="Give a smaller learning rate, look for NaN in the training data, and mind that inputs must be "
                "prepared as the spec says.",
            )
        total += loss
        clock.tell(done)
    return total / steps.an_epoch


class _Clock:
    """Tells how far a training is a few times a second, not every step."""

    def __init__(self, tell: Progress, steps: Steps, what: str, epochs_done: int) -> None:
        self._tell, self._total, self.what = tell, steps.total, what
        self._last = 0.0
        tell(epochs_done * steps.an_epoch, steps.total, what)

    def tell(self, done: int) -> None:
        """Tells that a step is done."""
        if time.monotonic() - self._last > 0.2:
            self._last = time.monotonic()
            self._tell(done + 1, self._total, self.what)
