"""Why two preparations of the same pictures differ: where they were cut, how they were scaled, how sharp they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
Pairs = Sequence[tuple[Floats, Floats]]
_ROUNDS = 12
_BLURS = (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2)


@dataclass(frozen=True)
class Warp:
    """Where a pixel of the expected picture lies in the found one: zoom about the centre, then a shift, in pixels."""

    zoom: tuple[float, float]
    shift: tuple[float, float]

    def run(self, picture: Floats) -> Floats:
        """Gives a picture [1, height, width, channels] as it looks from there, by cubic interpolation."""
        high, wide = picture.shape[1:3]
        centre = np.array([(high - 1) / 2, (wide - 1) / 2])
        matrix = np.diag(self.zoom)
        start = centre + np.array(self.shift) - matrix @ centre
        planes = [
            ndimage.affine_transform(picture[0, ..., each], matrix, start, order=3, mode="nearest")
            for each in range(picture.shape[-1])
        ]
        seen: Floats = np.stack(planes, -1)[np.newaxis]
        return seen


def warp_between(pairs: Pairs) -> Warp:
    """Gives the zoom and shift that make the found pictures the expected ones, by Gauss-Newton from none.

    Source: Lucas and Kanade 1981, An Iterative Image Registration Technique; over all pictures and channels at once.
    """
    found = Warp((1.0, 1.0), (0.0, 0.0))
    side = min(pairs[0][0].shape[1:3])
    for blur in (*(each for each in (side / 16, side / 32) if each > 4), 3.0, 1.5, 0.7):
        smooth = [tuple(ndimage.gaussian_filter(each, (0, blur, blur, 0)) for each in pair) for pair in pairs]
        for _ in range(_ROUNDS):
            step = _step([(found.run(one), other) for one, other in smooth])
            found = Warp(
                (found.zoom[0] * (1 + step[0]), found.zoom[1] * (1 + step[1])),
                (found.shift[0] + step[2], found.shift[1] + step[3]),
            )
            if float(np.abs(step[2:]).max()) < 1e-4 and float(np.abs(step[:2]).max()) < 1e-6:
                break
            if not 0.4 < found.zoom[0] < 2.5 or not 0.4 < found.zoom[1] < 2.5:
                return Warp((1.0, 1.0), (0.0, 0.0))
    return found


def _step(pairs: Pairs) -> Floats:
    matrix, right = np.zeros((4, 4)), np.zeros(4)
    for found, expected in pairs:
        high, wide = found.shape[1:3]
        edge = slice(2, -2)
        down, across = np.gradient(found, axis=(1, 2))
        rows = (np.arange(high) - (high - 1) / 2)[np.newaxis, :, np.newaxis, np.newaxis]
        columns = (np.arange(wide) - (wide - 1) / 2)[np.newaxis, np.newaxis, :, np.newaxis]
        parts = [each[:, edge, edge].ravel() for each in (down * rows, across * columns, down, across)]
        basis = np.stack(parts, 1)
        off = (expected - found)[:, edge, edge].ravel()
        matrix += basis.T @ basis
        right += basis.T @ off
    try:
        return np.linalg.solve(matrix + 1e-9 * np.trace(matrix) * np.eye(4), right)
    except np.linalg.LinAlgError:
        return np.zeros(4)


def coarse(pairs: Pairs) -> Pairs:
    """Gives the pairs as eight by eight patches: what stays of them wherever exactly they were cut."""
    return [tuple(_patches(each) for each in pair) for pair in pairs]  # type: ignore[misc]


def _patches(picture: Floats) -> Floats:
    high, wide = (max(1, side // 8) for side in picture.shape[1:3])
    cut = picture[:, : high * 8, : wide * 8]
    patches: Floats = cut.reshape(1, -1, high, cut.shape[2] // wide, wide, picture.shape[3]).mean((2, 4))
    return patches


def warped(pairs: Pairs, warp: Warp) -> Pairs:
    """Gives the pairs with what was found seen through a warp."""
    return [(warp.run(found), expected) for found, expected in pairs]


def blurred(pairs: Pairs, sigma: float) -> Pairs:
    """Gives the pairs with one of both blurred: what was found for a positive sigma, what is expected for another."""
    size = (0, abs(sigma), abs(sigma), 0)
    if sigma > 0:
        return [(ndimage.gaussian_filter(found, size), expected) for found, expected in pairs]
    return [(found, ndimage.gaussian_filter(expected, size)) for found, expected in pairs]


def sharpness(pairs: Pairs) -> float:
    """Gives how much more of the fine detail the found pictures have than the expected ones: the ratio of energies.

    Fine is what a Gaussian of one pixel takes away.
    """
    energies = []
    for side in (0, 1):
        fine = [pair[side] - ndimage.gaussian_filter(pair[side], (0, 1, 1, 0)) for pair in pairs]
        energies.append(sum(float(np.sum(each**2)) for each in fine))
    return energies[0] / max(energies[1], 1e-30)


def best_blur(pairs: Pairs) -> float:
    """Gives the blur in pixels that brings both nearest, positive for what was found; 0 where none helps."""
    from satchel.diagnosis.detect_values import left_over

    sign = 1.0 if sharpness(pairs) > 1 else -1.0
    found = {sigma * sign: left_over(blurred(pairs, sigma * sign)) for sigma in _BLURS}
    best = min(found, key=lambda each: found[each])
    return best if found[best] < left_over(pairs) else 0.0
