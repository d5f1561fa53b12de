"""Stretches of a signal: resample, detrend, window, standardize; binary64, sums in index order, rounded at the end.

Every result is made of +, -, *, / and square roots alone, which are the same bits in every language: the filter of the
polyphase method too, whose sine and Bessel function are series with a fixed number of terms.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from satchel_metadata.errors import InputError

Samples = NDArray[np.float64]
MAX_VALUES = 2**27

_BETA = 5.0
_ZERO_CROSSINGS = 10
_BESSEL_TERMS = 24
_SINE_TERMS = 12
_EPSILON = 2.0**-52


def ratio(from_rate: float, to_rate: float) -> tuple[int, int]:
    """Gives up and down, in lowest terms, with to_rate / from_rate = up / down; rates have at most three decimals."""
    up, down = (math.floor(rate * 1000 + 0.5) for rate in (to_rate, from_rate))
    common = math.gcd(up, down)
    return up // common, down // common


def resample(samples: Samples, from_rate: float, to_rate: float, method: Literal["linear", "polyphase"]) -> Samples:
    """Gives a signal at another rate: ceil(n * up / down) samples, the first at the time of the first.

    Args:
        samples: [n, channels].
        from_rate: samples a second, as it is.
        to_rate: as it shall be.
        method: `linear` is numpy.interp, `polyphase` scipy.signal.resample_poly with its Kaiser window of beta 5.

    Raises:
        InputError: input/too-large.
    """
    up, down = ratio(from_rate, to_rate)
    count = -(-len(samples) * up // down)
    if count * samples.shape[1] > MAX_VALUES:
        message = f"resampling {len(samples)} samples makes {count}, more than {MAX_VALUES} values"
        raise InputError("input/too-large", message, hint="Give a shorter stretch.")
    if up == down:
        return samples
    return _linear(samples, up, down, count) if method == "linear" else _polyphase(samples, up, down, count)


def _linear(samples: Samples, up: int, down: int, count: int) -> Samples:
    """Sample k lies at p = k * down / up of the old ones; behind the last one the signal stays as it is there."""
    steps = np.arange(count, dtype=np.int64) * down
    before = np.minimum(steps // up, len(samples) - 1)
    after = np.minimum(before + 1, len(samples) - 1)
    part = (steps / np.float64(up) - before)[:, np.newaxis]
    with np.errstate(over="ignore", invalid="ignore"):
        between = (samples[after] - samples[before]) * part + samples[before]
    return np.where((part == 0) | (after == before)[:, np.newaxis], samples[before], between)


def _polyphase(samples: Samples, up: int, down: int, count: int) -> Samples:
    """Sample k is the sum, from the lowest j on, of taps[half + k * down - j * up] * x[j]; outside the signal is 0."""
    taps = filter_taps(up, down)
    half = len(taps) // 2
    steps = np.arange(count, dtype=np.int64) * down
    lowest = -((half - steps) // up)
    found = np.zeros((count, samples.shape[1]))
    with np.errstate(over="ignore", invalid="ignore"):
        for term in range(2 * half // up + 1):
            source = lowest + term
            tap = half + steps - source * up
            inside = (source >= 0) & (source < len(samples)) & (tap >= 0)
            products = taps[np.where(inside, tap, 0)][:, np.newaxis] * samples[np.where(inside, source, 0)]
            found += np.where(inside[:, np.newaxis], products, 0.0)
    return found


@functools.lru_cache(maxsize=8)
def filter_taps(up: int, down: int) -> NDArray[np.float64]:
    """Gives the low-pass filter of the polyphase method: 2 * 10 * max(up, down) + 1 taps of a windowed sinc.

    As scipy.signal.firwin makes it with a Kaiser window of beta 5 and a cutoff of 1 / max(up, down): tap m from the
    middle is sinc(m / max) * I0(5 * sqrt(1 - (m / half)^2)), divided by the sum of all, times up.
    """
    widest = max(up, down)
    half = _ZERO_CROSSINGS * widest
    places = np.arange(half + 1, dtype=np.int64)
    share = places / np.float64(half)
    side = _sinc(places, widest) * _bessel((_BETA * _BETA / 4) * (1 - share * share))
    taps = np.concatenate([side[:0:-1], side])
    return np.asarray(taps / np.add.accumulate(taps)[-1] * np.float64(up))


def _bessel(quarter: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gives I0(z) of z * z / 4: 1 + q / 1 + q^2 / 4 + ..., 24 terms behind the 1, each made of the one before it."""
    term, total = np.ones_like(quarter), np.ones_like(quarter)
    for k in range(1, _BESSEL_TERMS + 1):
        term = term * quarter / np.float64(k * k)
        total = total + term
    return total


def _sinc(places: NDArray[np.int64], widest: int) -> NDArray[np.float64]:
    """Gives sin(pi m / widest) / (pi m / widest); the sine's angle is brought to 0..pi/2 in whole numbers first."""
    turned = places % (2 * widest)
    sign = np.where(turned >= widest, -1.0, 1.0)
    turned = turned % widest
    turned = np.minimum(turned, widest - turned)
    angle = math.pi * turned / np.float64(widest)
    sine, term = angle.copy(), angle
    for k in range(1, _SINE_TERMS + 1):
        term = -term * angle * angle / np.float64(2 * k * (2 * k + 1))
        sine = sine + term
    whole = math.pi * places / np.float64(widest)
    return np.where(places == 0, 1.0, sign * sine / np.where(places == 0, 1.0, whole))


def detrend(samples: Samples, kind: Literal["constant", "linear"]) -> Samples:
    """Gives each channel less its mean, or less the straight line that fits it best (scipy.signal.detrend).

    With t = i - (n - 1) / 2: the line's slope is sum(t * (x - mean)) / (n * (n * n - 1) / 12).
    """
    count = np.float64(len(samples))
    with np.errstate(over="ignore", invalid="ignore"):
        centred = samples - _sum(samples) / count
        if kind == "constant" or len(samples) == 1:
            return centred
        times = (np.arange(len(samples)) - (count - 1) / 2)[:, np.newaxis]
        slope = _sum(times * centred) / (count * (count * count - 1) / 12)
        return np.asarray(centred - slope * times)


def window(samples: Samples, length: int, hop: int, tail: Literal["drop", "pad", "error"]) -> list[tuple[int, Samples]]:
    """Gives the stretches of `length` samples that begin at 0, hop, 2 * hop, ..., each with its beginning.

    What is left behind the last whole one is left out (`drop`), made whole with zeros (`pad`) or refused (`error`).

    Raises:
        InputError: input/too-short when there is no window at all; input/leftover-samples.
    """
    count = len(samples)
    if count < length and tail != "pad":
        message = f"a window takes {length} samples, the signal has {count}"
        raise InputError("input/too-short", message, hint="Give a longer stretch, or a spec whose tail is pad.")
    last = (count - length) // hop if count >= length else -1
    starts = [place * hop for place in range(last + 1)]
    found = [(start, samples[start : start + length]) for start in starts]
    left, begin = count - (starts[-1] + length if starts else 0), (last + 1) * hop
    if left and tail == "error":
        message = f"windows of {length} every {hop} samples leave {left} of {count} samples over"
        raise InputError("input/leftover-samples", message, hint="Cut the stretch, or use a spec that drops or pads.")
    if left and tail == "pad" and begin < count:
        padded = np.zeros((length, samples.shape[1]))
        padded[: count - begin] = samples[begin:]
        found.append((begin, padded))
    return found


def standardize(samples: Samples, mean: Sequence[float] | None, scale: Sequence[float] | None) -> Samples:
    """Gives (x - mean[c]) / scale[c]; without them, by each channel's own mean and population standard deviation.

    A channel that is constant by StandardScaler's rule, var <= n * eps * var + (n * mean * eps)^2 with eps = 2^-52,
    becomes 0: StandardScaler leaves the rounding noise of its mean there.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if mean is not None and scale is not None:
            return np.asarray((samples - np.array(mean, np.float64)) / np.array(scale, np.float64))
        count = np.float64(len(samples))
        own = _sum(samples) / count
        centred = samples - own
        variance = _sum(centred * centred) / count
        still = count * own * _EPSILON
        constant = variance <= count * _EPSILON * variance + still * still
        return np.where(constant, 0.0, centred / np.where(constant, 1.0, np.sqrt(variance)))


def signal_values(samples: Samples, to: str) -> NDArray[np.float32]:
    """Gives the values, each rounded once: float32 [n, channels] (NLC), [channels, n] (NCL) or [n] (NL, one channel).

    Raises:
        InputError: input/not-finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        found = samples.astype(np.float32)
    if not np.isfinite(found).all():
        raise InputError("input/not-finite", "a prepared value is infinite in binary32", hint="Check mean and scale.")
    return {"NLC": found, "NCL": np.ascontiguousarray(found.T), "NL": found.reshape(-1)}[to]


def checked(values: Any) -> Samples:
    """Gives a signal's values as binary64 [n, channels], at least one of each, all finite.

    Raises:
        InputError: input/wrong-array, input/empty, input/not-finite.
    """
    samples = np.asarray(values)
    if samples.dtype.kind not in "iuf" or samples.ndim not in (1, 2):
        message = f"expected numbers [samples, channels], found {samples.dtype} {list(samples.shape)}"
        raise InputError(
            "input/wrong-array",
            message,
            hint="Give an array of numbers, a row for each sample and a column for each channel.",
        )
    samples = np.ascontiguousarray(samples.reshape(len(samples), -1) if samples.size else samples, np.float64)
    if samples.size == 0:
        raise InputError("input/empty", "the signal has no samples", hint="Give at least one sample of each channel.")
    if not np.isfinite(samples).all():
        place = np.argwhere(~np.isfinite(samples))[0]
        message = f"sample {place[0]} of channel {place[1]} is {samples[tuple(place)]}"
        raise InputError("input/not-finite", message, hint="Fill the gaps before: a filter would spread them.")
    return samples


def _sum(samples: Samples) -> NDArray[np.float64]:
    """Gives the sum of each channel, in index order: numpy's own sum pairs its terms."""
    return np.asarray(np.add.accumulate(samples, axis=0)[-1])
