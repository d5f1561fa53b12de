"""Code books: the few values that the weights of a kernel share."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Init = Literal["density", "linear", "random"]
_ROUNDS = 100


def code_book(
    weights: NDArray[Any], clusters: int, init: Init, *, preserve_sparsity: bool, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Gives the values that weights share, at most `clusters`, and for each weight the place of its value.

    From TFMOT's initial values k-means goes on until no weight changes its value (Han et al. 2016, Deep Compression,
    section 3.1).

    Args:
        weights: a kernel.
        clusters: the number of values, 2 or more, zero among them where it is kept.
        init: where k-means begins: "density" cuts the distribution evenly, "linear" the range, "random" draws in it.
        preserve_sparsity: weights that are zero stay so, and no other becomes zero; zero is one of the values then.
        seed: of "random".

    Returns:
        Values float32 [at most clusters], ascending; places int32 in the shape of `weights`.
    """
    flat = weights.ravel().astype(np.float64)
    zero = flat == 0
    apart = preserve_sparsity and bool(zero.any())
    first = _initial(weights, clusters, init, apart, seed)
    found = _k_means(np.sort(flat[~zero]) if apart else np.sort(flat), first[first != 0] if apart else first)
    values: NDArray[np.float32] = np.unique(found.astype(np.float32))
    if apart:
        values = np.unique(np.append(values, np.float32(0)))
    places = _nearest(flat, values)
    if apart:
        places = _off_zero(flat, values, places)
        places[zero] = np.searchsorted(values, 0)
    return values, places.reshape(weights.shape).astype(np.int32)


def _initial(weights: NDArray[Any], clusters: int, init: Init, apart: bool, seed: int) -> NDArray[np.float64]:
    import tensorflow as tf
    from tensorflow_model_optimization.python.core.clustering.keras import clustering_centroids as ways

    chance = np.random.default_rng(seed)

    class Seeded(ways.RandomCentroidsInitialisation):  # type: ignore[misc]
        """TFMOT's own draws from a seed that belongs to the whole process."""

        def _calculate_centroids_for_interval(self, weight_interval: Any, count: Any) -> Any:
            if count <= 0:
                return tf.constant([])
            ends = float(tf.reduce_min(weight_interval)), float(tf.reduce_max(weight_interval))
            return tf.constant(chance.uniform(*ends, int(count)), tf.float32)

    kinds = {
        "density": ways.DensityBasedCentroidsInitialisation,
        "linear": ways.LinearCentroidsInitialisation,
        "random": Seeded,
    }
    way = kinds[init](tf.constant(weights, tf.float32), clusters, preserve_sparsity=apart)
    found: NDArray[np.float64] = np.unique(np.asarray(way.get_cluster_centroids(), np.float64))
    return found


def _k_means(ordered: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives the values after Lloyd's rounds over weights in ascending order; one that no weight takes is left out."""
    if not ordered.size:
        return ordered
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    for _ in range(_ROUNDS):
        cuts = np.searchsorted(ordered, (values[1:] + values[:-1]) / 2)
        ends = np.concatenate([[0], cuts, [len(ordered)]])
        counts = np.diff(ends)
        found = np.diff(sums[ends])[counts > 0] / counts[counts > 0]
        if np.array_equal(found, values):
            break
        values = found
    return values


def _nearest(flat: NDArray[np.float64], values: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.searchsorted((values[1:].astype(np.float64) + values[:-1]) / 2, flat)


def _off_zero(flat: NDArray[np.float64], values: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.intp]:
    """Gives the nearest value that is not zero: a weight that was not pruned stays one."""
    others = np.flatnonzero(values)
    near = others[_nearest(flat, values[others])] if others.size else places
    return np.where(values[places] == 0, near, places)
