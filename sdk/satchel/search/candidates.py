"""The recipes that a search tries, in the order in which it tries them."""

from __future__ import annotations

from typing import Any

from satchel.recipes import (
    QAT,
    Cluster,
    DynamicRange,
    EntropyCode,
    Float16,
    Int4,
    Int8,
    Int16x8,
    Mixed,
    Prune,
    Recipe,
    RemoveChannels,
    WeightOnly,
)
from satchel_converters import by_op
from satchel_converters.calibration import METHODS

FLOAT = Recipe("float32")
DENSE = "FULLY_CONNECTED"


def _made(name: str, *passes: Any) -> Recipe:
    return Recipe(name, passes)


def cheap(float_model: bytes) -> tuple[Recipe, ...]:
    """Gives the recipes that need no training, those first that change the answers least for what they save.

    int16x8 comes last: it is the slowest to measure, and rarely smaller than int8.
    """
    int8 = (_made("int8" if method == "min_max" else f"int8_{method}", Int8(calibration=method)) for method in METHODS)
    return (
        _made("float16", Float16()),
        _made("weight_only", WeightOnly()),
        _made("dynamic_range", DynamicRange()),
        *int8,
        *_four_bits(float_model),
        _made("int16x8", Int16x8()),
    )


def _four_bits(float_model: bytes) -> tuple[Recipe, ...]:
    """Gives 4-bit weights for dense layers, beside 8-bit ones for others; none where there is no dense layer."""
    kinds = {each.kind for each in by_op.ops_of(float_model) if each.weighted}
    if kinds == {DENSE}:
        return (_made("int4", Int4()),)
    rules = ((f"op:{DENSE}", "int4"), ("*", "weight_only"))
    return (_made("int4_dense", Mixed(rules)),) if DENSE in kinds else ()  # type: ignore[arg-type]


def trained() -> tuple[Recipe, ...]:
    """Gives the recipes that train a Keras model on, those first that train once."""
    return (
        _made("qat", QAT()),
        _made("prune50_int8", Prune(0.5), Int8()),
        _made("prune80_int8", Prune(0.8), Int8()),
        _made("thinner_int8", RemoveChannels(0.25), Int8()),
        _made("cluster16", Cluster(16), Float16()),
        _made("prune80_qat", Prune(0.8), QAT()),
        _made("cluster16_qat", Cluster(16), QAT()),
        _made("deep_compression_80", Prune(0.8), Cluster(16), Float16()),
        _made("deep_compression_90", Prune(0.9), Cluster(16), Float16()),
        _made("deep_compression_95", Prune(0.95), Cluster(12), Float16()),
        _made("prune80_cluster16_qat", Prune(0.8), Cluster(16), QAT()),
    )


def entropy_coded(recipe: Recipe) -> Recipe:
    """Gives the recipe whose file travels entropy coded: the same .tflite, answers and time."""
    return _made(f"{recipe.name}_entropy", *recipe.passes, EntropyCode())
