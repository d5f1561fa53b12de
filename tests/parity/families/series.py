"""Random rows of tables, CSV files and stretches of signals."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from typing import Any

import numpy as np
from generators import signals as library
from scipy import signal
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from . import Drawn, Family, Parameters

F = np.float32
TEXTS = ("a", "b", "", "NA", " a", "A", "ß", "1", "a=b")
RATES = (1, 2, 3, 5, 7.5, 8, 10, 12.5, 20, 25, 31.25, 44.1, 50, 64, 100, 0.5, 0.125)
EXACT = {"absolute": 0.0}
"""Between the languages: the same values, 0 and -0 being one."""


def table(given: Parameters) -> Any:
    """Gives a table of numbers of many sizes."""
    rng = np.random.default_rng(given["seed"])
    scale = 10.0 ** rng.integers(-given["size"], given["size"] + 1, given["columns"])
    return rng.standard_normal((given["count"] + 1, given["columns"])) * scale + rng.normal(0, 3, given["columns"])


def draw_row(rng: random.Random) -> Parameters:
    sides = {"columns": rng.randint(1, 8), "count": rng.randint(1, 30), "size": rng.randrange(12)}
    return {**sides, "seed": rng.randrange(10**6), "form": rng.randrange(4), "missing": rng.randrange(3)}


def build_row(given: Parameters) -> Drawn:
    """Gives a row that is scaled and of which one column is encoded."""
    values = table(given)
    names = [f"n{place}" for place in range(given["columns"])]
    scaler = StandardScaler().fit(values[:-1])
    text = TEXTS[given["seed"] % len(TEXTS)]
    encoder = OneHotEncoder(categories=[["a", "b", "ß"]], handle_unknown="ignore", sparse_output=False)
    encoder.fit(np.array([["a"]], object))
    steps = [
        {"op": "columns", "missing": ["", "NA"][: given["missing"]],
         "columns": [{"name": each, "kind": "number"} for each in names] + [{"name": "c", "kind": "category"}]},
        {"op": "standardize", "columns": names, "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()},
        {"op": "one_hot", "column": "c", "categories": ["a", "b", "ß"], "unknown": "ignore"},
    ]  # fmt: skip
    written = ("{!r}", " {:.17e}\t", "+{!r}", "{!r}")[given["form"]]
    cells = [each if given["form"] == 3 else written.format(each).replace("+-", "-") for each in values[-1].tolist()]
    row = {**dict(zip(names, cells, strict=True)), "c": text, "other": "x"}
    scaled = scaler.transform(values[-1:])
    expected = np.hstack([scaled, encoder.transform(np.array([[text]], object))]).astype(F)
    return Drawn("row_pipeline", {"input": row, "steps": steps}, lambda: expected)


def draw_signal(rng: random.Random) -> Parameters:
    most = rng.choice((1, 3, 20, 150))
    found = {"count": rng.randint(1, most), "channels": rng.randint(1, 5), "seed": rng.randrange(10**6)}
    found |= {"from": rng.randrange(len(RATES)), "to": rng.randrange(len(RATES)), "size": rng.randrange(7)}
    return found | {"length": rng.randint(1, 40), "hop": rng.randint(1, 40), "tail": rng.randrange(3)}


def samples(given: Parameters) -> Any:
    """Gives a made signal; of one in seven the first channel is constant."""
    found = library.samples(given["seed"], given["count"], given["channels"], 10.0 ** (3 * (given["size"] - 3)))
    if given["seed"] % 7 == 0:
        found[:, 0] = found[0, 0]
    return found


def drawn(op: str, case: dict[str, Any], found: Any) -> Drawn:
    """Gives a case whose library adds in another order: near values count as equal."""
    near = library.near(case["input"], found)
    tolerance = {"absolute": near["tolerance"]["absolute"] + 1.2e-7 * float(np.abs(found).max())}
    return Drawn(op, case, lambda: near["expected"], tolerance, EXACT)


def build_resampled(method: str, given: Parameters) -> Drawn:
    values, before, after = samples(given), RATES[given["from"]], RATES[given["to"]]
    up, down = round(after * 1000), round(before * 1000)
    common = int(np.gcd(up, down))
    step = {"op": "resample", "from_rate": before, "to_rate": after, "method": method}
    made = library.interp if method == "linear" else library.polyphase
    found = made(values, up // common, down // common)
    return drawn("resample", {"input": values, "step": step}, found)


def build_detrended(given: Parameters) -> Drawn:
    values, kind = samples(given), ("constant", "linear")[given["tail"] % 2]
    found = signal.detrend(values, axis=0, type=kind)
    return drawn("detrend", {"input": values, "step": {"op": "detrend", "kind": kind}}, found)


def build_standardized(given: Parameters) -> Drawn:
    values = samples(given)
    scaled = StandardScaler().fit_transform(values)
    scaled[:, np.ptp(values, axis=0) == 0] = 0
    found = drawn("standardize", {"input": values / np.abs(values).max()}, scaled)
    return replace(found, case={"input": values, "step": {"op": "standardize"}})


def build_windowed(given: Parameters) -> Drawn:
    values, length, hop = samples(given), given["length"], given["hop"]
    tail = ("drop", "pad", "error")[given["tail"]]
    step = {"op": "window", "length": length, "hop": hop, "tail": tail}
    left = (len(values) - length) % hop if len(values) >= length else 1
    if tail != "pad" and (len(values) < length or (tail == "error" and left)):
        return Drawn("window", {"input": values, "step": step})
    starts, found = library.windows(values, length, hop, tail)
    expected = {"starts": starts, "windows": found.astype(F)}
    return Drawn("window", {"input": values, "step": step}, lambda: expected)


def draw_csv(rng: random.Random) -> Parameters:
    found = {"columns": rng.randint(1, 5), "rows": rng.randrange(6), "seed": rng.randrange(10**6)}
    return found | {"separator": rng.randrange(3), "end": rng.randrange(3), "damage": rng.randrange(12)}


def build_csv(given: Parameters) -> Drawn:
    """Gives a file as csv.writer writes it; in one of four a character is changed, and no library is asked."""
    rng = random.Random(given["seed"])
    pieces = ("a", '"', ",", ";", "\t", "\n", "\r\n", " ", "1,5", "é", "😀", "x" * 40, "")
    separator, end = ",;\t"[given["separator"]], ("\n", "\r\n", "\r")[given["end"]]
    names = [f"c{place}" for place in range(given["columns"])]
    rows = [["".join(rng.choices(pieces, k=rng.randrange(4))) for _ in names] for _ in range(given["rows"])]
    rows = [row for row in rows if row != [""]]
    # With CR alone as its line end, csv.writer leaves a LF inside a field unquoted.
    quoting = csv.QUOTE_ALL if end == "\r" else rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator, lineterminator=end, quoting=quoting).writerows([names, *rows])
    text = file.getvalue()
    form = {"separator": separator} if len(names) == 1 else {}
    if given["damage"] > 2:
        data = np.frombuffer(("\ufeff" * (given["damage"] == 3) + text).encode(), np.uint8)
        expected = [dict(zip(names, row, strict=True)) for row in rows]
        return Drawn("csv", {"input": {"bytes": data}, "form": form}, lambda: expected)
    place = rng.randrange(len(text))
    text = text[:place] + rng.choice(('"', "\n", separator, "")) + text[place + 1 :]
    return Drawn("csv", {"input": {"bytes": np.frombuffer(text.encode(), np.uint8)}, "form": form})


ROW = {"columns": 1, "count": 1, "size": 0, "seed": 0, "form": 0, "missing": 0}
SIGNAL = {"count": 1, "channels": 1, "seed": 0, "from": 0, "to": 0, "length": 1, "hop": 1, "tail": 0}
FAMILIES = (
    Family("rows", draw_row, build_row, ROW, 2),
    Family("csv", draw_csv, build_csv, {"columns": 1, "rows": 0, "seed": 0}, 2),
    Family("resample linear", draw_signal, lambda given: build_resampled("linear", given), SIGNAL),
    Family("resample polyphase", draw_signal, lambda given: build_resampled("polyphase", given), SIGNAL),
    Family("detrend", draw_signal, build_detrended, SIGNAL),
    Family("window", draw_signal, build_windowed, SIGNAL),
    Family("standardize a signal", draw_signal, build_standardized, SIGNAL),
)
