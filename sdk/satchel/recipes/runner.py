"""Runs a recipe: one pure handler a pass, the float model in, a variant out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from numpy.typing import NDArray

from satchel.recipes.dynamic_range import DynamicRange
from satchel.recipes.float16 import Float16
from satchel.recipes.int8 import Int8
from satchel.recipes.recipe import Recipe
from satchel_converters import tflite

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Context:
    """What passes may look at besides the model.

    Attributes:
        calibration: prepared inputs, one dict a photo: the model's input name -> float32 tensor with batch 1.
        progress: called with (done, total, what).
    """

    calibration: Sequence[dict[str, NDArray[Any]]] = ()
    progress: Progress | None = None


@dataclass(frozen=True)
class Variant:
    """What a recipe made: the artefact and the recipe it came from."""

    recipe: Recipe
    tflite: bytes

    @property
    def name(self) -> str:
        """The recipe's name, which is the variant's."""
        return self.recipe.name


def run(recipe: Recipe, float_model: bytes, context: Context | None = None) -> Variant:
    """Gives the variant that a recipe makes of a float .tflite; the model given is not changed.

    Raises:
        SpecError: a pass is wrong.
        ConversionError: the precision asked for was not produced (model/precision-not-reached, with the ops left).
    """
    recipe.validate()
    model = float_model if recipe.passes else tflite.float32(float_model)
    for each in recipe.passes:
        model = _apply(each, model, context or Context())
    return Variant(recipe, model)


@singledispatch
def _apply(step: Any, model: bytes, context: Context) -> bytes:
    raise TypeError(f"no handler for the pass {step!r}")


@_apply.register
def _float16(step: Float16, model: bytes, context: Context) -> bytes:
    return tflite.float16(model)


@_apply.register
def _dynamic_range(step: DynamicRange, model: bytes, context: Context) -> bytes:
    return tflite.dynamic_range(model)


@_apply.register
def _int8(step: Int8, model: bytes, context: Context) -> bytes:
    return tflite.int8(model, context.calibration, io=step.io, progress=context.progress)
