"""Masks of what stays of a kernel: single weights, 2 of 4, or blocks, by how much each weight matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Structure = Literal["unstructured", "2:4", "block"]
BLOCK = 4
"""Inputs of one output that stand side by side in a .tflite, and go together."""
LEVELS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)
"""Shares of zeros that a layer is tried at."""


def mask(scores: NDArray[Any], sparsity: float, structure: Structure = "unstructured") -> NDArray[np.float32]:
    """Gives 1 where a weight stays and 0 where it goes, in the shape of `scores`.

    Of n weights (or blocks) the round(sparsity * n) that matter least go; of equals, those that stand first.

    Args:
        scores: how much each weight matters, in the kernel's shape, outputs last.
        sparsity: share of zeros, 0 to below 1; of "2:4" it is always a half.
        structure: "2:4" leaves the two that matter most of every four inputs of an output; "block" takes `BLOCK` inputs
            of an output together, by their mean.
    """
    if structure == "unstructured" or scores.ndim < 2:
        return _least_gone(scores.ravel(), sparsity).reshape(scores.shape)
    rows = _rows(scores)
    return _columns(_two_of_four(rows) if structure == "2:4" else _blocks(rows, sparsity), scores.shape)


def _least_gone(scores: NDArray[Any], sparsity: float) -> NDArray[np.float32]:
    kept = np.ones(scores.size, np.float32)
    kept[np.argsort(scores, kind="stable")[: round(sparsity * scores.size)]] = 0
    return kept


def _rows(kernel: NDArray[Any]) -> NDArray[Any]:
    """Gives a kernel as a .tflite has it: the inputs of one output (and place of the window) in one row."""
    return np.moveaxis(kernel, -1, 0).reshape(-1, kernel.shape[-2])


def _columns(rows: NDArray[Any], shape: Sequence[int]) -> NDArray[Any]:
    return np.moveaxis(rows.reshape(shape[-1], *shape[:-1]), 0, -1)


def _two_of_four(rows: NDArray[Any]) -> NDArray[np.float32]:
    import tensorflow as tf
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_utils

    found: NDArray[np.float32] = pruning_utils.generate_m_by_n_mask(tf.constant(rows, tf.float32), (2, 4)).numpy()
    return found


def _blocks(rows: NDArray[Any], sparsity: float) -> NDArray[np.float32]:
    missing = -rows.shape[1] % BLOCK
    padded = np.pad(rows, ((0, 0), (0, missing)), constant_values=np.nan)
    means = np.nanmean(padded.reshape(len(rows), -1, BLOCK), axis=-1)
    kept = _least_gone(means.ravel(), sparsity).reshape(means.shape)
    return kept.repeat(BLOCK, axis=1)[:, : rows.shape[1]]


def allocated(costs: Mapping[str, Sequence[float]], sizes: Mapping[str, int], sparsity: float) -> dict[str, float]:
    """Gives the sparsity of each layer that reaches `sparsity` of all weights at the least cost.

    From no zeros on, the layer whose next level costs least for each weight that goes is raised, until enough are gone;
    the last layer raised stops where the sum is met.

    Args:
        costs: layer -> by how much the loss rises at each of `LEVELS`.
        sizes: layer -> number of its weights.
        sparsity: share of zeros of all layers together.
    """
    wanted = sparsity * sum(sizes.values())
    places = dict.fromkeys(costs, 0)
    while True:
        gone = sum(LEVELS[places[name]] * sizes[name] for name in costs)
        open_ = [name for name in costs if places[name] + 1 < len(LEVELS)]
        if gone >= wanted or not open_:
            return {name: LEVELS[place] for name, place in places.items()}
        name = min(open_, key=lambda each: _price(costs[each], places[each], sizes[each]))
        there, following = LEVELS[places[name]], LEVELS[places[name] + 1]
        if gone + (following - there) * sizes[name] >= wanted:
            exact = {each: LEVELS[place] for each, place in places.items()}
            return exact | {name: there + (wanted - gone) / sizes[name]}
        places[name] += 1


def _price(costs: Sequence[float], place: int, size: int) -> float:
    return max(costs[place + 1] - costs[place], 0.0) / ((LEVELS[place + 1] - LEVELS[place]) * size)
