"""Stretches of signals, as SciPy, NumPy and scikit-learn prepare them: in binary64, cast to binary32."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy
import sklearn
from scipy import signal
from sklearn.preprocessing import StandardScaler

from generators.base import Array, Case, VectorFile, invalid, valid

FIRST = "$.inputs[0].steps[0]"
WINDOW = {"op": "window"}
STRAIGHT = {"op": "detrend", "kind": "linear"}
NOISE = 1e-12
"""The libraries add in another order: what is smaller than this part of the largest sample is their rounding."""


def samples(seed: int, count: int, channels: int, scale: float = 1.0) -> Array:
    """Gives a made signal: a slow wave, a drift and noise in each channel."""
    rng = np.random.default_rng(seed)
    times = np.arange(count)[:, np.newaxis]
    waves = np.sin(times * rng.uniform(0.05, 1.2, channels)) + times * rng.normal(0, 0.02, channels)
    return np.asarray(scale * (waves + rng.normal(0, 0.3, (count, channels)) + rng.normal(0, 2, channels)))


def near(given: Array, expected: Array) -> dict[str, Any]:
    """Gives what a library computed, without its rounding noise, and the tolerance that this noise asks for."""
    reach = NOISE * max(float(np.abs(given).max()), 1e-300)
    quiet = np.where(np.abs(expected) < reach, 0.0, expected).astype(np.float32)
    return {"expected": quiet, "tolerance": {"absolute": reach}}


SHAPES = (
    ("one-sample", 1, 1, "one sample of one channel"),
    ("two-samples", 2, 3, "two samples"),
    ("short", 5, 2, "shorter than the filter"),
    ("long", 120, 3, "three channels"),
)
RATES = (
    (50, 20, "down by an odd ratio"),
    (20, 50, "up by an odd ratio"),
    (10, 20, "twice as many samples"),
    (100, 25, "a quarter of the samples"),
    (44.1, 16, "rates with decimals"),
    (31.25, 50, "31.25 a second"),
    (50, 50, "the same rate changes nothing"),
    (1, 0.125, "less than one sample a second"),
)


def resample_cases(method: str, library: Callable[[Array, int, int], Array], exact: bool) -> Iterator[Case]:
    """Gives a signal at other rates."""
    for place, (before, after, why) in enumerate(RATES):
        up, down = int(after * 1000), int(before * 1000)
        common = int(np.gcd(up, down))
        step = {"op": "resample", "from_rate": before, "to_rate": after, "method": method}
        for seed, (name, count, channels, size) in enumerate(SHAPES):
            if name == "long" and place in (4, 7):
                count = 31
            given = samples(100 * place + seed, count, channels)
            found = library(given, up // common, down // common)
            how = {"expected": found.astype(np.float32)} if exact else near(given, found)
            yield valid(f"{name}-{place}", f"{why}; {size}", given, step=step, **how)
    for seed, (before, after) in enumerate(((50, 20), (20, 50))):
        up, down = after // 10, before // 10
        step = {"op": "resample", "from_rate": before, "to_rate": after, "method": method}
        for name, given in (
            ("constant", np.full((20, 1), 3.25)),
            ("impulse", np.eye(25, 1, -12)),
            ("zeros", np.zeros((7, 2))),
            ("large", samples(seed, 20, 1, 1e30)),
            ("small", samples(seed, 20, 1, 1e-30)),
        ):
            found = library(given, up, down)
            how = {"expected": found.astype(np.float32)} if exact else near(given, found)
            yield valid(f"{name}-{before}-{after}", f"{name}, {before} to {after}", given, step=step, **how)


def interp(given: Array, up: int, down: int) -> Array:
    """Gives numpy.interp at the times of the new samples."""
    times = np.arange(-(-len(given) * up // down)) * down / up
    return np.stack([np.interp(times, np.arange(len(given)), each) for each in given.T], axis=1)


def polyphase(given: Array, up: int, down: int) -> Array:
    """Gives scipy.signal.resample_poly."""
    return np.asarray(signal.resample_poly(given, up, down, axis=0))


def resample_examples() -> Iterator[Case]:
    """Gives the examples of SPEC.md, and what is refused."""
    step = {"op": "resample", "from_rate": 2, "to_rate": 3, "method": "linear"}
    given = np.array([[0.0], [3.0], [6.0]])
    yield valid("in-spec", "the example of SPEC.md", given, interp(given, 3, 2).astype(np.float32), step=step)
    for name, comment, code, where, change in (
        ("rate-0", "a rate is positive", "spec/out-of-range", f"{FIRST}.to_rate", {"to_rate": 0}),
        ("four-decimals", "a rate has three decimals", "spec/inconsistent", FIRST, {"from_rate": 0.1234}),
        ("wild-ratio", "the ratio needs too large numbers", "spec/inconsistent", FIRST, {"from_rate": 99.991}),
        ("unknown-method", "linear or polyphase", "spec/unknown-value", f"{FIRST}.method", {"method": "cubic"}),
        ("no-method", "the method must be named", "spec/missing-key", f"{FIRST}.method", {"method": None}),
        ("unknown-key", "nothing else is known", "spec/unknown-key", f"{FIRST}.window", {"window": "hann"}),
    ):
        changed = {key: value for key, value in {**step, **change}.items() if value is not None}
        yield invalid(name, comment, given, code, where, step=changed)
    for name, comment, code, bad in BAD_SIGNALS:
        yield invalid(name, comment, bad, code, step=step)


BAD_SIGNALS = (
    ("nan", "a sample is NaN", "input/not-finite", np.array([[0.0], [np.nan]])),
    ("infinity", "a sample is infinite", "input/not-finite", np.array([[np.inf, 0.0]])),
    ("no-samples", "there are no samples", "input/empty", np.zeros((0, 2))),
)


def polyphase_example() -> Iterator[Case]:
    """Gives the example of SPEC.md."""
    step = {"op": "resample", "from_rate": 1, "to_rate": 2, "method": "polyphase"}
    given = np.array([[1.0], [2.0], [3.0]])
    yield valid("in-spec", "the example of SPEC.md", given, step=step, **near(given, polyphase(given, 2, 1)))
    taps = np.asarray(signal.firwin(41, 0.5, window=("kaiser", 5.0))) * 2
    impulse = np.eye(25, 1, -12)
    found = polyphase(impulse, 2, 1)
    assert np.allclose(found[4:45, 0], taps, atol=1e-12)
    yield valid("taps", "an impulse gives the filter's taps", impulse, step=step, **near(impulse, found))


def detrend_cases() -> Iterator[Case]:
    """Gives scipy.signal.detrend."""
    line = np.arange(30.0)[:, np.newaxis]
    made = {
        "in-spec": ("the example of SPEC.md", np.array([[1.0], [3.0], [2.0], [7.0]])),
        "one-sample": ("one sample becomes 0", np.array([[4.5, -2.0]])),
        "two-samples": ("two samples lie on a line", np.array([[1.0], [5.0]])),
        "odd": ("an odd count", samples(1, 31, 2)),
        "even": ("an even count", samples(2, 64, 3)),
        "long": ("many samples", samples(3, 500, 1)),
        "constant": ("a constant channel beside another", np.hstack([np.full((30, 1), 0.1), samples(4, 30, 1)])),
        "line": ("a straight line", 3 + 0.5 * line),
        "large": ("large values", samples(5, 40, 2, 1e20)),
        "small": ("small values", samples(6, 40, 2, 1e-20)),
        "offset": ("a small wave on a large offset", samples(7, 50, 1) + 1e6),
    }
    for kind in ("constant", "linear"):
        step = {"op": "detrend", "kind": kind}
        for name, (comment, given) in made.items():
            expected = signal.detrend(given, axis=0, type=kind)
            name = name if kind == "linear" else f"mean-{name}"
            yield valid(name, f"{comment}; {kind}", given, step=step, **near(given, expected))
    yield invalid("unknown-kind", "constant or linear", line, "spec/unknown-value", f"{FIRST}.kind",
                  step={"op": "detrend", "kind": "quadratic"})  # fmt: skip
    for name, comment, code, bad in BAD_SIGNALS:
        yield invalid(name, comment, bad, code, step={"op": "detrend", "kind": "linear"})


def windows(given: Array, length: int, hop: int, tail: str) -> tuple[list[int], Array]:
    """Gives numpy's sliding windows; the signal is padded with zeros first where its end would be left over."""
    count = len(given)
    if tail == "pad":
        whole = max(-(-(count - length) // hop), 0)
        whole = whole if whole * hop < count else whole - 1
        given = np.pad(given, ((0, max(whole * hop + length - count, 0)), (0, 0)))
    found = np.lib.stride_tricks.sliding_window_view(given, length, axis=0)[::hop]
    return [place * hop for place in range(len(found))], np.moveaxis(found, 2, 1)


def window_cases() -> Iterator[Case]:
    """Gives stretches of signals."""
    made = (
        ("in-spec", "the example of SPEC.md", 5, 1, 2, 2, "drop"),
        ("in-spec-pad", "the other example of SPEC.md", 5, 1, 2, 2, "pad"),
        ("whole", "one window is the whole", 10, 2, 10, 10, "error"),
        ("exact", "windows fit exactly", 12, 2, 4, 4, "error"),
        ("overlap", "windows overlap", 20, 3, 8, 4, "error"),
        ("overlap-drop", "an overlapping rest is left out", 23, 1, 8, 4, "drop"),
        ("overlap-pad", "an overlapping rest is filled up", 23, 1, 8, 4, "pad"),
        ("pad-exact", "nothing is left to fill up", 16, 1, 8, 4, "pad"),
        ("hop-1", "a window at every sample", 9, 1, 4, 1, "error"),
        ("gaps", "a hop larger than the window leaves gaps", 20, 2, 3, 5, "drop"),
        ("gaps-pad", "what lies in a gap is in no window", 19, 2, 3, 5, "pad"),
        ("gaps-rest", "a rest behind a gap is filled up", 21, 2, 3, 5, "pad"),
        ("one-sample", "one sample is a window of one", 1, 1, 1, 1, "error"),
        ("too-short-pad", "a short signal is filled up", 3, 2, 8, 4, "pad"),
        ("one-sample-pad", "one sample is filled up", 1, 1, 8, 8, "pad"),
        ("large-hop", "a hop beyond the end", 10, 1, 4, 100, "drop"),
    )
    for place, (name, comment, count, channels, length, hop, tail) in enumerate(made):
        given = samples(200 + place, count, channels) if place > 1 else np.arange(1.0, 6)[:, np.newaxis]
        starts, found = windows(given, length, hop, tail)
        step = {"op": "window", "length": length, "hop": hop, "tail": tail}
        expected = {"starts": starts, "windows": found.astype(np.float32)}
        yield valid(name, comment, given, expected, step=step)
    given = samples(300, 10, 1)
    step = {"op": "window", "length": 4, "hop": 4, "tail": "error"}
    for name, comment, code, where, change in (
        ("leftover", "two samples are left over", "input/leftover-samples", None, {}),
        ("gap-leftover", "so are those of a gap", "input/leftover-samples", None, {"length": 3, "hop": 9}),
        ("too-short", "the window is longer than the signal", "input/too-short", None, {"length": 11}),
        ("too-short-drop", "dropping all leaves no window", "input/too-short", None, {"length": 11, "tail": "drop"}),
        ("no-length", "a window has samples", "spec/out-of-range", f"{FIRST}.length", {"length": 0}),
        ("no-hop", "a hop goes on", "spec/out-of-range", f"{FIRST}.hop", {"hop": 0}),
        ("half-hop", "a hop is whole", "spec/wrong-type", f"{FIRST}.hop", {"hop": 2.5}),
        ("unknown-tail", "drop, pad or error", "spec/unknown-value", f"{FIRST}.tail", {"tail": "wrap"}),
    ):
        yield invalid(name, comment, given, code, where, step={**step, **change})


def standardize_cases() -> Iterator[Case]:
    """Gives StandardScaler fitted on the signal itself, and fitted before."""
    own = {"op": "standardize"}
    constant = np.hstack([np.full((40, 1), 0.1), samples(1, 40, 1), np.full((40, 1), -3.0)])
    for name, comment, given in (
        ("signal-in-spec", "the example of SPEC.md", np.array([[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]])),
        ("own-one-sample", "one sample becomes 0", np.array([[7.5]])),
        ("own-two", "two samples", np.array([[1.0, 5.0], [2.0, -5.0]])),
        ("own-odd", "an odd count", samples(2, 33, 2)),
        ("own-many", "many channels", samples(3, 50, 6)),
        ("own-long", "many samples", samples(4, 400, 1)),
        ("own-constant", "a constant channel becomes 0", constant),
        ("own-zeros", "zeros stay zeros", np.zeros((8, 2))),
        ("own-large", "large values", samples(5, 30, 2, 1e20)),
        ("own-small", "small values", samples(6, 30, 2, 1e-20)),
        ("own-offset", "a wave on a large offset", samples(7, 30, 1) + 1e5),
    ):
        scaled = StandardScaler().fit_transform(given)
        yield valid(name, comment, given, step=own, **near(np.ones(1), scaled))
    large = np.full((8, 1), 123456789.1)
    yield valid("own-constant-large", "a large constant channel becomes 0, without the noise of its mean", large,
                step=own, **near(large, StandardScaler().fit_transform(large)))  # fmt: skip
    scaler = StandardScaler().fit(samples(8, 300, 3))
    fitted = {**own, "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()}
    for seed, count in enumerate((1, 2, 25)):
        given = samples(20 + seed, count, 3)
        yield valid(f"fitted-{count}", "by the mean and scale of training", given,
                    scaler.transform(given).astype(np.float32), step=fitted)  # fmt: skip
    given = samples(30, 10, 4)
    shared = ((given - 0.25) / 1.7).astype(np.float32)
    yield valid(
        "one-for-all", "one number for all channels", given, shared, step={**own, "mean": [0.25], "scale": [1.7]}
    )
    for name, comment, code, where, change in (
        ("zero-scale", "nothing can be divided by 0", "spec/inconsistent", FIRST, {"scale": [1, 0, 1, 1]}),
        ("no-mean", "mean and scale come together", "spec/inconsistent", FIRST, {"mean": None}),
        ("counts", "mean and scale have other counts", "spec/channel-count", FIRST, {"scale": [1, 2, 3]}),
        ("channels", "the signal has other channels", "input/wrong-channels", None, {"mean": [1, 2], "scale": [1, 2]}),
    ):
        changed = {**own, "mean": [1, 2, 3, 4], "scale": [1, 1, 1, 1], **change}
        step = {key: value for key, value in changed.items() if value is not None}
        yield invalid(f"signal-{name}", comment, given, code, where, step=step)
    yield invalid("signal-binary32", "a value is infinite in binary32", given, "input/not-finite",
                  step={**own, "mean": [0], "scale": [1e-39]})  # fmt: skip


def pipeline_cases() -> Iterator[Case]:
    """Gives whole preparations, as an author writes them with SciPy and scikit-learn."""
    given = samples(50, 130, 3)
    slow = signal.detrend(polyphase(given, 2, 5), axis=0, type="constant")
    starts, cut = windows(slow, 20, 10, "drop")
    scaled = np.stack([StandardScaler().fit_transform(each) for each in cut]).astype(np.float32)
    steps = [
        {"op": "resample", "from_rate": 50, "to_rate": 20, "method": "polyphase"},
        {"op": "detrend", "kind": "constant"},
        {"op": "window", "length": 20, "hop": 10, "tail": "drop"},
        {"op": "standardize"},
    ]
    yield valid("activity", "resample, detrend, window, standardize", given,
                {"starts": starts, "tensors": scaled[:, np.newaxis]}, steps=steps)  # fmt: skip
    flipped = {"op": "layout", "to": "NCL"}
    yield valid("channels-first", "the same with the channels first", given,
                {"starts": starts, "tensors": np.moveaxis(scaled, 2, 1)[:, np.newaxis]},
                steps=[*steps, flipped])  # fmt: skip
    starts, cut = windows(given, 50, 50, "pad")
    straight = np.stack([signal.detrend(each, axis=0) for each in cut]).astype(np.float32)
    yield valid("detrend-windows", "behind window each stretch is detrended", given,
                {"starts": starts, "tensors": straight[:, np.newaxis]},
                steps=[{**WINDOW, "length": 50, "hop": 50, "tail": "pad"}, STRAIGHT])  # fmt: skip
    one = samples(51, 40, 1)
    flat = interp(one, 4, 5).astype(np.float32).reshape(1, 1, -1)
    rate = {"op": "resample", "from_rate": 20, "to_rate": 16, "method": "linear"}
    flat_step = {"op": "layout", "to": "NL"}
    yield valid("flat", "one channel without its axis", one, {"starts": [0], "tensors": flat}, steps=[rate, flat_step])
    names = [{"name": each, "kind": "number"} for each in ("x", "y", "z")]
    named = {"op": "columns", "columns": names, "missing": [""]}
    whole = given.astype(np.float32)[np.newaxis, np.newaxis]
    window = {"op": "window", "length": 130, "hop": 130, "tail": "error"}
    yield valid("named", "columns name the channels", given, {"starts": [0], "tensors": whole}, steps=[named, window])
    for name, comment, code, where, bad in (
        ("window-twice", "a signal is cut once", "spec/impossible-step", "$.inputs[0].steps[1]", [window, window]),
        ("behind-layout", "layout is last", "spec/impossible-step", "$.inputs[0].steps[1]", [flipped, window]),
        ("picture-layout", "NHWC is for pictures", "spec/impossible-step", "$.inputs[0].steps[1]",
         [window, {"op": "layout", "to": "NHWC"}]),
        ("picture-step", "a signal is not cropped", "spec/impossible-step", "$.inputs[0].steps[1]",
         [window, {"op": "flip", "axis": "vertical"}]),
        ("two-rates", "the second resample begins at another rate", "spec/inconsistent", "$.inputs[0].steps[1]",
         [rate, rate]),
        ("text-channel", "a channel holds numbers", "spec/column-kind", "$.inputs[0].steps[0]",
         [{**named, "columns": [{"name": "x", "kind": "category"}]}, window]),
        ("named-scale", "behind columns, a signal is standardized by channel", "spec/impossible-step",
         "$.inputs[0].steps[2]", [named, window, {"op": "standardize", "columns": ["x"], "mean": [1], "scale": [1]}]),
        ("wrong-channels", "the signal has three channels", "input/wrong-channels", None,
         [{**named, "columns": names[:2]}, window]),
        ("not-one-channel", "NL takes one channel", "spec/impossible-step", "$.inputs[0].steps[1]", [named, flat_step]),
        ("late-columns", "columns come first", "spec/impossible-step", "$.inputs[0].steps[1]", [window, named]),
    ):  # fmt: skip
        yield invalid(name, comment, given, code, where, steps=bad)
    yield from bound_cases(given, window)


def bound_cases(given: Array, window: dict[str, Any]) -> Iterator[Case]:
    """Gives signals that state a rate, that fill a tensor, and of which one window is wanted."""
    slow = {"op": "resample", "from_rate": 50, "to_rate": 25, "method": "linear"}
    found = {"starts": [0], "tensors": interp(given, 1, 2).astype(np.float32)[np.newaxis, np.newaxis]}
    yield valid("rate", "the signal states the rate that the step takes", given, found, steps=[slow], rate=50)
    other = "input/wrong-rate"
    yield invalid("other-rate", "it states another", given, other, steps=[slow], rate=100)
    yield invalid("other-rate-later", "also where resample is not first", given, other, steps=[window, slow], rate=25)
    tensor = {"shape": [1, 130, 3], "dtype": "float32"}
    whole = {"starts": [0], "tensors": given.astype(np.float32)[np.newaxis, np.newaxis]}
    yield valid("tensor", "the signal fills the tensor", given, whole, steps=[window], tensor=tensor)
    halves = {**window, "length": 65, "hop": 65}
    comment = "one tensor is wanted of a signal of two windows"
    yield invalid("several-windows", comment, given, "input/several-windows", steps=[halves], single=True)
    yield valid("one-window", "and there is one", given, whole, steps=[window], single=True)


def files() -> Iterator[VectorFile]:
    """Gives every file of this family."""
    numpy, learn = np.__version__, sklearn.__version__
    yield VectorFile(
        "resample/numpy.json", "NumPy", numpy, [*resample_cases("linear", interp, True), *resample_examples()]
    )
    yield VectorFile("resample/scipy.json", "SciPy", scipy.__version__,
                     [*resample_cases("polyphase", polyphase, False), *polyphase_example()])  # fmt: skip
    yield VectorFile("detrend/scipy.json", "SciPy", scipy.__version__, detrend_cases())
    yield VectorFile("window/numpy.json", "NumPy", numpy, window_cases())
    yield VectorFile("standardize/signals.json", "scikit-learn", learn, standardize_cases())
    yield VectorFile(
        "signal_pipeline/scipy.json", "SciPy, scikit-learn", f"{scipy.__version__}, {learn}", pipeline_cases()
    )
