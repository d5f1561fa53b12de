"""The anchors of an SSD head: boxes at fixed places of the picture that the model's boxes are told from.

Source: the multiple-grid anchor generator of the TensorFlow Object Detection API (create_ssd_anchors), with a base size
of 1 and strides of 1 / cells. Scales are computed in binary64 and rounded once; what follows is binary32.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.steps.boxes import Anchors

Floats = NDArray[np.float32]


@lru_cache(maxsize=8)
def ssd_anchors(given: Anchors) -> Floats:
    """Gives the anchors float32 [n, 4]: centre y, centre x, height, width, in fractions of the picture.

    Grid after grid, row after row, cell after cell; in each cell in the order of `shapes_of`.
    """
    scales = grid_scales(given)
    grids = [_grid(cells, shapes_of(given, scales, place)) for place, cells in enumerate(given.grids)]
    return np.concatenate(grids)


def grid_scales(given: Anchors) -> list[float]:
    """Gives the scale of each grid in binary64, and 1.0 behind the last."""
    last = len(given.grids) - 1
    spread = given.max_scale - given.min_scale
    return [*(given.min_scale + spread * place / last if last else given.min_scale for place in range(last + 1)), 1.0]


def shapes_of(given: Anchors, scales: list[float], place: int) -> list[tuple[float, float]]:
    """Gives the (scale, ratio of width to height) of every anchor in a cell of grid `place`."""
    if place == 0 and given.reduce_lowest:
        return [(0.1, 1.0), (scales[0], 2.0), (scales[0], 0.5)]
    shapes = [(scales[place], ratio) for ratio in given.aspect_ratios]
    if given.interpolated_ratio is not None:
        shapes.append((math.sqrt(scales[place] * scales[place + 1]), given.interpolated_ratio))
    return shapes


def _grid(cells: tuple[int, int], shapes: list[tuple[float, float]]) -> Floats:
    """Gives the anchors of one grid of (rows, columns)."""
    rows, columns = (_centres(count) for count in cells)
    scale, ratio = (np.array(values, np.float32) for values in zip(*shapes, strict=True))
    root = np.sqrt(ratio)
    grid = np.empty((cells[0], cells[1], len(shapes), 4), np.float32)
    grid[..., 0], grid[..., 1] = rows[:, np.newaxis, np.newaxis], columns[:, np.newaxis]
    grid[..., 2], grid[..., 3] = scale / root, scale * root
    return grid.reshape(-1, 4)


def _centres(count: int) -> Floats:
    """Gives p * (1 / count) + 0.5 * (1 / count) for every cell p; the quotient is rounded before it is used."""
    stride = np.float32(1) / np.float32(count)
    centres: Floats = np.arange(count, dtype=np.float32) * stride + np.float32(0.5) * stride
    return centres
