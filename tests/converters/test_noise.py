"""The noise of a float model: what another order of the same sums moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from satchel_converters.noise import order_noise
from satchel_converters.sources import load_source


def dense(tmp_path: Path, scale: float) -> bytes:
    """A net whose two large sums all but cancel: the larger they are, the more their order shows."""
    import keras

    rng = np.random.default_rng(5)
    kernel = rng.normal(size=(512, 4)).astype(np.float32) * scale
    model = keras.Sequential([keras.layers.Input((512,), name="x"), keras.layers.Dense(4)])
    model.layers[0].set_weights([np.concatenate([kernel[:256], -kernel[:256]]), np.ones(4, np.float32)])
    return load_source(model, tmp_path).tflite


def test_a_shallow_net_moves_by_a_few_last_bits(tmp_path: Path) -> None:
    assert 0 <= order_noise(dense(tmp_path, 0.01)) < 1e-5


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    model = dense(tmp_path, 100.0)
    assert order_noise(model) == pytest.approx(order_noise(model), abs=0)
