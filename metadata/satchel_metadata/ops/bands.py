"""Large pictures in bands of rows, several at a time: numpy lets other threads run while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

BAND = 32
"""Rows of a band: few enough to stay in the processor's cache."""
_LARGE = 3_000_000
"""Values from which threads win more than they cost."""


def in_threads(run: Callable[[int], None], starts: Sequence[int], size: int) -> None:
    """Calls `run` with each start, on as many threads as there are processors (at most four) where there is much to do.

    Args:
        run: writes where no other call writes.
        starts: the first row of each band.
        size: how many values there are in all.
    """
    threads = min(4, os.cpu_count() or 1, len(starts)) if size >= _LARGE else 1
    if threads == 1:
        for start in starts:
            run(start)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, starts))


def side_by_side(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Gives [h, w, c] as float32 [w, c * h]: a source column lies in one stretch, so that weighing it is one loop.

    Turned as a matrix of single values: with whole pixels numpy takes four times as long.
    """
    height, width, channels = pixels.shape
    turned = np.ascontiguousarray(pixels).reshape(height, width * channels).T.copy()
    return turned.reshape(width, channels * height).astype(np.float32, copy=False)
