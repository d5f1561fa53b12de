"""Runs a recipe: one pure handler a pass, the float model in, a variant out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from satchel.recipes import (
    cluster,
    dynamic_range,
    entropy_code,
    float16,
    fold,
    int4,
    int8,
    int16x8,
    mixed,
    prune,
    qat,
    remove_channels,
    weight_only,
)
from satchel.recipes.kept import require_kept
from satchel.recipes.recipe import Recipe
from satchel.recipes.work import Context, Facts, Handler, Work
from satchel_converters import keras_tflite, tflite
from satchel_converters.finite import require_finite
from satchel_metadata.errors import SpecError


@dataclass(frozen=True)
class Variant:
    """What a recipe made: the artefact, the recipe it came from, and what its passes measured."""

    recipe: Recipe
    tflite: bytes
    facts: tuple[tuple[str, Facts], ...] = ()

    @property
    def name(self) -> str:
        """The recipe's name, which is the variant's."""
        return self.recipe.name


def run(recipe: Recipe, float_model: bytes | None, context: Context | None = None, *, model: Any = None) -> Variant:
    """Gives the variant that a recipe makes of a model; what is given is not changed.

    Args:
        recipe: the passes.
        float_model: the float .tflite; made of `model` when None.
        context: what passes may look at.
        model: the tf_keras model that passes which train begin with.

    Raises:
        SpecError: a pass is wrong, or needs a model or training data that are not given (spec/inconsistent).
        ModelError: model/not-finite for weights that are NaN or infinite.
        ConversionError: what a pass promises was not produced (model/precision-not-reached, with the ops left, ...).
    """
    recipe.validate()
    context = context or Context()
    _require_trainable(recipe, context, model)
    work = Work(model, float_model)
    if float_model is not None:
        require_finite(float_model)
    if not recipe.passes:
        return Variant(recipe, tflite.float32(_converted(work).tflite or b""))
    for step in recipe.passes:
        work = HANDLERS[step.kind](step, work if step.stage == "model" else _converted(work), context)
    return _checked(recipe, _converted(work))


def _checked(recipe: Recipe, work: Work) -> Variant:
    """Gives the variant, in whose file the zeros and shared values that passes left are still there."""
    made = work.tflite or b""
    if {"prune", "cluster"}.isdisjoint(kind for kind, _ in work.facts):
        return Variant(recipe, made, work.facts)
    return Variant(recipe, made, (*work.facts, ("kept", require_kept(work.facts, made))))


def _converted(work: Work) -> Work:
    """Gives the work with a .tflite: made of the model where a pass changed that."""
    return work if work.tflite is not None else dataclasses.replace(work, tflite=keras_tflite.float32(work.model))


def _require_trainable(recipe: Recipe, context: Context, model: Any) -> None:
    changing = [each.kind for each in recipe.passes if each.stage == "model"]
    needed = {"Keras model": model, "training data": context.training if set(changing) - {"fold"} else ()}
    missing = [name for name, value in needed.items() if value is None]
    if changing and missing:
        raise SpecError(
            "spec/inconsistent",
            f"the pass {changing[0]!r} changes the Keras model, and there is no {' and no '.join(missing)}",
            where=f"recipe {recipe.name!r}",
            hint="Give the Keras model instead of a .tflite, and training data; or leave such passes out.",
        )


def _training(handler: Callable[..., tuple[Any, Facts]]) -> Handler:
    """Gives a handler of a pass that trains a model on."""

    def run_pass(step: Any, work: Work, context: Context) -> Work:
        model, facts = handler(step, work.model, context.training, context.progress)
        return work.with_model(model, step.kind, facts)

    return run_pass


def _fold(step: Any, work: Work, context: Context) -> Work:
    model, facts = fold.folded(step, work.model)
    return work.with_model(model, step.kind, facts)


def _qat(step: Any, work: Work, context: Context) -> Work:
    assert context.training is not None
    scheme = qat.scheme_after(tuple(kind for kind, _ in work.facts))
    model, made, facts = qat.quantised(step, work.model, context.training, scheme, context.progress)
    return work.with_model(model, step.kind, facts).with_tflite(made, step.kind)


HANDLERS: dict[str, Handler] = {
    "fold": _fold,
    "remove_channels": _training(remove_channels.thinned),
    "prune": _training(prune.pruned),
    "cluster": _training(cluster.clustered),
    "qat": _qat,
    "float16": float16.handle,
    "dynamic_range": dynamic_range.handle,
    "weight_only": weight_only.handle,
    "int8": int8.handle,
    "int16x8": int16x8.handle,
    "int4": int4.handle,
    "mixed": mixed.handle,
    "entropy_code": entropy_code.handle,
}
