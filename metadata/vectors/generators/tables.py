"""Vectors of rows of tables, as scikit-learn's transformers prepare them."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from generators.base import Case, VectorFile, invalid, valid

SKLEARN = sklearn.__version__
MISSING = ["", "NA"]
FIRST = "$.inputs[0].steps[0]"
STEP = "$.inputs[0].steps[1]"
COLOURS = ["blue", "green", "red"]


def number(name: str, value: float | None) -> dict[str, Any]:
    """Gives a cell of a column of numbers."""
    return {"name": name, "kind": "number", "value": value}


def category(name: str, value: str | None) -> dict[str, Any]:
    """Gives a cell of a column of texts."""
    return {"name": name, "kind": "category", "value": value}


def indicators(names: Sequence[str], values: Sequence[float]) -> list[dict[str, Any]]:
    """Gives the cells that one_hot makes."""
    return [{"name": name, "kind": "indicator", "value": float(each)} for name, each in zip(names, values, strict=True)]


def step(*columns: tuple[str, str], missing: Sequence[str] = MISSING) -> dict[str, Any]:
    """Gives the step of columns, each a name and a kind."""
    return {"op": "columns", "columns": [{"name": a, "kind": b} for a, b in columns], "missing": list(missing)}


def columns_cases() -> Iterator[Case]:
    """Gives rows and their cells; the numbers are those of Python's float."""
    yield from cells_of_numbers()
    yield from cells_of_categories()
    yield from cells_refused()
    yield from rows_refused()


def cells_of_numbers() -> Iterator[Case]:
    """Gives numbers as people write them, and what is missing."""
    one = step(("x", "number"))
    both = step(("a", "number"), ("b", "number"), ("c", "category"), ("d", "category"))
    row = {"a": " 5.10", "b": "NA", "c": " red", "d": 3}
    cells = [number("a", 5.1), number("b", None), category("c", " red"), category("d", "3")]
    yield valid("in-spec", "the example of SPEC.md", row, cells, step=both)
    for name, given in {
        "plain": "5.1", "signed": "+7", "negative": "-0.25", "no-fraction": "12.", "no-whole": ".5",
        "exponent": "1.5e-3", "capital-exponent": "2E4", "blanks": "\t 8.0  ", "halfway": "0.1",
        "many-digits": "3.14159265358979323846264338",
        "subnormal": "4.9e-324", "largest": "1.7976931348623157e308", "beyond-2-53": "9007199254740993",
    }.items():  # fmt: skip
        yield valid(name, f"the text {given!r} is that number", {"x": given}, [number("x", float(given))], step=one)
    yield valid("empty-cell", "an empty cell is a missing value", {"x": ""}, [number("x", None)], step=one)
    yield valid("null-cell", "nothing is a missing value", {"x": None}, [number("x", None)], step=one)
    nan = {"x": {"number": "NaN"}}
    yield valid("nan-number", "a NaN that is a number is a missing value", nan, [number("x", None)], step=one)
    yield valid("missing-trimmed", "blanks around a text of missing do not count", {"x": " NA "}, [number("x", None)],
                step=one)  # fmt: skip
    yield valid("listed-nan", "the text nan is missing where the step lists it", {"x": "nan"}, [number("x", None)],
                step=step(("x", "number"), missing=["nan"]))  # fmt: skip
    yield valid("listed-number", "a number can stand for a missing value", {"x": "-999"}, [number("x", None)],
                step=step(("x", "number"), missing=["-999"]))  # fmt: skip
    yield valid("order", "the order is the step's, further columns are passed over", {"z": "1", "y": "2", "x": "3"},
                [number("x", 3.0), number("y", 2.0)], step=step(("x", "number"), ("y", "number")))  # fmt: skip
    yield valid("number-cell", "a number needs no text", {"x": 2.5}, [number("x", 2.5)], step=one)


def cells_of_categories() -> Iterator[Case]:
    """Gives categories, which are their text as it stands."""
    text = step(("c", "category"))
    yield valid("category-blanks", "a category keeps its blanks", {"c": " a\t"}, [category("c", " a\t")], step=text)
    yield valid("category-missing-exact", "' NA' is a category: only the exact text is missing", {"c": " NA"},
                [category("c", " NA")], step=text)  # fmt: skip
    yield valid("category-missing", "a listed text is no category", {"c": "NA"}, [category("c", None)], step=text)
    yield valid("category-number", "a whole number is its digits", {"c": -17}, [category("c", "-17")], step=text)
    yield valid("category-big", "2^53 is written out", {"c": 2**53}, [category("c", "9007199254740992")], step=text)
    yield valid("category-unicode", "a name and a cell may be any text", {"größe": "Größe L"},
                [category("größe", "Größe L")], step=step(("größe", "category")))  # fmt: skip
    yield valid("prototype", "a name that objects have in some languages is a name", {"constructor": "1"},
                [number("constructor", 1.0)], step=step(("constructor", "number")))  # fmt: skip


def cells_refused() -> Iterator[Case]:
    """Gives cells that are no number."""
    one = step(("x", "number"))
    for name, given in {
        "text-nan": "nan", "text-inf": "inf", "hexadecimal": "0x10", "underscore": "1_000", "decimal-comma": "1,5",
        "thousands": "1,000.5", "two-points": "1.2.3", "other-digits": "٣", "only-sign": "-", "only-point": ".",
        "no-break-space": "\u00a01", "unlisted-empty": "",
    }.items():  # fmt: skip
        where = step(("x", "number"), missing=[])
        yield invalid(name, f"{given!r} is no number", {"x": given}, "input/not-a-number", step=where)
    yield invalid("overflow", "1e999 is infinite", {"x": "1e999"}, "input/not-finite", step=one)
    infinite = {"x": {"number": "-Infinity"}}
    yield invalid("infinite-number", "an infinity is refused", infinite, "input/not-finite", step=one)


def rows_refused() -> Iterator[Case]:
    """Gives rows that lack a column, cells of another kind, and steps that are wrong."""
    one, text = step(("x", "number")), step(("c", "category"))
    yield invalid("missing-column", "a row lacks the column", {"y": "1"}, "input/missing-column", step=one)
    both = step(("x", "number"), ("z", "number"), missing=[])
    comment = "a column that is missing comes before a cell that is no number"
    yield invalid("missing-first", comment, {"x": "one"}, "input/missing-column", step=both)
    yield invalid("column-case", "names are compared exactly", {"X": "1"}, "input/missing-column", step=one)
    yield invalid("category-fraction", "a fraction is no category", {"c": 0.5}, "input/wrong-cell", step=text)
    yield invalid("boolean", "true is neither text nor number", {"x": True}, "input/wrong-cell", step=one)
    for name, comment, code, at, wrong in (
        ("twice", "two columns have one name", "inconsistent", "", step(("x", "number"), ("x", "number"))),
        ("no-columns", "there must be a column", "out-of-range", ".columns", step()),
        ("unknown-kind", "a kind is number or category", "unknown-value", ".columns[0].kind", step(("x", "date"))),
    ):
        yield invalid(name, comment, {"x": "1"}, f"spec/{code}", f"$.inputs[0].steps[0]{at}", step=wrong)


def impute_cases() -> Iterator[Case]:
    """Gives SimpleImputer's values."""
    train = np.array([[1.0, np.nan, 4.0], [2.0, 2.5, np.nan], [6.0, 2.5, 4.0], [3.0, 2.5, 4.0]])
    names = ["a", "b", "c"]
    rows = [[1.0, None, 4.0], [None, None, None], [0.1, 0.2, 0.3], [None, 7.0, 1e300], [-0.5, None, 1e-300]]
    for strategy in ("mean", "median", "most_frequent"):
        imputer = SimpleImputer(strategy=strategy).fit(train)
        step = {"op": "impute", "values": dict(zip(names, imputer.statistics_.tolist(), strict=True))}
        for place, row in enumerate(rows):
            filled = imputer.transform(np.array([row], float))[0].tolist()
            yield valid(f"{strategy}-{place}", f"missing cells get the column's {strategy}",
                        list(map(number, names, row)), list(map(number, names, filled)), step=step)  # fmt: skip
    given = [number("a", 1.0), number("b", None), number("c", 4.0)]
    filled = SimpleImputer(strategy="median").fit([[1.0], [2.5], [4.0]]).transform([[1.0], [np.nan], [4.0]])[:, 0]
    yield valid("in-spec", "the example of SPEC.md", given, list(map(number, names, filled.tolist())),
                step={"op": "impute", "values": {"b": 2.5}})  # fmt: skip
    texts = SimpleImputer(strategy="constant", fill_value="none", missing_values=None)
    texts.fit(np.array([["red"]], object))
    for name, cell in (("text", None), ("text-there", "red"), ("text-empty", "")):
        filled = str(texts.transform(np.array([[cell]], object))[0, 0])
        yield valid(name, "a missing text gets the column's value", [category("c", cell)], [category("c", filled)],
                    step={"op": "impute", "values": {"c": "none"}})  # fmt: skip
    one = [number("a", None), category("c", None)]
    filled = [number("a", 0.0), category("c", None)]
    yield valid("other-columns", "a column that is not named stays missing", one, filled,
                step={"op": "impute", "values": {"a": 0}})  # fmt: skip
    for name, comment, code, where, values in (
        ("unknown-column", "the column is not there", "spec/unknown-column", STEP, {"b": 1}),
        ("text-for-number", "a text is no number", "spec/column-kind", STEP, {"a": "1"}),
        ("number-for-text", "a number is no text", "spec/column-kind", STEP, {"c": 1}),
        ("no-values", "there must be a value", "spec/out-of-range", f"{STEP}.values", {}),
    ):
        yield invalid(name, comment, one, code, where, step={"op": "impute", "values": values})


def standardize_cases() -> Iterator[Case]:
    """Gives StandardScaler's values, on rows."""
    rng = np.random.default_rng(31)
    table = rng.normal([5.8, -30.0, 1e-9, 4e12], [0.8, 12.0, 3e-10, 1e11], (50, 4))
    table[:, 3] = np.floor(table[:, 3])
    scaler = StandardScaler().fit(table)
    names = ["a", "b", "c", "d"]
    step = {"op": "standardize", "columns": names, "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()}
    for place, row in enumerate(table[:12]):
        scaled = scaler.transform(row[np.newaxis])[0]
        yield valid(f"fitted-{place}", "(x - mean) / scale in binary64", list(map(number, names, row.tolist())),
                    list(map(number, names, scaled.tolist())), step=step)  # fmt: skip
    gap = scaler.transform([[np.nan, 0, 0, 0]])[0].tolist()
    yield valid("missing", "a missing value stays missing", list(map(number, names, [None, 0.0, 0.0, 0.0])),
                list(map(number, names, [None, *gap[1:]])), step=step)  # fmt: skip
    some = {
        **step,
        "columns": ["c", "a"],
        "mean": scaler.mean_[[2, 0]].tolist(),
        "scale": scaler.scale_[[2, 0]].tolist(),
    }
    scaled = scaler.transform(table[:1])[0].tolist()
    kept = table[0].tolist()
    yield valid("some", "other columns stay, and the step has an order of its own", list(map(number, names, kept)),
                list(map(number, names, [scaled[0], kept[1], scaled[2], kept[3]])), step=some)  # fmt: skip
    constant = StandardScaler().fit([[7.0], [7.0]])
    plain = {"op": "standardize", "columns": ["a"]}
    yield valid("constant", "the scale of a constant column is 1", [number("a", 9.0)],
                [number("a", float(constant.transform([[9.0]])[0, 0]))],
                step={**plain, "mean": constant.mean_.tolist(), "scale": constant.scale_.tolist()})  # fmt: skip
    spec = StandardScaler()
    spec.mean_, spec.scale_, spec.var_, spec.n_features_in_ = np.array([5.8]), np.array([0.8]), np.array([0.64]), 1
    yield valid("in-spec", "the example of SPEC.md", [number("a", 5.1)],
                [number("a", float(spec.transform([[5.1]])[0, 0]))],
                step={**plain, "mean": [5.8], "scale": [0.8]})  # fmt: skip
    cells = [number("a", 1.0), category("c", "x")]
    for name, comment, code, where, change in (
        ("unknown-column", "the column is not there", "spec/unknown-column", STEP, {"columns": ["b"]}),
        ("text-column", "a text cannot be scaled", "spec/column-kind", STEP, {"columns": ["c"]}),
        ("zero-scale", "nothing can be divided by 0", "spec/inconsistent", STEP, {"scale": [0]}),
        ("short-mean", "one mean a column", "spec/inconsistent", STEP, {"mean": [1, 2]}),
        ("no-scale", "mean and scale come together", "spec/inconsistent", STEP, {"scale": None}),
        ("no-columns", "without columns it is a step of signals, which hold no texts", "spec/column-kind", FIRST,
         {"columns": None}),
        ("twice", "a column is named twice", "spec/inconsistent", STEP,
         {"columns": ["a", "a"], "mean": [1, 1], "scale": [1, 1]}),
    ):  # fmt: skip
        changed = {"op": "standardize", "columns": ["a"], "mean": [1], "scale": [2], **change}
        step = {key: value for key, value in changed.items() if value is not None}
        yield invalid(f"row-{name}", comment, cells, code, where, step=step)


def one_hot_cases() -> Iterator[Case]:
    """Gives OneHotEncoder's values."""
    seen = np.array([[each] for each in COLOURS], object)
    around = [number("a", 0.5), category("c", "z"), number("b", None)]
    for unknown in ("ignore", "error"):
        encoder = OneHotEncoder(handle_unknown=unknown, sparse_output=False).fit(seen)
        step = {"op": "one_hot", "column": "c", "categories": COLOURS, "unknown": unknown}
        names = [f"c={each}" for each in COLOURS]
        for value in [*COLOURS, "black", "Red", "red ", "", None] if unknown == "ignore" else COLOURS:
            made = encoder.transform(np.array([[value]], object))[0]
            yield valid(f"{unknown}-{value}", f"{value!r} with {unknown}", [around[0], category("c", value), around[2]],
                        [around[0], *indicators(names, made), around[2]], step=step)  # fmt: skip
        if unknown == "error":
            for value in ("black", "RED", "red ", "", None):
                yield invalid(f"error-{value}", f"{value!r} is none of the categories", [category("c", value)],
                              "input/unknown-category", step=step)  # fmt: skip
    rare = np.array([[each] for each in [*COLOURS, *COLOURS, "pink"]], object)
    encoder = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=2, sparse_output=False).fit(rare)
    bucket = {"op": "one_hot", "column": "c", "categories": COLOURS, "unknown": "bucket"}
    for value in [*COLOURS, "pink", "black", ""]:
        made = encoder.transform(np.array([[value]], object))[0]
        yield valid(f"bucket-{value}", f"{value!r}: what is rare or unknown has its own place, the last",
                    [category("c", value)], indicators([*(f"c={each}" for each in COLOURS), "c"], made),
                    step=bucket)  # fmt: skip
    two = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(np.array([["a"], ["b"]], object))
    made = two.transform(np.array([["b"]], object))[0]
    yield valid("in-spec", "the example of SPEC.md", [category("c", "b")], indicators(["c=a", "c=b"], made),
                step={"op": "one_hot", "column": "c", "categories": ["a", "b"], "unknown": "ignore"})  # fmt: skip
    ordered = OneHotEncoder(categories=[["red", "blue"]], sparse_output=False).fit(np.array([["red"]], object))
    made = ordered.transform(np.array([["blue"]], object))[0]
    yield valid("order", "the order is the step's, not the alphabet's", [category("c", "blue")],
                indicators(["c=red", "c=blue"], made),
                step={"op": "one_hot", "column": "c", "categories": ["red", "blue"], "unknown": "error"})  # fmt: skip
    for name, comment, code, where, change in (
        ("unknown-column", "the column is not there", "spec/unknown-column", STEP, {"column": "d"}),
        ("number-column", "a number is no category", "spec/column-kind", STEP, {"column": "a"}),
        ("twice", "a category stands twice", "spec/inconsistent", STEP, {"categories": ["x", "x"]}),
        ("no-categories", "there must be one", "spec/out-of-range", f"{STEP}.categories", {"categories": []}),
        ("unknown-rule", "error, ignore or bucket", "spec/unknown-value", f"{STEP}.unknown", {"unknown": "drop"}),
    ):
        yield invalid(name, comment, around[:2], code, where, step={**bucket, **change})


def pipeline_cases() -> Iterator[Case]:
    """Gives whole rows as scikit-learn's ColumnTransformer prepares them, cast to binary32."""
    from sklearn.compose import ColumnTransformer
    from sklearn.datasets import load_iris
    from sklearn.pipeline import make_pipeline

    iris = load_iris()
    names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    scaler = StandardScaler().fit(iris.data)
    steps = [
        {"op": "columns", "columns": [{"name": each, "kind": "number"} for each in names], "missing": MISSING},
        {"op": "standardize", "columns": names, "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()},
    ]
    for place in (0, 50, 100, 149):
        row = dict(zip(names, map(str, iris.data[place].tolist()), strict=True))
        yield valid(f"iris-{place}", "a row of iris.csv", row, scaler.transform(iris.data[place : place + 1]).astype(
            np.float32), steps=steps)  # fmt: skip
    low = {"dtype": "int8", "scale": 0.03125, "zero_point": -3}
    scaled = scaler.transform(iris.data[:1]).astype(np.float32) / np.float32(low["scale"])
    quantised = np.clip(np.trunc(scaled + np.copysign(np.float32(0.5), scaled)) - 3, -128, 127).astype(np.int8)
    row = dict(zip(names, iris.data[0].tolist(), strict=True))
    yield valid("quantised", "a row of numbers for an int8 tensor", row, quantised, steps=steps, tensor=low)
    ages = np.array([[20.0], [np.nan], [40.0], [33.0]])
    towns = np.array([["Rome"], ["Oslo"], ["Rome"], ["Oslo"]], object)
    number_part = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    text_part = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    whole = ColumnTransformer([("age", number_part, [0]), ("town", text_part, [1])])
    whole.fit(np.hstack([ages.astype(object), towns]))
    median, fitted = number_part_of(whole)
    mixed = [
        {"op": "columns", "columns": [{"name": "age", "kind": "number"}, {"name": "town", "kind": "category"}],
         "missing": MISSING},
        {"op": "impute", "values": {"age": median}},
        {"op": "standardize", "columns": ["age"], "mean": fitted.mean_.tolist(), "scale": fitted.scale_.tolist()},
        {"op": "one_hot", "column": "town", "categories": ["Oslo", "Rome"], "unknown": "ignore"},
    ]  # fmt: skip
    for name, age, town in (("known", "27", "Rome"), ("empty", "", "Oslo"), ("unknown", "61.5", "Bonn")):
        value = np.array([[float(age) if age else np.nan, town]], object)
        yield valid(f"mixed-{name}", "impute, scale and encode", {"town": town, "age": age},
                    np.asarray(whole.transform(value), np.float64).astype(np.float32), steps=mixed)  # fmt: skip
    yield invalid("empty-cell", "a value is missing at the end", {"age": "", "town": "Rome"}, "input/empty-cell",
                  steps=[mixed[0], *mixed[2:]])  # fmt: skip
    yield invalid("text-left", "a text is no value", {"age": "1", "town": "Rome"}, "spec/impossible-step",
                  "$.inputs[0].steps", steps=mixed[:2])  # fmt: skip
    large = [{"op": "columns", "columns": [{"name": "x", "kind": "number"}], "missing": []}]
    yield invalid("binary32", "1e39 is infinite in binary32", {"x": "1e39"}, "input/not-finite", steps=large)
    yield valid("one-column", "one column, rounded once", {"x": "0.1"}, np.array([[0.1]], np.float32), steps=large)
    yield valid("subnormal", "a subnormal binary32 stays", {"x": "1e-40"}, np.array([[1e-40]], np.float32), steps=large)
    yield valid("minus-zero", "the sign of a zero stays", {"x": "-0"}, np.array([[-0.0]], np.float32), steps=large)
    yield invalid("picture-step", "a row is not resized", {"x": "1"}, "spec/impossible-step", "$.inputs[0].steps[1]",
                  steps=[*large, {"op": "flip", "axis": "vertical"}])  # fmt: skip
    yield invalid("columns-twice", "columns come once", {"x": "1"}, "spec/impossible-step", "$.inputs[0].steps[1]",
                  steps=[*large, *large])  # fmt: skip


def number_part_of(whole: Any) -> tuple[float, StandardScaler]:
    """Gives the median and the scaler that a transformer learned."""
    imputer, scaler = (each for _, each in whole.named_transformers_["age"].steps)
    return float(imputer.statistics_[0]), scaler


def files() -> Iterator[VectorFile]:
    """Gives every file of this family."""
    python = platform.python_version_tuple()
    yield VectorFile("columns/python.json", "Python", ".".join(python[:2]), columns_cases())
    yield VectorFile("impute/scikit-learn.json", "scikit-learn", SKLEARN, impute_cases())
    yield VectorFile("standardize/rows.json", "scikit-learn", SKLEARN, standardize_cases())
    yield VectorFile("one_hot/scikit-learn.json", "scikit-learn", SKLEARN, one_hot_cases())
    yield VectorFile("row_pipeline/scikit-learn.json", "scikit-learn", SKLEARN, pipeline_cases())
